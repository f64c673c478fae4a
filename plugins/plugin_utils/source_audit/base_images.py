# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which container images and CI runners have a Python that carries the marker of PEP 668.

Evidence: Debian 12 and Ubuntu 23.04 (release notes of bookworm, 5.2.2), Alpine 3.19 (main/python3/externally-managed),
Arch (FS#78413), openSUSE Tumbleweed (python313.spec), Void, Gentoo. Fedora, RHEL and their relatives ship no marker.
Images such as python:3.x have a Python of their own in /usr/local, without a marker, before the distribution's.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional


class Base(NamedTuple):
    """What pip meets: the marker in the Python on PATH, and in /usr/bin/python3. ``None`` stands for unknown.

    ``overridden`` stands for a file of the image that switches the protection off.
    """

    marked: Optional[bool]
    system_marked: Optional[bool]
    name: str = ""
    overridden: str = ""


UNKNOWN = Base(None, None)

_DEBIAN = {
    **dict.fromkeys(
        (
            "bookworm",
            "trixie",
            "forky",
            "sid",
            "testing",
            "stable",
            "unstable",
            "oldstable",
        ),
        True,
    ),
    **dict.fromkeys(("bullseye", "buster", "stretch", "jessie", "oldoldstable"), False),
}
_UBUNTU = {
    **dict.fromkeys(
        ("lunar", "mantic", "noble", "oracular", "plucky", "questing", "resolute"), True
    ),
    **dict.fromkeys(("rolling", "devel"), True),
    **dict.fromkeys(("jammy", "impish", "focal", "bionic", "xenial", "kinetic"), False),
}
#: Names of releases that appear in the tags of any image, such as node:20-bookworm.
_ALIASES = frozenset(
    "sid testing stable unstable oldstable oldoldstable rolling devel".split()
)
_RELEASES = {
    key: value for key, value in {**_DEBIAN, **_UBUNTU}.items() if key not in _ALIASES
}
#: The first marked version of distributions with numbered tags; a tag without a number is the newest release.
_FIRST_MARKED = {"debian": (12,), "ubuntu": (23, 4), "alpine": (3, 19)}
_MARKED = (
    r"archlinux(/archlinux)?|manjarolinux/base|gentoo/stage3|opensuse/tumbleweed|ghcr\.io/void-linux/.*|"
    r"kalilinux/kali(-rolling|-last-release)?|homebrew/brew"
)
_UNMARKED = (
    r"fedora|centos|(quay\.io/centos/)?centos|rockylinux(/rockylinux)?|almalinux(/.*)?|oraclelinux|amazonlinux|"
    r"photon|(registry\.access\.redhat\.com/)?ubi\d+(/.*)?|redhat/ubi.*|registry\.fedoraproject\.org/.*|opensuse/leap"
)
#: Images whose Python on PATH is not the distribution's.
_OWN_PYTHON = (
    r"python|pypy|circleci/python|cimg/python|continuumio/.*|condaforge/.*|mambaorg/.*|(quay\.io/)?jupyter/.*|"
    r"mcr\.microsoft\.com/(vscode/)?devcontainers/python|tiangolo/.*|bitnami/python"
)


def find_base(image: str) -> Base:
    """Return what is known about an image, from its name and tag alone."""
    name, tag = _split(image)
    distribution = _find_distribution(name, tag)
    if re.fullmatch(_OWN_PYTHON, name) or (
        name == "ghcr.io/astral-sh/uv" and "python" in tag
    ):
        return Base(False, None if "slim" in tag else distribution, image)
    if re.fullmatch(_UNMARKED, name):
        return Base(False, False, image)
    if re.fullmatch(_MARKED, name):
        return Base(True, True, image)
    return Base(distribution, distribution, image)


def find_runner(label: str) -> Base:
    """Return what is known about a runner of GitHub Actions, from its label."""
    if label.startswith("macos-"):
        return Base(True, None, label)
    if label.startswith("windows-"):
        return Base(False, False, label)
    if not label.startswith("ubuntu-"):
        return Base(None, None, label)
    version = label[len("ubuntu-") :].replace("-arm", "")
    marked = True if version in ("latest", "slim") else _is_marked("ubuntu", version)
    # "Temporary workaround" of the images since 2024-10: actions/runner-images#10794.
    return Base(marked, marked, label, overridden="/etc/pip.conf" if marked else "")


def _split(image: str) -> tuple[str, str]:
    """Return the name without the registry of Docker, and the tag."""
    name = image.partition("@")[0]
    tag = ""
    if ":" in name.rpartition("/")[2]:
        name, _colon, tag = name.rpartition(":")
    for prefix in (
        "docker.io/",
        "index.docker.io/",
        "public.ecr.aws/docker/",
        "mirror.gcr.io/",
        "library/",
    ):
        if name.startswith(prefix):
            name = name[len(prefix) :]
    return name.lower(), tag.lower()


def _find_distribution(name: str, tag: str) -> Optional[bool]:
    if name in _FIRST_MARKED:
        return _is_marked(name, tag)
    for word in re.split(r"[^a-z]+", tag):
        if word in _RELEASES:
            return _RELEASES[word]
    found = re.search(r"(ubuntu|debian|alpine)[-_]?(\d+(?:\.?\d+)?)", f"{name}:{tag}")
    if found:
        return _is_marked(found.group(1), found.group(2))
    if name == "ghcr.io/astral-sh/uv" and re.match(
        r"debian|alpine|trixie|bookworm", tag
    ):
        return True
    return None


def _is_marked(distribution: str, tag: str) -> Optional[bool]:
    word = re.split(r"[-_]", tag)[0]
    for releases in (_DEBIAN, _UBUNTU):
        if word in releases:
            return releases[word]
    found = re.match(r"(\d+)(?:\.?(\d+))?", word)
    if not found:
        return True if word in ("", "latest", "edge", "slim", "rc") else None
    major, minor = int(found.group(1)), int(found.group(2) or 0)
    if distribution == "ubuntu" and major > 100:  # ubuntu2404
        major, minor = divmod(major, 100)
    if distribution == "debian":
        minor = 0
    return (major, minor) >= _FIRST_MARKED[distribution]
