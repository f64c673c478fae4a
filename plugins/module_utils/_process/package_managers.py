# SPDX-License-Identifier: GPL-3.0-or-later
"""A program as the host's package manager has it: which version is installed, and which one could be."""

from __future__ import annotations

import glob
import json
import os
import re
from typing import Mapping, NamedTuple, Sequence, Tuple

from .._scan import pep440 as versions
from .commands import CommandResult, Run

_TIMEOUT = 120.0  # seconds
_BREW_PREFIXES = ("/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew")
_MACOS = "/System/Library/CoreServices/SystemVersion.plist"
_APT_LISTS = "/var/lib/apt/lists/*_Packages*"


class PackageManager(NamedTuple):
    """A package manager and its read-only queries; ``{}`` in them stands for the package."""

    name: str
    executable: str  # which it is known by
    installed_query: Tuple[str, ...]
    installed_pattern: str
    available_query: Tuple[str, ...]
    available_pattern: str


#: Evidence: dpkg-query(1), apt-cache(8), rpm(8), dnf-repoquery(8), pacman(8), apk-list(8).
PACKAGE_MANAGERS = (
    PackageManager(
        name="apt",
        executable="/usr/bin/apt-cache",
        installed_query=("/usr/bin/dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", "{}"),
        installed_pattern=r"^installed (\S+)",
        available_query=("/usr/bin/apt-cache", "policy", "{}"),
        available_pattern=r"Candidate: (\S+)",
    ),
    PackageManager(
        name="dnf",
        executable="/usr/bin/dnf",
        installed_query=("/usr/bin/rpm", "--query", "--queryformat=%{VERSION}", "{}"),
        installed_pattern=r"^(\d\S*)$",
        available_query=(
            "/usr/bin/dnf", "--quiet", "repoquery", "--available", "--latest-limit=1", "--queryformat=%{version}\n",
            "{}",
        ),
        available_pattern=r"(?m)^(\d\S*)$",
    ),
    PackageManager(
        name="pacman",
        executable="/usr/bin/pacman",
        installed_query=("/usr/bin/pacman", "-Q", "{}"),
        installed_pattern=r"^\S+ (\S+)",
        available_query=("/usr/bin/pacman", "-Si", "{}"),
        available_pattern=r"(?m)^Version *: (\S+)",
    ),
    PackageManager(
        name="apk",
        executable="/sbin/apk",
        installed_query=("/sbin/apk", "list", "--installed", "{}"),
        installed_pattern=r"(?m)^[a-z0-9-]*?-(\d\S*) ",
        available_query=("/sbin/apk", "list", "--available", "{}"),
        available_pattern=r"(?m)^[a-z0-9-]*?-(\d\S*) ",
    ),
)  # fmt: skip


class PackagesQuery(NamedTuple):
    """A read-only query for many packages at once, which says of each whether it is installed."""

    command: Tuple[str, ...]
    pattern: str  # for a name in the output
    names_missing: bool  # those that are named are missing; else, installed


_RPM_QUERY = PackagesQuery(
    ("/usr/bin/rpm", "--query", "--whatprovides"),
    r"(?m)^no package provides (\S+)",
    names_missing=True,
)
#: Evidence: dpkg-query(1), rpm(8), pacman(8) of -T, apk-info(8). What another package provides counts, except with apt.
_PACKAGES_QUERIES = {
    "apt": PackagesQuery(
        (
            "/usr/bin/dpkg-query",
            "--show",
            "--showformat=${db:Status-Status} ${Package}\n",
        ),
        r"(?m)^installed (\S+)",
        names_missing=False,
    ),
    "dnf": _RPM_QUERY,
    "zypper": _RPM_QUERY,
    "pacman": PackagesQuery(
        ("/usr/bin/pacman", "-T"), r"(?m)^(\S+)", names_missing=True
    ),
    "apk": PackagesQuery(
        ("/sbin/apk", "info", "--installed"), r"(?m)^(\S+)", names_missing=False
    ),
}


class PackagedProgram(NamedTuple):
    """A program, and the names of its packages by package manager (of ``PACKAGE_MANAGERS``, and brew)."""

    command: str
    packages: Mapping[str, str]


