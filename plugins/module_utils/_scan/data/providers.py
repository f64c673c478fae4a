# SPDX-License-Identifier: GPL-3.0-or-later
"""The providers of Pythons: how each is told, where its interpreters lie, whether it ships the marker of PEP 668."""

from __future__ import annotations

from typing import Any, Tuple, Union

from ..._host.record import NamedTuple


class MarkerRule(NamedTuple):
    """Is the marker shipped, where no package database tells? The first rule that holds says."""

    expectation: str  # shipped, not-shipped or unknown
    since: str = ""  # in words
    language: tuple[int, int] = (0, 0)  # from this X.Y on
    release: tuple[
        int, ...
    ] = ()  # from this VERSION_ID on; a rolling release without one is newer than any
    ids: tuple[str, ...] = ()  # only on these systems (os-release's ID)


_Marker = Union[
    str, Tuple[MarkerRule, ...]
]  # a text: one rule, its words after the expectation


class Provider(NamedTuple):
    """One kind of Python; the first with an alternative whose tests all hold is the answer.

    A test is ``subject=pattern|pattern``; ``*`` is any text. Subjects: see classify.installation.facts, where owner is
    a package manager, ``none``, or ``?`` for not known, and build.VARIABLE is sysconfig's.
    """

    key: str
    title: str
    kind: str
    signals: tuple[tuple[str, ...], ...]
    marker: tuple[MarkerRule, ...]
    evidence: str  # of layout and marker: a page (https), or repository:path
    roots: tuple[
        str, ...
    ] = ()  # ~ is each home; {VARIABLE:default} the caller's, or below each home if relative
    kernel: str = ""  # looked for there only
    text: str = (
        ""  # how the marker's text begins, where no package database records its digest
    )


#: Where anybody may have put one.
COMMON_ROOTS = (
    "/usr/bin",
    "/bin",
    "/usr/local/bin",
    "/opt/*/bin",
    "/opt/python/*/bin",
    "~/.local/bin",
)


def _row(
    *,
    key: str,
    kind: str,
    signals: str,
    marker: _Marker,
    source: str,
    title: str = "",
    roots: str = "",
    kernel: str = "",
    text: str = "",
) -> Provider:
    """Build a row: without a title the key is it, a test without a subject is of the path, a root's bin is meant."""
    alternatives = []
    for alternative in signals.split(" or "):
        tests = alternative.split(" and ")
        alternatives.append(
            tuple(test if "=" in test else "path=" + test for test in tests)
        )
    places = [
        root[:-1] if root.endswith("/") else root + "/bin" for root in roots.split()
    ]
    if isinstance(marker, str):
        expectation, _blank, since = marker.partition(" ")
        marker = (MarkerRule(expectation, since),)
    return Provider(
        key=key,
        title=title or key,
        kind=kind,
        signals=tuple(alternatives),
        marker=marker,
        evidence=source,
        roots=tuple(
            place.replace("~MAC", "~/Library/Application Support") for place in places
        ),
        kernel=kernel,
        text=text,
    )


def _system(
    *,
    key: str,
    title: str,
    manager: str,
    marker: _Marker,
    source: str,
    ids: str,
    others: tuple[str, ...] = (),
) -> Provider:
    """Build the row of a distribution: its package manager owns it, or it is where that puts Pythons."""
    tests = [""]  # a manager of one family only
    if manager in ("dpkg", "rpm"):
        tests = [" and system=" + ids, *(" and " + other for other in others)]
    places = (
        "/usr/bin/*",
        "implementation=pypy",
    )  # a distribution's PyPy has a directory of its own
    signals = [
        "owner=%s and %s%s" % (manager, place, test)
        for place in places
        for test in tests
    ]
    signals.append("owner=? and /usr/bin/* and system=" + ids)
    return _row(
        key=key,
        title=title,
        kind="system",
        signals=" or ".join(signals),
        marker=marker,
        source=source,
    )


def _since(
    words: str, before: str = "not-shipped", ids: tuple[str, ...] = (), **rule: Any
) -> tuple[MarkerRule, ...]:
    return MarkerRule("shipped", "since " + words, ids=ids, **rule), MarkerRule(
        before, "only since " + words, ids=ids
    )


_NEVER = "not-shipped"
_CONDA = "not-shipped unless conda-pypi or conda-managed-env is installed"
_DERIVATIVE = (  # Debian's derivatives count their releases in their own way
    MarkerRule("shipped", "with every Python from 3.12 on", (3, 12)),
    MarkerRule("unknown", "since the packages of Python 3.11.2", (3, 11)),
    MarkerRule("not-shipped", "only since Debian 12 and Ubuntu 23.04"),
)
_DEBIAN = _since("Debian 12", release=(12,), ids=("debian", "raspbian"))
_UBUNTU = _since("Ubuntu 23.04", release=(23, 4), ids=("ubuntu",))

