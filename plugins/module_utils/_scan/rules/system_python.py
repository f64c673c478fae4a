# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule about /usr/bin/python3: do the operating system's own programs get the Python they were made for?"""

from __future__ import annotations

from ..model import Owner, SystemCommand
from ..pep440 import from_distribution, minor
from ..verdicts import Installation
from .package_commands import reinstall_command
from .rule import Check, Results, Rule, ScannedHost

SYSTEM_PYTHON_BROKEN = Rule(
    key="system-python-broken",
    severity="high",
    needs=("installations",),
    cure="Reinstall the package that ships the system's Python.",
)

_SYSTEM_MANAGERS = ("apk", "dpkg", "pacman", "portage", "rpm", "slackware", "xbps")


def check_system_command(scanned: ScannedHost) -> Results:
    """Yield /usr/bin/python3 where it is gone, leads nowhere, or starts a Python that is not the system's."""
    command = scanned.readings.system_command
    own = [row for row in scanned.classified.installations if row.system]
    owner = command and scanned.readings.ownership.owners.get(command.path)
    if command is None or not (own or owner):
        return  # nothing of the operating system needs it
    problem = _find_problem(scanned, command, owner)
    if problem:
        evidence = ["the system has " + row.reading.path for row in own]
        if command.link:
            evidence.insert(0, "it is a link to " + command.link)
        yield SYSTEM_PYTHON_BROKEN.finding(
            command.path,
            "%s %s: the system's own programs, such as its package manager, fail"
            % (command.path, problem),
            cure=_restore(scanned, own),
            evidence=evidence,
        )


def _find_problem(
    scanned: ScannedHost, command: SystemCommand, owner: Owner | None
) -> str:
    """Return what is wrong with /usr/bin/python3, as it follows its path in a message; '' if nothing is."""
    if command.kind == "missing" and owner:
        return "is missing, though %s ships it" % owner.package
    if command.kind == "dangling":
        return "points to %s, which does not exist" % command.link
    is_python = command.kind in ("interpreter", "environment")
    if is_python and not _is_expected(scanned, command.target, owner):
        system = scanned.readings.system.name or "the operating system"
        return "starts %s, which is not the Python of %s" % (command.target, system)
    return ""


def _is_expected(scanned: ScannedHost, target: str, owner: Owner | None) -> bool:
    """Return whether an executable is what the operating system starts as python3."""
    installation = next(
        (row for row in scanned.classified.installations if row.reading.path == target),
        None,
    )
    if installation is None:
        return False
    # Debian's python3-minimal is of the version that its link leads to; Python's own modules have that one only.
    language = (
        minor(from_distribution(owner.version))
        if owner and owner.manager == "dpkg"
        else ""
    )
    if language and installation.reading.language != language:
        return False
    manager = installation.package.manager if installation.package else ""
    return (
        installation.system
        or manager in _SYSTEM_MANAGERS
        or bool(installation.package_unknown)
    )


def _restore(scanned: ScannedHost, own: list[Installation]) -> str:
    """Return the commands that make /usr/bin/python3 the distribution's again; '' where none are known."""
    command = scanned.readings.system_command
    owner = command and scanned.readings.ownership.owners.get(command.path)
    owner = owner or (own[0].package if own else None)
    installation = own[0] if own else None
    reinstall = (
        reinstall_command(scanned, owner, installation)
        if owner and installation
        else ""
    )
    if command and command.link.startswith("/etc/alternatives/") and reinstall:
        return "update-alternatives --remove-all python3. Then: " + reinstall
    return reinstall


def check_start(scanned: ScannedHost) -> Results:
    """Yield each Python of the operating system that does not start."""
    for installation in scanned.classified.installations:
        reading = installation.reading
        if installation.system and reading.failure:
            yield SYSTEM_PYTHON_BROKEN.finding(
                reading.path,
                "the operating system's Python does not start: " + reading.failure,
                cure=reinstall_command(scanned, installation.package, installation),
            )


CHECKS = (
    Check(check_system_command, (SYSTEM_PYTHON_BROKEN,)),
    Check(check_start, (SYSTEM_PYTHON_BROKEN,)),
)
