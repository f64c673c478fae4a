# SPDX-License-Identifier: GPL-3.0-or-later
"""The providers of Pythons: how each is told, where its interpreters lie, whether it ships the marker of PEP 668."""

from __future__ import annotations

from typing import Any, NamedTuple, Tuple, Union


class MarkerRule(NamedTuple):
    """Is the marker shipped, where no package database tells? The first rule that holds says."""

    expectation: str  # shipped, not-shipped or unknown
    since: str = ""  # in words
    language: tuple[int, int] = (0, 0)  # from this X.Y on
    release: tuple[int, ...] = ()  # from this VERSION_ID on; a rolling release without one is newer than any
    ids: tuple[str, ...] = ()  # only on these systems (os-release's ID)


_Marker = Union[str, Tuple[MarkerRule, ...]]  # a text: one rule, its words after the expectation


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
    roots: tuple[str, ...] = ()  # ~ is each home; {VARIABLE:default} the caller's, or below each home if relative
    kernel: str = ""  # looked for there only
    text: str = ""  # how the marker's text begins, where no package database records its digest


#: Where anybody may have put one.
COMMON_ROOTS = ("/usr/bin", "/bin", "/usr/local/bin", "/opt/*/bin", "/opt/python/*/bin", "~/.local/bin")


def _row(
    key: str, title: str, kind: str, signals: str, marker: _Marker, source: str, roots: str = "", *more: str
) -> Provider:
    """Read a row: without a title the key is it, a test without a subject asks for the path, a root's bin is meant."""
    tests = [
        [test if "=" in test else "path=" + test for test in each.split(" and ")] for each in signals.split(" or ")
    ]
    places = [root[:-1] if root.endswith("/") else root + "/bin" for root in roots.split()]
    places = [place.replace("~MAC", "~/Library/Application Support") for place in places]
    rules = (MarkerRule(*marker.partition(" ")[::2]),) if isinstance(marker, str) else marker
    return Provider(key, title or key, kind, tuple(map(tuple, tests)), rules, source, tuple(places), *more)


def _system(key: str, title: str, manager: str, marker: _Marker, source: str, ids: str, *others: str) -> Provider:
    """A distribution: its package manager owns it, or, where that is not known, it lies where that puts Pythons."""
    tests = [" and system=" + ids, *(" and " + other for other in others)]
    tests = tests if manager in ("dpkg", "rpm") else [""]  # the other managers each have one family only
    places = ("/usr/bin/*", "implementation=pypy")  # a distribution's PyPy has a directory of its own
    signals = ["owner=%s and %s%s" % (manager, place, test) for place in places for test in tests]
    return _row(
        key, title, "system", " or ".join([*signals, "owner=? and /usr/bin/* and system=" + ids]), marker, source
    )


