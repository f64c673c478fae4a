# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts cells: one field of one subject, the static answer beside the real one."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """One comparison; ``static`` None means that the static answer is unknown, and ``reason`` says why."""

    place: str
    subject: str
    field: str
    static: Any
    real: Any
    reason: str = ""

    @property
    def verdict(self) -> str:
        """Return agrees, disagrees or unknown."""
        if self.static is None:
            return "unknown"
        return "agrees" if self.static == self.real else "disagrees"


class Ledger:
    """All cells of a run."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []

    def add(self, *cells: Cell) -> None:
        """Enter cells."""
        self.cells += cells

    def of(self, verdict: str) -> list[Cell]:
        """Return the cells with this verdict."""
        return [cell for cell in self.cells if cell.verdict == verdict]

    def report(self) -> str:
        """Return the count by place, each disagreement, and each unknown with its reason."""
        lines = []
        for place in dict.fromkeys(cell.place for cell in self.cells):
            own = [cell for cell in self.cells if cell.place == place]
            counts = Counter(cell.verdict for cell in own)
            subjects = len({cell.subject for cell in own})
            lines.append(
                f"{place}: {subjects} subjects, {len(own)} cells: {counts['agrees']} agree, "
                f"{counts['disagrees']} disagree, {counts['unknown']} unknown"
            )
        for cell in self.of("disagrees"):
            lines.append(
                f"DISAGREES {cell.place} {cell.subject} {cell.field}: {cell.static!r}, really {cell.real!r}"
            )
        for cell in self.of("unknown"):
            lines.append(
                f"unknown {cell.place} {cell.subject} {cell.field} (really {cell.real!r}): {cell.reason}"
            )
        return "\n".join(lines)
