# SPDX-License-Identifier: GPL-3.0-or-later
"""Which package of a distribution holds what: the standard library with its marker, ensurepip, pip and pipx."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

# Red Hat's python3.12.spec; Oracle Linux and Amazon Linux, whose ID_LIKE is "fedora" alone, build the same packages.
_RED_HAT = {
    "stdlib": "python{red_hat}-libs",
    "venv": "python{red_hat}-pip-wheel",
    "pip": "python{red_hat}-pip",
}

# By family: ID or ID_LIKE of os-release(5), "darwin" for Homebrew. {language} is 3.13, {compact} 313, {red_hat} 3 for
# the release's own Python and else 3.12. Without a "venv" the package of the standard library has it all.
PACKAGES: Mapping[str, Mapping[str, str]] = {
    # apt-cache and file lists of Debian 11, 12 and 13
    "debian": {
        "stdlib": "libpython{language}-stdlib",
        "venv": "python{language}-venv",
        "stdlib of pypy": "pypy3-lib",
        "venv of pypy": "pypy3-venv",
        "pip": "python3-pip",
        "pipx": "pipx",
    },
    # Fedora python3.13.spec and python-rpm-macros (test_python_wheel_pkg_prefix); RHEL python3.12.spec
    "fedora": {
        "stdlib": "python3-libs",
        "venv": "python-pip-wheel",
        "pip": "python3-pip",
        "pipx": "pipx",
    },
    "rhel": _RED_HAT,
    "ol": _RED_HAT,
    "amzn": _RED_HAT,
    # openSUSE python313.spec: one package for each flavour
    "suse": {
        "stdlib": "python{compact}-base",
        "pip": "python{compact}-pip",
        "pipx": "python{compact}-pipx",
    },
    # Arch core/python, extra/python-pip and extra/python-pipx
    "arch": {"stdlib": "python", "pip": "python-pip", "pipx": "python-pipx"},
    # alpinelinux/aports main/python3, main/py3-pip and community/pipx
    "alpine": {"stdlib": "python3", "pip": "py3-pip", "pipx": "pipx"},
    # void-linux/void-packages srcpkgs
    "void": {"stdlib": "python3", "pip": "python3-pip", "pipx": "python3-pipx"},
    # gentoo/gentoo: gentoo-common owns the marker; dev-lang/python: ensurepip? ( dev-python/ensurepip-pip )
    "gentoo": {
        "stdlib": "dev-python/gentoo-common",
        "venv": "dev-python/ensurepip-pip",
        "pip": "dev-python/pip",
        "pipx": "dev-python/pipx",
    },
    # Homebrew/homebrew-core Formula/p
    "darwin": {"stdlib": "python@{language}", "pipx": "pipx"},
}

# The Python that packages call python3, by the major version of RHEL's and of Amazon Linux's release.
_RED_HAT_DEFAULT = {"8": "3.6", "9": "3.9", "10": "3.12", "2": "3.7", "2023": "3.9"}
# RHEL 8's modules python38 and python39 came before the names with a dot.
_RED_HAT_COMPACT = {("8", "3.8"): "38", ("8", "3.9"): "39"}


def families(system: Any) -> tuple[str, ...]:
    """Return the names that a ``System`` goes by, its own first; all of SUSE's are one."""
    names = (system.id, *system.like, "darwin" if system.kernel == "darwin" else "")
    return tuple(
        "suse" if "suse" in name or name.startswith("sle") else name
        for name in names
        if name
    )


def package_for(
    part: str,
    families: Sequence[str],
    language: str,
    implementation: str = "cpython",
    version: str = "",
) -> str:
    """Name the package that holds a part of a Python X.Y, given the system's ID and ID_LIKE, VERSION_ID; '' unknown."""
    rows = next((PACKAGES[family] for family in families if family in PACKAGES), {})
    name = rows.get(
        part if implementation == "cpython" else f"{part} of {implementation}", ""
    )
    major = version.partition(".")[0]
    default = _RED_HAT_DEFAULT.get(major, language)
    red_hat = (
        "3"
        if language == default
        else _RED_HAT_COMPACT.get((major, language), language)
    )
    return name.format(
        language=language, compact=language.replace(".", ""), red_hat=red_hat
    )


def venv_package(
    families: Sequence[str],
    language: str,
    implementation: str = "cpython",
    version: str = "",
) -> str:
    """Name the package that ``python -m venv`` lacks where ensurepip or pip's wheel is not there; '' unknown."""
    return package_for("venv", families, language, implementation, version)
