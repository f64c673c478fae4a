# SPDX-License-Identifier: GPL-3.0-or-later
"""pipx as the host's package manager has it: which version is installed, and which one could be."""

from __future__ import annotations

import glob
import json
import os
import re
from typing import Mapping, NamedTuple, Sequence, Tuple

from .._process.commands import Run
from .._scan import pep440 as versions

_TIMEOUT = 120.0  # seconds
_BREW_PREFIXES = ("/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew")
_MACOS = "/System/Library/CoreServices/SystemVersion.plist"
_APT_LISTS = "/var/lib/apt/lists/*_Packages*"


class PackageManager(NamedTuple):
    """A package manager that has a package of pipx, and its read-only queries."""

    name: str
    executable: str  # which it is known by
    package: str
    installed_query: Tuple[str, ...]
    installed_pattern: str
    available_query: Tuple[str, ...]
    available_pattern: str


#: Evidence: dpkg-query(1), apt-cache(8), rpm(8), dnf-repoquery(8), pacman(8).
PACKAGE_MANAGERS = (
    PackageManager(
        name="apt",
        executable="/usr/bin/apt-cache",
        package="pipx",
        installed_query=("/usr/bin/dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", "pipx"),
        installed_pattern=r"^installed (\S+)",
        available_query=("/usr/bin/apt-cache", "policy", "pipx"),
        available_pattern=r"Candidate: (\S+)",
    ),
    PackageManager(
        name="dnf",
        executable="/usr/bin/dnf",
        package="pipx",
        installed_query=("/usr/bin/rpm", "--query", "--queryformat=%{VERSION}", "pipx"),
        installed_pattern=r"^(\d\S*)$",
        available_query=(
            "/usr/bin/dnf", "--quiet", "repoquery", "--available", "--latest-limit=1", "--queryformat=%{version}\n",
            "pipx",
        ),
        available_pattern=r"(?m)^(\d\S*)$",
    ),
    PackageManager(
        name="pacman",
        executable="/usr/bin/pacman",
        package="python-pipx",
        installed_query=("/usr/bin/pacman", "-Q", "python-pipx"),
        installed_pattern=r"^python-pipx (\S+)",
        available_query=("/usr/bin/pacman", "-Si", "python-pipx"),
        available_pattern=r"(?m)^Version *: (\S+)",
    ),
)  # fmt: skip


class PipxPackage(NamedTuple):
    """pipx in a package manager; all empty where none is known that has it."""

    manager: str = ""
    package: str = ""
    command: str = ""  # the path of pipx
    brew: str = ""  # the path of Homebrew's command
    installed: str = ""  # version
    candidate: str = ""  # version that could be installed
    candidate_known: bool = True  # false where apt has no lists yet
    may_install: bool = False  # the caller may install packages


def parse_version(pattern: str, output: str) -> str:
    """Return the upstream version in the output of a query; '' where it names none."""
    found = re.findall(pattern, output)
    return versions.from_distribution(found[-1]) if found else ""


def find_package(run: Run, minimum_version: str, query_available: bool) -> PipxPackage:
    """Return what the host's package manager has of pipx.

    :param query_available: also return the available version where the installed one is older than required.
    """
    for row in () if os.path.exists(_MACOS) else PACKAGE_MANAGERS:
        if os.access(row.executable, os.X_OK):
            return _query_manager(run, row, minimum_version, query_available)
    for prefix in _BREW_PREFIXES:
        if os.access(prefix + "/bin/brew", os.X_OK):
            return _query_homebrew(run, prefix, query_available)
    return PipxPackage()


def _query_manager(
    run: Run, row: PackageManager, minimum_version: str, query_available: bool
) -> PipxPackage:
    installed = parse_version(row.installed_pattern, _query(run, row.installed_query))
    may_install = os.geteuid() == 0
    candidate = ""
    if (
        query_available
        and may_install
        and not versions.at_least(installed, minimum_version)
    ):
        candidate = parse_version(
            row.available_pattern, _query(run, row.available_query)
        )
    return PipxPackage(
        manager=row.name,
        package=row.package,
        command="/usr/bin/pipx",
        installed=installed,
        candidate=candidate,
        candidate_known=row.name != "apt" or bool(candidate or glob.glob(_APT_LISTS)),
        may_install=may_install,
    )


def _query_homebrew(run: Run, prefix: str, query_available: bool) -> PipxPackage:
    """Return what Homebrew has, by its directories; root never runs brew."""
    brew = prefix + "/bin/brew"
    installed = versions.from_distribution(
        os.path.basename(os.path.realpath(prefix + "/opt/pipx"))
    )
    may_install = os.geteuid() != 0 and os.access(prefix, os.W_OK)
    candidate = ""
    if query_available and may_install and not installed:
        candidate = _stable_version(_query(run, (brew, "info", "--json=v2", "pipx")))
    return PipxPackage(
        manager="brew",
        package="pipx",
        command=prefix + "/bin/pipx",
        brew=brew,
        installed=installed,
        candidate=candidate,
        may_install=may_install,
    )


def _stable_version(formula: str) -> str:
    """Return the stable version in the output of `brew info --json=v2`."""
    try:
        return versions.from_distribution(
            json.loads(formula)["formulae"][0]["versions"]["stable"]
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _query(run: Run, command: Sequence[str]) -> str:
    """Return the output of a command that only reads; '' where it fails."""
    environment: Mapping[str, str] = {
        "HOME": os.path.expanduser("~"),
        "HOMEBREW_NO_AUTO_UPDATE": "1",
        "LC_ALL": "C",
        "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
    }
    try:
        done = run(command, environment, "/", _TIMEOUT)
    except OSError:
        return ""
    return "" if done.status else done.output
