# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Site directories and pip's target, in the layouts of the vendors; the Debian ones as seen on Debian 11, 12 and 13."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Sequence

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import User
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.layout import (
    Layout,
    purelib,
    read_site_directories,
    site_packages,
    tell_vendor,
    user_site,
)

from ...fixtures.trees import tree

FEDORA_SITE = "    if ENABLE_USER_SITE and 'RPM_BUILD_ROOT' not in os.environ:\n        PREFIXES.insert(0, \"/usr/local\")\n"


def scheme(
    prefix: str,
    stdlib: str,
    *,
    site: str = "",
    framework: str = "",
    implementation: str = "cpython",
) -> Layout:
    tail = stdlib.rsplit("/", 1)[1]
    variant = "t" if tail.endswith("t") else ""
    name = "pypy" if implementation == "pypy" else "python"
    language = tail.strip("abcdefghijklmnopqrstuvwxyz")
    layout = Layout(prefix, stdlib, stdlib, language, variant, name, framework)
    return layout._replace(vendor=tell_vendor(site, layout))


BREW = (
    "/opt/homebrew/Cellar/python@3.13/3.13.5/Frameworks/Python.framework/Versions/3.13"
)
LINUXBREW = "/home/linuxbrew/.linuxbrew/Cellar/python@3.12/3.12.11"
TOOLS = "/Library/Developer/CommandLineTools/Library/Frameworks/Python3.framework/Versions/3.9"
ORG = "/Library/Frameworks/Python.framework/Versions/3.13"

CASES = {
    "debian 13": (
        scheme("/usr", "/usr/lib/python3.13", site='"dist-packages"'), "debian",
        ["/usr/local/lib/python3.13/dist-packages", "/usr/lib/python3/dist-packages",
         "/usr/lib/python3.13/dist-packages"],
        "/usr/local/lib/python3.13/dist-packages",
    ),
    "debian pypy": (
        scheme("/usr", "/usr/lib/pypy3.11", site='"dist-packages"', implementation="pypy"), "debian",
        ["/usr/local/lib/pypy3.11/dist-packages", "/usr/lib/python3/dist-packages"],
        "/usr/local/lib/pypy3.11/dist-packages",
    ),
    "fedora": (
        scheme("/usr", "/usr/lib64/python3.13", site=FEDORA_SITE), "fedora",
        ["/usr/local/lib64/python3.13/site-packages", "/usr/local/lib/python3.13/site-packages",
         "/usr/lib64/python3.13/site-packages", "/usr/lib/python3.13/site-packages"],
        "/usr/local/lib/python3.13/site-packages",
    ),
    "opensuse": (
        scheme("/usr", "/usr/lib64/python3.13"), "posix",
        ["/usr/lib64/python3.13/site-packages", "/usr/lib/python3.13/site-packages"],
        "/usr/lib/python3.13/site-packages",
    ),
    "arch": (
        scheme("/usr", "/usr/lib/python3.13"), "posix",
        ["/usr/lib/python3.13/site-packages"], "/usr/lib/python3.13/site-packages",
    ),
    "free-threaded": (
        scheme("/opt/py", "/opt/py/lib/python3.13t"), "posix",
        ["/opt/py/lib/python3.13t/site-packages"], "/opt/py/lib/python3.13t/site-packages",
    ),
    "homebrew": (
        scheme(BREW, BREW + "/lib/python3.13", framework="Python"), "homebrew",
        ["/opt/homebrew/lib/python3.13/site-packages"], "/opt/homebrew/lib/python3.13/site-packages",
    ),
    "homebrew on linux": (
        scheme(LINUXBREW, LINUXBREW + "/lib/python3.12"), "homebrew",
        ["/home/linuxbrew/.linuxbrew/lib/python3.12/site-packages"],
        "/home/linuxbrew/.linuxbrew/lib/python3.12/site-packages",
    ),
    "command line tools": (
        scheme(TOOLS, TOOLS + "/lib/python3.9", framework="Python3"), "framework",
        [TOOLS + "/lib/python3.9/site-packages", "/Library/Python/3.9/site-packages"],
        "/Library/Python/3.9/site-packages",
    ),
    "python.org": (
        scheme(ORG, ORG + "/lib/python3.13", framework="Python"), "framework",
        [ORG + "/lib/python3.13/site-packages"], ORG + "/lib/python3.13/site-packages",
    ),
    "python 2.7": (
        scheme("/opt/py", "/opt/py/lib/python2.7"), "posix",
        ["/opt/py/lib/python2.7/site-packages", "/opt/py/lib/site-python"], "/opt/py/lib/python2.7/site-packages",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_layouts(name: str) -> None:
    made, vendor, directories, target = CASES[name]
    assert made.vendor == vendor
    assert [path for path, _role in site_packages(made)] == directories
    assert purelib(made) == target


def test_roles() -> None:
    assert [role for _path, role in site_packages(CASES["debian 13"][0])] == [
        "local",
        "distribution",
        "distribution",
    ]
    assert [role for _path, role in site_packages(CASES["fedora"][0])] == [
        "local",
        "local",
        "distribution",
        "distribution",
    ]
    assert [role for _path, role in site_packages(CASES["arch"][0])] == ["site"]


@pytest.mark.parametrize(
    ("name", "directory"),
    [
        ("debian 13", "/home/a/.local/lib/python3.13/site-packages"),
        ("debian pypy", "/home/a/.local/lib/pypy3.11/site-packages"),
        ("free-threaded", "/home/a/.local/lib/python3.13t/site-packages"),
        ("homebrew", "/home/a/Library/Python/3.13/lib/python/site-packages"),
        ("command line tools", "/home/a/Library/Python/3.9/lib/python/site-packages"),
    ],
)
def test_user_site(name: str, directory: str) -> None:
    assert user_site(CASES[name][0], "/home/a/") == directory


def paths(found: Sequence[Any]) -> Any:
    return [(each.path, each.role, each.exists) for each in found]


def test_users_directories_come_first_and_only_those_that_are_there(
    tmp_path: Path,
) -> None:
    alice, bob = (
        User(name, uid, uid, "/home/" + name, "/bin/sh")
        for name, uid in (("alice", 1000), ("bob", 1001))
    )
    files = {"etc/passwd": "root:x:0:0::/root:/bin/sh\n", "home/alice/.local/lib/python3.13/site-packages/": None,
             "usr/lib/python3/dist-packages/": None}  # fmt: skip
    with tree(tmp_path, files, uid=0) as host:
        found = read_site_directories(host, CASES["debian 13"][0], (alice, bob))
    assert paths(found) == [
        ("/root/.local/lib/python3.13/site-packages", "user", False),
        ("/home/alice/.local/lib/python3.13/site-packages", "user", True),
        ("/usr/local/lib/python3.13/dist-packages", "local", False),
        ("/usr/lib/python3/dist-packages", "distribution", True),
        ("/usr/lib/python3.13/dist-packages", "distribution", False),
    ]
