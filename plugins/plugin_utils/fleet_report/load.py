# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a directory of results into a `Fleet`, one host at a time."""

from __future__ import annotations

import re
from array import array
from typing import Any, Generic, Hashable, Iterable, Mapping, TypeVar

from .host_result import (
    HostResult,
    RunRecord,
    UnreadableFile,
    read_host_results,
    read_run_record,
)
from .model import Finding, Fleet, Host, Note, Package, Place
from .record_validation import SEVERITIES

_Row = TypeVar("_Row", bound=Hashable)
_DIGITS = re.compile(r"(\d+)")


def load_fleet(directory: str) -> Fleet:
    """Return the fleet of a directory of results.

    A host that the run expects and that has no result of this run has the status ``no_result``. What is in the
    directory and cannot be used is in ``problems``.

    :raises OSError: if the directory cannot be listed.
    """
    state = read_run_record(directory)
    loader = _Loader(state.record)
    if state.problem:
        loader.problems.append(state.problem)
    for result in read_host_results(directory):
        if isinstance(result, UnreadableFile):
            loader.problems.append(str(result))
        else:
            loader.add(result)
    return loader.finish()


def natural_key(name: str) -> tuple[tuple[tuple[int, str], ...], str]:
    """Return a sort key that puts web2 before web10."""
    parts = []
    for part in _DIGITS.split(name):
        # The length bounds what int() is given.
        if part.isascii() and part.isdigit() and len(part) < 20:
            parts.append((int(part), ""))
        else:
            parts.append((-1, part))
    return tuple(parts), name


class _Numbered(Generic[_Row]):
    """Distinct rows in the order in which they came, and the number of each."""

    def __init__(self, *first: _Row) -> None:
        self.rows: list[_Row] = list(first)
        self._numbers = {row: number for number, row in enumerate(first)}

    def number(self, row: _Row) -> int:
        number = self._numbers.get(row)
        if number is None:
            number = self._numbers[row] = len(self.rows)
            self.rows.append(row)
        return number


class _Loader:
    def __init__(self, run: RunRecord | None) -> None:
        self.run = run
        self.problems: list[str] = []
        self._hosts: dict[str, Host] = {}
        self._groups: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._findings: _Numbered[Finding] = _Numbered()
        self._waivers: _Numbered[str] = _Numbered("")
        self._notes: _Numbered[Note] = _Numbered()
        self._places: _Numbered[Place] = _Numbered()
        self._packages: _Numbered[Package] = _Numbered()
        self._package_sets: _Numbered[bytes] = _Numbered(b"")

    def add(self, result: HostResult) -> None:
        """Add one host; a result of another run is not the result of this one."""
        if self.run is not None and result.run != self.run.run:
            if result.host in self.run.expected:
                message = f"no result of this run; the last one is of {result.time}"
                self._add_host(result.host, result.groups, "no_result", message)
            else:
                self.problems.append(
                    f"The result of {result.host} is of another run, which is not reported"
                )
            return
        status = result.state
        if result.audit:
            status = str(result.audit["verdict"])
        host = self._add_host(result.host, result.groups, status, result.message)
        host.time = result.time
        if result.audit:
            self._add_audit(host, result.audit)
        if result.inventory:
            self._add_inventory(host, result.inventory)

    def _add_host(
        self, name: str, groups: tuple[str, ...], status: str, message: str
    ) -> Host:
        groups = self._groups.setdefault(groups, groups)
        host = Host(name=name, groups=groups, status=status, message=message, time="")
        self._hosts[name] = host
        return host

    def _add_audit(self, host: Host, audit: Mapping[str, Any]) -> None:
        for row in audit["findings"]:
            values = {name: row[name] for name in Finding._fields if name != "evidence"}
            finding = Finding(evidence=tuple(row.get("evidence") or ()), **values)
            host.findings.append(self._findings.number(finding))
            host.waivers.append(self._waivers.number(row.get("waived") or ""))
        for row in audit.get("incomplete") or ():
            note = Note(
                row["path"], row["code"], row["reason"], bool(row.get("blocking"))
            )
            host.notes.append(self._notes.number(note))

    def _add_inventory(self, host: Host, inventory: Mapping[str, Any]) -> None:
        for row in inventory.get("installations") or ():
            host.places.append(
                self._place(row, "python", "system" if row.get("system") else "")
            )
        for row in inventory.get("environments") or ():
            detail = row.get("application") or row.get("health") or ""
            host.places.append(
                self._place(row, row.get("kind") or "environment", detail)
            )

    def _place(self, row: Mapping[str, Any], kind: str, detail: str) -> int:
        place = Place(
            kind=kind,
            path=row.get("path") or "",
            version=row.get("version") or "",
            implementation=row.get("implementation") or "",
            provider=row.get("provider") or "",
            detail=detail,
            packages=self._package_set(row.get("packages") or ()),
        )
        return self._places.number(place)

    def _package_set(self, rows: Iterable[list[str]]) -> int:
        numbers = {self._packages.number(Package(*row)) for row in rows}
        return self._package_sets.number(array("I", sorted(numbers)).tobytes())

    def finish(self) -> Fleet:
        """Return the fleet, in an order that depends on its content only."""
        if self.run is not None:
            for name, groups in self.run.expected.items():
                if name not in self._hosts:
                    self._add_host(
                        name,
                        groups,
                        "no_result",
                        "the run ended without a result of this host",
                    )
        hosts = sorted(self._hosts.values(), key=lambda host: natural_key(host.name))
        findings = self._sort_findings(hosts)
        packages, package_sets = self._sort_packages()
        return Fleet(
            run=self.run,
            hosts=hosts,
            findings=findings,
            waivers=self._waivers.rows,
            notes=self._notes.rows,
            places=self._places.rows,
            packages=packages,
            package_sets=package_sets,
            problems=self.problems,
        )

    def _sort_findings(self, hosts: Iterable[Host]) -> list[Finding]:
        rows = self._findings.rows
        order = sorted(
            range(len(rows)),
            key=lambda number: (SEVERITIES.index(rows[number].severity), rows[number]),
        )
        places = _invert(order)
        for host in hosts:
            pairs = sorted(
                (places[old], waiver)
                for old, waiver in zip(host.findings, host.waivers, strict=True)
            )
            host.findings = array("I", [finding for finding, _waiver in pairs])
            host.waivers = array("I", [waiver for _finding, waiver in pairs])
        return [rows[number] for number in order]

    def _sort_packages(self) -> tuple[list[Package], list[array[int]]]:
        rows = self._packages.rows
        order = sorted(range(len(rows)), key=lambda number: rows[number])
        places = _invert(order)
        package_sets = []
        for content in self._package_sets.rows:
            numbers = array("I")
            numbers.frombytes(content)
            package_sets.append(
                array("I", sorted(places[number] for number in numbers))
            )
        return [rows[number] for number in order], package_sets


def _invert(order: list[int]) -> list[int]:
    places = [0] * len(order)
    for place, number in enumerate(order):
        places[number] = place
    return places