PROVIDERS = (
    # environments with a package manager of their own
    _row(
        key="pixi", kind="conda", signals="*/.pixi/envs/*", marker=_CONDA, source="pixi.sh/latest",
        roots="~/.pixi/envs/*",
    ),
    _row(
        key="miniforge", title="Miniforge", kind="conda", signals="*/miniforge3/*|*/miniforge/*|*/mambaforge/*",
        marker=_CONDA, source="conda-forge.org/download",
        roots="/opt/miniforge* /opt/miniforge*/envs/* ~/miniforge* ~/miniforge*/envs/*",
    ),
    _row(
        key="micromamba", kind="conda", signals="*/micromamba/envs/*|*/share/mamba/envs/*", marker=_CONDA,
        source="mamba.readthedocs.io",
        roots="{MAMBA_ROOT_PREFIX:.local/share/mamba}/envs/* ~/micromamba/envs/* /opt/micromamba/envs/*",
    ),
    _row(
        key="conda", title="Conda", kind="conda", signals="owner=conda or /opt/conda/*|*/miniconda3/*|*/anaconda3/*",
        marker=_CONDA, source="conda/conda:base/constants.py",
        roots=(
            "/opt/conda /opt/conda/envs/* /opt/*conda3 /opt/*conda3/envs/* /usr/share/miniconda ~/*conda3 "
            "~/*conda3/envs/* ~/.conda/envs/*"
        ),
    ),
    _row(
        key="nix", title="Nix", kind="package-manager", signals="/nix/store/*",
        marker=_since("May 2023", "unknown", language=(3, 12)), source="NixOS/nixpkgs:interpreters/python",
        roots=(
            "/run/current-system/sw /nix/var/nix/profiles/default /etc/profiles/per-user/* ~/.nix-profile "
            "~/.local/state/nix/profile"
        ),
        text="This command has been disabled as it tries to modify the immutable",
    ),
    _row(
        key="guix", title="Guix", kind="package-manager", signals="/gnu/store/*",
        marker="unknown as it is not documented", source="guix.gnu.org/manual/en/html_node/Invoking-guix-package.html",
        roots=(
            "/run/current-system/profile /var/guix/profiles/per-user/*/guix-profile ~/.guix-profile "
            "~/.guix-home/profile ~/.config/guix/current"
        ),
    ),
    # version managers and standalone builds
    _row(
        key="uv", kind="version-manager",
        signals=(
            "*/uv/python/*-*-*-*-*/bin/*|*/uv/toolchains/*-*-*-*-*/bin/* or marker=*managed by uv* and "
            "owner=none|? or */cpython-*-linux-*-*/bin/*|*/cpython-*-macos-*-none/bin/*"
        ),
        marker="shipped", source="astral-sh/uv:uv-python/src/managed.rs",
        roots=(
            "{UV_PYTHON_INSTALL_DIR:.local/share/uv/python}/* {XDG_DATA_HOME:.local/share}/uv/python/* "
            "/opt/uv/python/*"  # of the module uv_python, for all users
        ),
        text="This Python installation is managed by uv and should not be modified.",
    ),
    _row(
        key="hatch", title="Hatch", kind="standalone", signals="*/hatch/pythons/*|*/hatch/env/virtual/.pythons/*",
        marker=_NEVER, source="pypa/hatch:",
        roots="{HATCH_DATA_DIR:.local/share/hatch}/pythons/*/* ~MAC/hatch/pythons/*/*",
    ),
    _row(
        key="rye", title="Rye", kind="standalone", signals="*/.rye/py/*", marker=_NEVER,
        source="frostming/findpython:", roots="{RYE_HOME:.rye}/py/* {RYE_HOME:.rye}/py/*/install",
    ),
    _row(
        key="pdm", title="PDM", kind="standalone", signals="*/pdm/python/*", marker=_NEVER, source="pdm-project/pdm:",
        roots="{XDG_DATA_HOME:.local/share}/pdm/python/* ~MAC/pdm/python/*",
    ),
    _row(
        key="poetry", title="Poetry", kind="standalone", signals="*/pypoetry/python/*", marker=_NEVER,
        source="python-poetry/poetry:", roots="{XDG_DATA_HOME:.local/share}/pypoetry/python/* ~MAC/pypoetry/python/*",
    ),
    _row(
        key="pipx", kind="standalone", signals="*/pipx/py/*", marker=_NEVER, source="pypa/pipx:",
        roots="{PIPX_HOME:.local/share/pipx}/py/* ~/.local/pipx/py/* /opt/pipx/py/* ~MAC/pipx/py/*",
    ),
    _row(
        key="mise", kind="version-manager", signals="*/mise/installs/python/*|*/rtx/installs/python/*", marker=_NEVER,
        source="jdx/mise:", roots="{MISE_DATA_DIR:.local/share/mise}/installs/python/*",
    ),
    _row(
        key="asdf", kind="version-manager", signals="*/asdf/installs/python/*|*/.asdf/installs/python/*",
        marker=_NEVER, source="asdf-community/asdf-python:",
        roots="{ASDF_DATA_DIR:.asdf}/installs/python/* /opt/asdf/installs/python/*",
    ),
    _row(
        key="pyenv", kind="version-manager",
        signals="*/.pyenv/versions/*|*/pyenv/versions/* or build.abs_srcdir=*/python-build.*/Python-*", marker=_NEVER,
        source="pyenv/pyenv:python-build",
        roots="{PYENV_ROOT:.pyenv}/versions/* /opt/pyenv/versions/* /usr/local/pyenv/versions/*",
    ),
    _row(
        key="github-toolcache", title="GitHub Actions tool cache", kind="ci",
        signals=(
            "*/hostedtoolcache/*Py*/*/*/bin/*|*/_tool/*Py*/*/*/bin/* or kernel=darwin and "
            "name=*/hostedtoolcache/Python/*"
        ),
        marker=_NEVER, source="actions/python-versions:installers",
        roots="{RUNNER_TOOL_CACHE:/opt/hostedtoolcache}/*Py*/*/* {AGENT_TOOLSDIRECTORY:hostedtoolcache}/*Py*/*/*",
    ),
    # macOS, and Homebrew everywhere
    _row(
        key="homebrew", title="Homebrew", kind="package-manager", signals="*/Cellar/py* or owner=homebrew",
        marker=_since("python@3.12", language=(3, 12)), source="Homebrew/homebrew-core:python@3.13.rb",
        roots=(
            "/opt/homebrew /opt/homebrew/opt/python@* /usr/local/opt/python@* /home/linuxbrew/.linuxbrew "
            "/home/linuxbrew/.linuxbrew/opt/python@*"
        ),
        text="To install Python packages system-wide, try brew install",
    ),
    _row(
        key="macports", title="MacPorts", kind="package-manager", signals="/opt/local/* and kernel=darwin",
        marker="unknown as it is not documented", source="www.macports.org",
        roots="/opt/local /opt/local/Library/Frameworks/Python.framework/Versions/*", kernel="darwin",
    ),
    _row(
        key="xcode", title="Apple's developer tools", kind="vendor",
        signals="framework=Python3 or /Library/Developer/CommandLineTools/*|/Applications/Xcode*",
        marker="not-shipped as Python 3.9 is older than PEP 668", source="developer.apple.com/xcode/resources",
        roots="/Library/Developer/CommandLineTools/usr /Applications/Xcode*.app/Contents/Developer/usr",
        kernel="darwin",
    ),
    _row(
        key="python-org", title="python.org's installer for macOS", kind="vendor",
        signals="/Library/Frameworks/Python*.framework/*", marker=_NEVER, source="python/cpython:Mac/BuildScript",
        roots="/Library/Frameworks/Python*.framework/Versions/*", kernel="darwin",
    ),
    # Linux distributions
    _row(
        key="snap", title="a snap", kind="vendor", signals="/snap/*|/var/lib/snapd/snap/*",
        marker="unknown as it depends on the base of the snap", source="snapcraft.io/docs",
        roots="/snap/*/current/usr /var/lib/snapd/snap/*/current/usr", kernel="linux",
    ),
    _row(
        key="software-collections", title="Red Hat Software Collections", kind="package-manager",
        signals="/opt/rh/*/root/usr/*", marker=_NEVER, source="RHSCL life cycle", roots="/opt/rh/*/root/usr",
        kernel="linux",
    ),
    _row(
        key="platform-python", title="RHEL's platform Python", kind="system", signals="/usr/libexec/platform-python*",
        marker=_NEVER, source="RHEL 8, Configuring basic system settings", roots="/usr/libexec/", kernel="linux",
    ),
    _row(
        key="deadsnakes", title="the deadsnakes PPA", kind="package-manager",
        signals=(
            "owner=dpkg and package=*python* and "
            "package-version=*+xenial*|*+bionic*|*+focal*|*+jammy*|*+noble*|*+resolute*"
        ),
        marker=_NEVER, source="deadsnakes/python3.12:debian",
    ),
    _row(
        key="debian-pypy", title="PyPy from Debian or Ubuntu", kind="system",
        signals=(
            "implementation=pypy and /usr/* and owner=dpkg or implementation=pypy and /usr/bin/* and owner=? "
            "and system=debian|ubuntu"
        ),
        marker=(*_DEBIAN, *_UBUNTU, MarkerRule("unknown", "since Debian 12 and Ubuntu 23.04")),
        source="packages.debian.org/trixie/pypy3-lib",
    ),
    _system(
        key="kali", title="Kali Linux", manager="dpkg", marker=_DERIVATIVE,
        source="www.kali.org/docs/general-use/python3-external-packages", ids="kali",
    ),
    _system(
        key="raspberry-pi-os", title="Raspberry Pi OS", manager="dpkg", marker=_DEBIAN + _DERIVATIVE,
        source="www.raspberrypi.com/documentation/computers/os.html", ids="raspbian",
        others=("package-version=*+rpt*|*+rpi*", "marker=*rptl.io*",),
    ),
    _system(
        key="ubuntu", title="Ubuntu", manager="dpkg", marker=_UBUNTU + _DERIVATIVE,
        source="packages.ubuntu.com/noble/libpython3.12-stdlib", ids="ubuntu",
    ),
    _system(
        key="debian", title="Debian", manager="dpkg", marker=_DEBIAN + _DERIVATIVE,
        source="www.debian.org/releases/bookworm/releasenotes", ids="debian",
    ),
    _system(
        key="rhel", title="RHEL and its family", manager="rpm", marker=_NEVER, source="openela-main/python3.12:",
        ids="rhel|centos|amzn",
    ),
    _system(
        key="fedora", title="Fedora", manager="rpm", marker="not-shipped up to Rawhide of August 2026",
        source="fedoraproject.org/wiki/Changes/PythonMarkExternallyManaged", ids="fedora",
    ),
    _system(
        key="opensuse", title="openSUSE and SUSE Linux Enterprise", manager="rpm",
        marker=_since("release 16, and Tumbleweed of 2023", release=(16,)), source="openSUSE:python313.spec",
        ids="suse|opensuse|sles",
    ),
    _system(
        key="arch", title="Arch Linux", manager="pacman",
        marker=_since("python 3.11.3-2 of June 2023", "unknown", language=(3, 11)),
        source="gitlab.archlinux.org/archlinux/packaging/packages/python", ids="arch",
    ),
    _system(
        key="alpine", title="Alpine Linux", manager="apk",
        marker=_since("Alpine 3.19 (python3 3.11.4-r2)", release=(3, 19)), source="alpinelinux/aports:main/python3",
        ids="alpine",
    ),
    _system(
        key="gentoo", title="Gentoo", manager="portage", marker="shipped since January 2023, as a link",
        source="gentoo/gentoo:dev-python/gentoo-common", ids="gentoo",
    ),
    _system(
        key="void", title="Void Linux", manager="xbps", marker="shipped since 2023",
        source="void-linux/void-packages:python3", ids="void",
    ),
    _row(
        key="slackware", title="Slackware", kind="system",
        signals="owner=slackware|none|? and /usr/bin/* and system=slackware",
        marker="unknown as it is not documented", source="docs.slackware.com/slackware:package_management",
    ),
    _row(
        key="distribution", title="another Linux distribution", kind="system",
        signals="owner=dpkg|rpm and /usr/bin/*", marker="unknown as this table has no row for it",
        source="its own package database",
    ),
    # all the rest
    _row(
        key="docker-library", title="the official Docker images", kind="container",
        signals="build.abs_srcdir=/usr/src/python* or /opt/pypy/bin/* and implementation=pypy and owner=none|?",
        marker=_NEVER, source="docker-library/python:Dockerfile",
    ),
    _row(
        key="vendor", title="a product that brings its own Python", kind="vendor",
        signals=(
            "/opt/*|/usr/* and owner=dpkg|rpm|apk|pacman|portage|xbps or "
            "/opt/*/embedded/bin/*|/opt/saltstack/salt/*|/opt/splunk/*|*/google-cloud-sdk/*"
        ),
        marker="unknown as it depends on the vendor", source="docs.datadoghq.com/agent",
        roots="/opt/*/embedded /opt/saltstack/salt /usr/lib/google-cloud-sdk/platform/bundledpythonunix",
    ),
    _row(
        key="python-build-standalone", kind="standalone", signals="build.prefix=/install", marker=_NEVER,
        source="astral-sh/python-build-standalone:cpython-unix", roots="~/python*",
    ),
    _row(
        key="source", title="built from source", kind="source",
        signals="/usr/local/*|/opt/* and owner=none|? or build.abs_srcdir=*/Python-* and owner=none|?", marker=_NEVER,
        source="python/cpython:Makefile.pre.in",
    ),
)  # fmt: skip
