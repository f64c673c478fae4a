# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known at a point of a shell script: the Python that pip meets, variables, environments."""

from __future__ import annotations

import dataclasses
import re

from .base_images import UNKNOWN, Base
from .shell_events import MAX_ALTERNATIVES, UNKNOWN_TEXT

OVERRIDE_VARIABLES = ("PIP_BREAK_SYSTEM_PACKAGES", "UV_BREAK_SYSTEM_PACKAGES")
#: Characters of one value, and of all values of a script: variables made of variables double with each line.
_VALUE_LIMIT = 16 * 1024
_VALUES_LIMIT = 4 * 1024 * 1024
#: Directories on PATH that hold no environment, though their names may read like one.
_PLAIN = re.compile(
    r"(^|/)(\.local|\.cargo|go|node_modules/\.bin|snap)(/bin)?$|^/usr(/local)?/s?bin$|^/s?bin$"
)
_ENVIRONMENT = re.compile(r"v?env|conda|mamba|pyenv|/python|toolcache", re.IGNORECASE)
_PATH = re.compile(r"\$\{?PATH\b")


@dataclasses.dataclass
class Machine:
    """What outlives a shell: files. ``distribution_pip`` is the package of pip that a script installs."""

    environments: set[str] = dataclasses.field(default_factory=set)
    distribution_pip: str = ""
    #: The marker is removed, or a file overrides it: what follows does not fail.
    unprotected: bool = False
    #: A step put an environment on the PATH of the steps after it.
    path_of_job: bool = False


@dataclasses.dataclass
class ShellState:
    """The state of one shell: the Python that pip meets, its variables, whether an environment is active."""

    place: str
    base: Base = UNKNOWN
    variables: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    machine: Machine = dataclasses.field(default_factory=Machine)
    active: bool = False
    overridden: bool = False
    #: Characters of the values that were assigned.
    size: int = 0

    def copy(self) -> ShellState:
        """Return the state of a subshell, which starts as its parent is, on the same machine."""
        return dataclasses.replace(self, variables=dict(self.variables))

    def on_new_machine(self) -> ShellState:
        """Return the state of a shell on a machine of its own that has the same files, as a stage of an image."""
        machine = dataclasses.replace(
            self.machine, environments=set(self.machine.environments)
        )
        return dataclasses.replace(
            self, variables=dict(self.variables), machine=machine
        )

    def assign(self, name: str, values: tuple[str, ...], text: str) -> None:
        """Set the values of a variable; those of branches are kept beside each other."""
        values = self._bound(values)
        known = self.variables.get(name, ())
        kept = tuple(dict.fromkeys((*known, *values)))
        self.variables[name] = kept[:MAX_ALTERNATIVES]
        if name == "PATH":
            self.active = self.active or self.has_environment(text, values)
        elif name in OVERRIDE_VARIABLES and any(is_true(value) for value in values):
            self.overridden = True
        elif name == "UV_SYSTEM_PYTHON":
            self.variables[name] = values

    def _bound(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Return values, those that are too long as unknown ones."""
        bounded = []
        for value in values:
            too_long = len(value) > min(_VALUE_LIMIT, _VALUES_LIMIT - self.size)
            bounded.append(UNKNOWN_TEXT if too_long else value)
            self.size += len(bounded[-1])
        return tuple(bounded)

    def has_environment(self, text: str, values: tuple[str, ...]) -> bool:
        """Return whether a value of PATH begins with the ``bin`` of an environment, or of another Python."""
        first = _PATH.split(text.strip("\"'"))[0]
        for entry in [
            *first.split(":"),
            *(part for value in values for part in value.split(":")),
        ]:
            if not entry or entry == UNKNOWN_TEXT or _PLAIN.search(entry.rstrip("/")):
                continue
            if (
                _ENVIRONMENT.search(entry)
                or entry.rpartition("/bin")[0] in self.machine.environments
            ):
                return True
        return False


def is_true(value: str) -> bool:
    """Return whether pip reads a value as true; a value that only a run can tell counts as true."""
    return value.strip().strip("\"'").lower() not in (
        "",
        "0",
        "false",
        "no",
        "off",
        "n",
        "f",
    )