class ProgramPackage(NamedTuple):
    """A program in a package manager; all empty where none is known that has it."""

    manager: str = ""
    package: str = ""
    command: str = ""  # the path of the program
    brew: str = ""  # the path of Homebrew's command
    installed: str = ""  # version
    candidate: str = ""  # version that could be installed
    candidate_known: bool = True  # false where apt has no lists yet
    may_install: bool = False  # the caller may install packages

    def is_installed(self, minimum_version: str) -> bool:
        """Return whether it is installed, in this version or a newer one."""
        return bool(versions.at_least(self.installed, minimum_version))

    def is_available(self, minimum_version: str) -> bool:
        """Return whether it is installed or can be, in this version or a newer one."""
        return self.is_installed(minimum_version) or bool(
            self.may_install and versions.at_least(self.candidate, minimum_version)
        )

    def explain_missing(self, program: str, minimum: str) -> str:
        """Return why the package of a known package manager is not available.

        :param minimum: what the minimum version is, such as ``2.5 is the oldest that is accepted``.
        """
        if self.manager == "brew" and os.geteuid() == 0:
            return "Homebrew does not run as root: run the role as its owner"
        if not self.may_install:
            return "Only root can install %s with %s" % (program, self.manager)
        found = "%s %s" % (program, self.candidate) if self.candidate else ""
        return "%s has %s, and %s" % (self.manager, found or "no " + program, minimum)


def parse_version(pattern: str, output: str) -> str:
    """Return the upstream version in the output of a query; '' where it names none."""
    found = re.findall(pattern, output)
    return versions.from_distribution(found[-1]) if found else ""


def find_package(
    run: Run, program: PackagedProgram, minimum_version: str, query_available: bool
) -> ProgramPackage:
    """Return what the host's package manager has of a program.

    :param query_available: also return the available version where the installed one is older than required.
    """
    for row in () if os.path.exists(_MACOS) else PACKAGE_MANAGERS:
        if row.name in program.packages and os.access(row.executable, os.X_OK):
            return _query_manager(
                run, row, program, minimum_version, query_available=query_available
            )
    for prefix in _BREW_PREFIXES:
        if os.access(prefix + "/bin/brew", os.X_OK):
            return _query_homebrew(run, prefix, program, query_available)
    return ProgramPackage()


def find_missing_packages(
    run: Run, manager: str, packages: Sequence[str]
) -> Tuple[str, ...]:
    """Return those of the packages that are not installed; Homebrew's are known by their directories."""
    if not packages:
        return ()
    if manager == "brew":
        places = [prefix + "/opt/" for prefix in _BREW_PREFIXES]
        installed = {
            name
            for name in packages
            if any(os.path.isdir(place + name) for place in places)
        }
        return tuple(name for name in packages if name not in installed)
    query = _PACKAGES_QUERIES.get(manager)
    if query is None:
        return tuple(packages)
    # The status is 1 where one is missing.
    output = _run_query(run, [*query.command, *packages]).output
    named = set(re.findall(query.pattern, output))
    return tuple(name for name in packages if (name in named) == query.names_missing)


def _query_manager(
    run: Run,
    row: PackageManager,
    program: PackagedProgram,
    minimum_version: str,
    *,
    query_available: bool,
) -> ProgramPackage:
    package = program.packages[row.name]
    installed = parse_version(
        row.installed_pattern, _query(run, _name_package(row.installed_query, package))
    )
    may_install = os.geteuid() == 0
    candidate = ""
    if (
        query_available
        and may_install
        and not versions.at_least(installed, minimum_version)
    ):
        candidate = parse_version(
            row.available_pattern,
            _query(run, _name_package(row.available_query, package)),
        )
    return ProgramPackage(
        manager=row.name,
        package=package,
        command="/usr/bin/" + program.command,
        installed=installed,
        candidate=candidate,
        candidate_known=row.name != "apt" or bool(candidate or glob.glob(_APT_LISTS)),
        may_install=may_install,
    )


def _name_package(query: Sequence[str], package: str) -> Sequence[str]:
    return [package if word == "{}" else word for word in query]


def _query_homebrew(
    run: Run, prefix: str, program: PackagedProgram, query_available: bool
) -> ProgramPackage:
    """Return what Homebrew has, by its directories; root never runs brew."""
    brew, package = prefix + "/bin/brew", program.packages["brew"]
    installed = versions.from_distribution(
        os.path.basename(os.path.realpath("%s/opt/%s" % (prefix, package)))
    )
    may_install = os.geteuid() != 0 and os.access(prefix, os.W_OK)
    candidate = ""
    if query_available and may_install and not installed:
        candidate = _stable_version(_query(run, (brew, "info", "--json=v2", package)))
    return ProgramPackage(
        manager="brew",
        package=package,
        command="%s/bin/%s" % (prefix, program.command),
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
    done = _run_query(run, command)
    return "" if done.status else done.output


def _run_query(run: Run, command: Sequence[str]) -> CommandResult:
    environment: Mapping[str, str] = {
        "HOME": os.path.expanduser("~"),
        "HOMEBREW_NO_AUTO_UPDATE": "1",
        "LC_ALL": "C",
        "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
    }
    try:
        return run(command, environment, "/", _TIMEOUT)
    except OSError as exc:
        return CommandResult(127, "", str(exc))
