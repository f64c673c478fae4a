# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about search paths: does ``python3`` start the Python that the operating system relies on?"""

from __future__ import annotations

import os
from typing import Iterator

from ..model import Command
from .rule import Check, Results, Rule, ScannedHost

PYTHON_SHADOWS_SYSTEM = Rule(
    key="python-shadows-system",
    severity="medium",
    needs=("installations",),
    cure="Put {directory} after /usr/bin on that PATH, or remove {subject} and start it by its full name.",
)

_SYSTEM_DIRECTORIES = ("/usr/bin", "/bin", "/usr/sbin", "/sbin")


def check_shadowed_system(scanned: ScannedHost) -> Results:
    """Yield each foreign ``python3`` (or ``python``, where the system has one) that a search path finds first."""
    system = {
        row.reading.path: row.reading
        for row in scanned.classified.installations
        if row.system
    }
    own = {
        os.path.basename(name.path): name.path
        for reading in system.values()
        for name in reading.names
    }
    found: dict[tuple[str, str], dict[str, str]] = {}
    for command in _lasting_commands(scanned):
        foreign = os.path.dirname(command.path) not in _SYSTEM_DIRECTORIES
        if foreign and command.name in own and command.target not in system:
            targets = found.setdefault((command.name, command.path), {})
            targets["%s PATH" % command.search_path] = command.target or "a script"
    for (name, path), targets in found.items():
        paths = " and the ".join(sorted(targets))
        yield PYTHON_SHADOWS_SYSTEM.finding(
            path,
            "`%s` is %s on the %s, and not the system's own %s"
            % (name, path, paths, own[name]),
            evidence=["%s: it starts %s" % item for item in targets.items()],
        )


def _lasting_commands(scanned: ScannedHost) -> Iterator[Command]:
    """Yield the commands but for those of an activated environment, which end with the session."""
    activated = {path + "/bin" for path in scanned.readings.activated}
    for command in scanned.readings.commands:
        is_activated = os.path.dirname(command.path) in activated
        if not (command.search_path == "process" and is_activated):
            yield command


CHECKS = (Check(check_shadowed_system, (PYTHON_SHADOWS_SYSTEM,)),)
