# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about pipx: are its applications whole, and are their commands found?"""

from __future__ import annotations

from ..._host.record import NamedTuple
from ..model import Readings
from .rule import Check, Results, Rule, ScannedHost

PIPX_APPLICATION_BROKEN = Rule(  # judged with the other environments
    key="pipx-application-broken",
    severity="high",
    needs=("environments",),
    cure="Reinstall the application with a Python that is installed.",
)
PIPX_NOT_ON_PATH = Rule(
    key="pipx-not-on-path",
    severity="low",
    needs=("environments",),
    cure="Add {subject} to the PATH in /etc/environment or /etc/profile.",
)


class _CommandDirectory(NamedTuple):
    """Where pipx links commands by default (pipx's paths.py)."""

    path: str
    user: str  # '' everybody's


def check_command_directories(scanned: ScannedHost) -> Results:
    """Yield each directory of pipx's commands that is on no search path.

    Nothing is claimed of other users than the caller, whose shell files decide over their PATH.
    """
    readings = scanned.readings
    caller = readings.caller.name if readings.caller else ""
    applications: dict[_CommandDirectory, list[str]] = {}
    for environment in readings.environments:
        pipx = environment.pipx
        if pipx and pipx.commands:
            directory = _command_directory(readings, pipx.home or environment.path)
            if directory and directory.user in ("", caller):
                applications.setdefault(directory, []).append(pipx.application)
    for directory, names in applications.items():
        yield from _missing_on_path(readings, directory, names)


def _command_directory(readings: Readings, home: str) -> _CommandDirectory | None:
    for user in readings.users:
        if user.home != "/" and home.startswith(user.home + "/"):
            return _CommandDirectory(user.home + "/.local/bin", user.name)
    if home.rstrip("/") == "/opt/pipx":
        return _CommandDirectory("/usr/local/bin", "")
    return None


def _missing_on_path(
    readings: Readings, directory: _CommandDirectory, applications: list[str]
) -> Results:
    searched = [row for row in readings.search_paths if row.name == "login"]
    if directory.user:
        searched += [row for row in readings.search_paths if row.name == "process"]
    if not searched or any(directory.path in row.directories for row in searched):
        return
    yield PIPX_NOT_ON_PATH.finding(
        directory.path,
        "on no search path: the commands of " + ", ".join(sorted(applications)),
        cure="As %s: `pipx ensurepath`" % directory.user if directory.user else "",
        evidence=[
            "%s PATH (%s): %s" % (row.name, row.source, ":".join(row.directories))
            for row in searched
        ],
    )


CHECKS = (Check(check_command_directories, (PIPX_NOT_ON_PATH,)),)
