# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet in memory: each distinct finding, Python and set of packages once, and for each host only their numbers.

10,000 hosts with 50,000 findings and 4 million packages take about 100 MB this way.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import NamedTuple

from .host_result import RunRecord

#: What became of a host, the worst first.
STATUSES = ("fail", "incomplete", "failed", "unreachable", "no_result", "pass")
#: Hosts that were not judged.
NOT_JUDGED = ("failed", "unreachable", "no_result")
STATUS_LABELS = {
    "fail": "Fail",
    "incomplete": "Incomplete",
    "failed": "Audit failed",
    "unreachable": "Unreachable",
    "no_result": "No result",
    "pass": "Pass",
}


class Finding(NamedTuple):
    """One finding as the module audit returns it, without its waiver: that belongs to the host."""

    id: str
    rule: str
    severity: str
    subject: str
    message: str
    evidence: tuple[str, ...]
    cure: str


class Note(NamedTuple):
    """One thing that a scan could not read."""

    path: str
    code: str
    reason: str
    blocking: bool


class Package(NamedTuple):
    """One version of a distribution, and where it came from."""

    name: str
    version: str
    origin: str


class Place(NamedTuple):
    """An installation of Python or an environment, as it is on any number of hosts."""

    kind: str  # python, or the kind of environment: venv, pipx, ...
    path: str
    version: str
    implementation: str
    provider: str
    detail: str  # system, the health of an environment, or the application of pipx
    packages: int  # number of the set in Fleet.package_sets


@dataclass(slots=True)
class Host:
    """One host. The arrays hold positions in the lists of `Fleet`."""

    name: str
    groups: tuple[str, ...]
    status: str
    message: str
    time: str
    findings: array[int] = field(default_factory=lambda: array("I"))
    waivers: array[int] = field(
        default_factory=lambda: array("I")
    )  # beside findings; 0 where not waived
    notes: array[int] = field(default_factory=lambda: array("I"))
    places: array[int] = field(default_factory=lambda: array("I"))


@dataclass(slots=True)
class Fleet:
    """All hosts of a run, sorted by name with numbers in names by value."""

    run: RunRecord | None
    hosts: list[Host]
    findings: list[Finding]  # the most severe first
    waivers: list[str]  # reasons; the first is empty
    notes: list[Note]
    places: list[Place]
    packages: list[Package]
    package_sets: list[array[int]]  # each sorted; the first is empty
    problems: list[str]  # sentences about files that could not be used

    @property
    def date(self) -> str:
        """Return the ISO date of the newest result, or of the run's start: the report's idea of today."""
        times = [host.time for host in self.hosts if host.time]
        if self.run is not None:
            times.append(self.run.started)
        return max(times, default="")[:10]

    @property
    def started(self) -> str:
        """Return the time at which the run started; the date of the newest result if it is not known."""
        if self.run is None:
            return self.date
        return self.run.started

    @property
    def run_name(self) -> str:
        """Return the identifier of the run; empty if it is not known."""
        if self.run is None:
            return ""
        return self.run.run

    @property
    def has_inventory(self) -> bool:
        """Return whether any host has Pythons recorded."""
        return bool(self.places)