def _since(words: str, before: str = "not-shipped", ids: tuple[str, ...] = (), **rule: Any) -> tuple[MarkerRule, ...]:
    return MarkerRule("shipped", "since " + words, ids=ids, **rule), MarkerRule(before, "only since " + words, ids=ids)


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
    _row("pixi", "", "conda", "*/.pixi/envs/*", _CONDA, "pixi.sh/latest", "~/.pixi/envs/*"),
    _row(
        "miniforge", "Miniforge", "conda", "*/miniforge3/*|*/miniforge/*|*/mambaforge/*", _CONDA,
        "conda-forge.org/download", "/opt/miniforge* /opt/miniforge*/envs/* ~/miniforge* ~/miniforge*/envs/*",
    ),
    _row(
        "micromamba", "", "conda", "*/micromamba/envs/*|*/share/mamba/envs/*", _CONDA, "mamba.readthedocs.io",
        "{MAMBA_ROOT_PREFIX:.local/share/mamba}/envs/* ~/micromamba/envs/* /opt/micromamba/envs/*",
    ),
    _row(
        "conda", "Conda", "conda", "owner=conda or /opt/conda/*|*/miniconda3/*|*/anaconda3/*", _CONDA,
        "conda/conda:base/constants.py", "/opt/conda /opt/conda/envs/* /opt/*conda3 /opt/*conda3/envs/* "
        "/usr/share/miniconda ~/*conda3 ~/*conda3/envs/* ~/.conda/envs/*",
    ),
    _row(
        "nix", "Nix", "package-manager", "/nix/store/*", _since("May 2023", "unknown", language=(3, 12)),
        "NixOS/nixpkgs:interpreters/python", "/run/current-system/sw /nix/var/nix/profiles/default "
        "/etc/profiles/per-user/* ~/.nix-profile ~/.local/state/nix/profile", "",
        "This command has been disabled as it tries to modify the immutable",
    ),
    # version managers and standalone builds
    _row(
        "uv", "", "version-manager", "*/uv/python/*-*-*-*-*/bin/*|*/uv/toolchains/*-*-*-*-*/bin/* or marker=*managed "
        "by uv* and owner=none|? or */cpython-*-linux-*-*/bin/*|*/cpython-*-macos-*-none/bin/*", "shipped",
        "astral-sh/uv:uv-python/src/managed.rs",
        "{UV_PYTHON_INSTALL_DIR:.local/share/uv/python}/* {XDG_DATA_HOME:.local/share}/uv/python/*", "",
        "This Python installation is managed by uv and should not be modified.",
    ),
    _row(
        "hatch", "Hatch", "standalone", "*/hatch/pythons/*|*/hatch/env/virtual/.pythons/*", _NEVER, "pypa/hatch:",
        "{HATCH_DATA_DIR:.local/share/hatch}/pythons/*/* ~MAC/hatch/pythons/*/*",
    ),
    _row(
        "rye", "Rye", "standalone", "*/.rye/py/*", _NEVER, "frostming/findpython:",
        "{RYE_HOME:.rye}/py/* {RYE_HOME:.rye}/py/*/install",
    ),
    _row(
        "pdm", "PDM", "standalone", "*/pdm/python/*", _NEVER, "pdm-project/pdm:",
        "{XDG_DATA_HOME:.local/share}/pdm/python/* ~MAC/pdm/python/*",
    ),
    _row(
        "poetry", "Poetry", "standalone", "*/pypoetry/python/*", _NEVER, "python-poetry/poetry:",
        "{XDG_DATA_HOME:.local/share}/pypoetry/python/* ~MAC/pypoetry/python/*",
    ),
    _row(
        "pipx", "", "standalone", "*/pipx/py/*", _NEVER, "pypa/pipx:",
        "{PIPX_HOME:.local/share/pipx}/py/* ~/.local/pipx/py/* /opt/pipx/py/* ~MAC/pipx/py/*",
    ),
    _row(
        "mise", "", "version-manager", "*/mise/installs/python/*|*/rtx/installs/python/*", _NEVER, "jdx/mise:",
        "{MISE_DATA_DIR:.local/share/mise}/installs/python/*",
    ),
    _row(
        "asdf", "", "version-manager", "*/asdf/installs/python/*|*/.asdf/installs/python/*", _NEVER,
        "asdf-community/asdf-python:", "{ASDF_DATA_DIR:.asdf}/installs/python/* /opt/asdf/installs/python/*",
    ),
    _row(
        "pyenv", "", "version-manager",
        "*/.pyenv/versions/*|*/pyenv/versions/* or build.abs_srcdir=*/python-build.*/Python-*", _NEVER,
        "pyenv/pyenv:python-build",
        "{PYENV_ROOT:.pyenv}/versions/* /opt/pyenv/versions/* /usr/local/pyenv/versions/*",
    ),
    _row(
        "github-toolcache", "GitHub Actions tool cache", "ci",
        "*/hostedtoolcache/*Py*/*/*/bin/*|*/_tool/*Py*/*/*/bin/* or kernel=darwin and name=*/hostedtoolcache/Python/*",
        _NEVER, "actions/python-versions:installers",
        "{RUNNER_TOOL_CACHE:/opt/hostedtoolcache}/*Py*/*/* {AGENT_TOOLSDIRECTORY:hostedtoolcache}/*Py*/*/*",
    ),
    # macOS, and Homebrew everywhere
    _row(
        "homebrew", "Homebrew", "package-manager", "*/Cellar/py* or owner=homebrew",
        _since("python@3.12", language=(3, 12)), "Homebrew/homebrew-core:python@3.13.rb",
        "/opt/homebrew /opt/homebrew/opt/python@* /usr/local/opt/python@* /home/linuxbrew/.linuxbrew "
        "/home/linuxbrew/.linuxbrew/opt/python@*", "", "To install Python packages system-wide, try brew install",
    ),
    _row(
        "macports", "MacPorts", "package-manager", "/opt/local/* and kernel=darwin",
        "unknown as far as is documented", "www.macports.org",
        "/opt/local /opt/local/Library/Frameworks/Python.framework/Versions/*", "darwin",
    ),
    _row(
        "xcode", "Apple's developer tools", "vendor",
        "framework=Python3 or /Library/Developer/CommandLineTools/*|/Applications/Xcode*",
        "not-shipped as Python 3.9 is older than PEP 668", "developer.apple.com/xcode/resources",
        "/Library/Developer/CommandLineTools/usr /Applications/Xcode*.app/Contents/Developer/usr", "darwin",
    ),
    _row(
        "python-org", "python.org's installer for macOS", "vendor", "/Library/Frameworks/Python*.framework/*", _NEVER,
        "python/cpython:Mac/BuildScript", "/Library/Frameworks/Python*.framework/Versions/*", "darwin",
    ),
    # Linux distributions
    _row(
        "snap", "a snap", "vendor", "/snap/*|/var/lib/snapd/snap/*", "unknown as whatever it was made from",
        "snapcraft.io/docs", "/snap/*/current/usr /var/lib/snapd/snap/*/current/usr", "linux",
    ),
    _row(
        "software-collections", "Red Hat Software Collections", "package-manager", "/opt/rh/*/root/usr/*", _NEVER,
        "RHSCL life cycle", "/opt/rh/*/root/usr", "linux",
    ),
    _row(
        "platform-python", "RHEL's platform Python", "system", "/usr/libexec/platform-python*", _NEVER,
        "RHEL 8, Configuring basic system settings", "/usr/libexec/", "linux",
    ),
    _row(
        "deadsnakes", "the deadsnakes PPA", "package-manager", "owner=dpkg and package=*python* and "
        "package-version=*+xenial*|*+bionic*|*+focal*|*+jammy*|*+noble*|*+resolute*", _NEVER,
        "deadsnakes/python3.12:debian",
    ),
    _row(
        "debian-pypy", "PyPy from Debian or Ubuntu", "system", "implementation=pypy and /usr/* and owner=dpkg or "
        "implementation=pypy and /usr/bin/* and owner=? and system=debian|ubuntu",
        (*_DEBIAN, *_UBUNTU, MarkerRule("unknown", "since Debian 12 and Ubuntu 23.04")),
        "packages.debian.org/trixie/pypy3-lib",
    ),
    _system(
        "kali", "Kali Linux", "dpkg", _DERIVATIVE, "www.kali.org/docs/general-use/python3-external-packages",
        "kali",
    ),
    _system(
        "raspberry-pi-os", "Raspberry Pi OS", "dpkg", _DEBIAN + _DERIVATIVE,
        "www.raspberrypi.com/documentation/computers/os.html", "raspbian", "package-version=*+rpt*|*+rpi*",
        "marker=*rptl.io*",
    ),
    _system(
        "ubuntu", "Ubuntu", "dpkg", _UBUNTU + _DERIVATIVE, "packages.ubuntu.com/noble/libpython3.12-stdlib",
        "ubuntu",
    ),
    _system(
        "debian", "Debian", "dpkg", _DEBIAN + _DERIVATIVE, "www.debian.org/releases/bookworm/releasenotes",
        "debian",
    ),
    _system("rhel", "RHEL and its family", "rpm", _NEVER, "openela-main/python3.12:", "rhel|centos|amzn"),
    _system(
        "fedora", "Fedora", "rpm", "not-shipped up to Rawhide of August 2026",
        "fedoraproject.org/wiki/Changes/PythonMarkExternallyManaged", "fedora",
    ),
    _system(
        "opensuse", "openSUSE and SUSE Linux Enterprise", "rpm",
        _since("release 16, and Tumbleweed of 2023", release=(16,)), "openSUSE:python313.spec", "suse|opensuse|sles",
    ),
    _system(
        "arch", "Arch Linux", "pacman", _since("python 3.11.3-2 of June 2023", "unknown", language=(3, 11)),
        "gitlab.archlinux.org/archlinux/packaging/packages/python", "arch",
    ),
    _system(
        "alpine", "Alpine Linux", "apk", _since("Alpine 3.19 (python3 3.11.4-r2)", release=(3, 19)),
        "alpinelinux/aports:main/python3", "alpine",
    ),
    _system(
        "gentoo", "Gentoo", "portage", "shipped since January 2023, as a link",
        "gentoo/gentoo:dev-python/gentoo-common", "gentoo",
    ),
    _system("void", "Void Linux", "xbps", "shipped since 2023", "void-linux/void-packages:python3", "void"),
    _row(
        "distribution", "another Linux distribution", "system", "owner=dpkg|rpm and /usr/bin/*",
        "unknown as it has no row here", "its own package database",
    ),
    # all the rest
    _row(
        "docker-library", "the official Docker images", "container",
        "build.abs_srcdir=/usr/src/python* or /opt/pypy/bin/* and implementation=pypy and owner=none|?", _NEVER,
        "docker-library/python:Dockerfile",
    ),
    _row(
        "vendor", "a product that brings its own Python", "vendor",
        "/opt/*|/usr/* and owner=dpkg|rpm|apk|pacman|portage|xbps or "
        "/opt/*/embedded/bin/*|/opt/saltstack/salt/*|/opt/splunk/*|*/google-cloud-sdk/*", "unknown as its maker likes",
        "docs.datadoghq.com/agent",
        "/opt/*/embedded /opt/saltstack/salt /usr/lib/google-cloud-sdk/platform/bundledpythonunix",
    ),
    _row(
        "python-build-standalone", "", "standalone", "build.prefix=/install", _NEVER,
        "astral-sh/python-build-standalone:cpython-unix", "~/python*",
    ),
    _row(
        "source", "built from source", "source",
        "/usr/local/*|/opt/* and owner=none|? or build.abs_srcdir=*/Python-* and owner=none|?", _NEVER,
        "python/cpython:Makefile.pre.in",
    ),
)  # fmt: skip
