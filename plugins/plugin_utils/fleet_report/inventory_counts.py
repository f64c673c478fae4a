# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Pythons and providers the hosts of a fleet have."""

from __future__ import annotations

import re
from typing import Iterable, NamedTuple

from ansible_collections.pyfleet.python.plugins.module_utils._scan.data.python_eol import (
    RELEASES,
    Release,
)

from .model import Fleet

_LANGUAGE = re.compile(r"\d+\.\d+")
_NAMES = {"cpython": "", "pypy": "PyPy ", "graalpy": "GraalPy "}


class PythonCount(NamedTuple):
    """One X.Y of one implementation in the fleet."""

    implementation: str
    language: str
    hosts: int
    first: str  # ISO date of the first release; empty if not known
    end: str  # ISO date of the end of upstream's support; empty if not known

    @property
    def label(self) -> str:
        """Return the name for people: 3.13, PyPy 3.11."""
        return (
            _NAMES.get(self.implementation, self.implementation + " ") + self.language
        )


class ProviderCount(NamedTuple):
    """A provider of Pythons, such as debian or pyenv."""

    provider: str
    hosts: int


def count_pythons(fleet: Fleet) -> list[PythonCount]:
    """Return the versions of the installations in the fleet, the oldest first."""
    keys: list[tuple[str, str] | None] = []
    for place in fleet.places:
        match = _LANGUAGE.match(place.version)
        key = None
        if match and place.kind == "python":
            key = (place.implementation or "cpython", match.group())
        keys.append(key)
    counts = _count_hosts(fleet, keys)
    releases = {(row.implementation, row.language): row for row in RELEASES}
    rows = []
    for (implementation, language), hosts in counts.items():
        release = releases.get((implementation, language)) or Release(
            implementation, language, "", ""
        )
        rows.append(
            PythonCount(implementation, language, hosts, release.first, release.end)
        )
    return sorted(
        rows,
        key=lambda row: (
            row.implementation != "cpython",
            row.implementation,
            _numbers(row.language),
        ),
    )


def count_providers(fleet: Fleet) -> list[ProviderCount]:
    """Return the providers of installations, the most hosts first."""
    keys: list[tuple[str, str] | None] = []
    for place in fleet.places:
        key = None
        if place.kind == "python":
            key = (place.provider or "unknown", "")
        keys.append(key)
    rows = [
        ProviderCount(provider, hosts)
        for (provider, _empty), hosts in _count_hosts(fleet, keys).items()
    ]
    return sorted(rows, key=lambda row: (-row.hosts, row.provider))


def _count_hosts(
    fleet: Fleet, keys: list[tuple[str, str] | None]
) -> dict[tuple[str, str], int]:
    """Return the number of hosts for each key of their places; ``keys`` is beside Fleet.places."""
    counts: dict[tuple[str, str], int] = {}
    for host in fleet.hosts:
        for key in _distinct(keys[number] for number in host.places):
            counts[key] = counts.get(key, 0) + 1
    return counts


def _distinct(keys: Iterable[tuple[str, str] | None]) -> set[tuple[str, str]]:
    return {key for key in keys if key is not None}


def _numbers(language: str) -> tuple[int, ...]:
    return tuple(int(part[:9]) for part in language.split("."))
