# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of what was measured: printed, and kept as JSON in .build/bench for the page that summary.py writes."""

from __future__ import annotations

import contextlib
import datetime
import importlib.metadata
import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS = REPOSITORY / ".build/bench"
COLLECTIONS = REPOSITORY / ".build/collections/ansible_collections"


class Table(NamedTuple):
    """What is printed and kept: the cells are text."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


def tabulate(
    title: str,
    seconds: Mapping[str, Sequence[float]],
    *,
    peer: str = "",
    floor: str = "",
    unit: str = "s",
) -> Table:
    """Return a table of medians and ranges, with the ratios to the rows of a peer and of a floor."""
    columns = ["", f"median, {unit}", f"range, {unit}"]
    columns += [f"times as fast as {peer}"] if peer else []
    columns += [f"times {floor}"] if floor else []
    rows = []
    for name, values in seconds.items():
        middle = statistics.median(values)
        row = [name, f"{middle:.3f}", f"{min(values):.3f} to {max(values):.3f}"]
        if peer:
            row.append(f"{statistics.median(seconds[peer]) / middle:.1f}")
        if floor:
            row.append(f"{middle / statistics.median(seconds[floor]):.2f}")
        rows.append(tuple(row))
    return Table(title, tuple(columns), rows)


def keep(
    name: str,
    tables: Sequence[Table],
    rounds: str,
    versions: Mapping[str, str] | None = None,
) -> None:
    """Print the tables, and write them with what a reader has to know of the measurement."""
    print(rounds)
    for table in tables:
        _print(table)
    RESULTS.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "machine": describe_machine(),
        "rounds": rounds,
        "versions": {**read_versions(), **(versions or {})},
        "tables": [table._asdict() for table in tables],
    }
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _print(table: Table) -> None:
    lines = [table.columns, *table.rows]
    widths = [max(map(len, cells)) for cells in zip(*lines)]
    print(table.title)
    for cells in lines:
        first, *others = (cell.rjust(width) for cell, width in zip(cells, widths))
        print("  " + "  ".join([first.strip().ljust(widths[0]), *others]), flush=True)


def describe_machine() -> str:
    """Return the class of this machine, and how busy it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, {memory:.0f} GiB of memory, {platform.system()}; "
        f"load of the minute before the end: {os.getloadavg()[0]:.1f}"
    )


def read_versions() -> dict[str, str]:
    """Return the versions of the controller's parts that are here."""
    found = {"Python": platform.python_version()}
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        found["ansible-core"] = importlib.metadata.version("ansible-core")
    manifest = COLLECTIONS / "community/general/MANIFEST.json"
    if manifest.exists():
        information = json.loads(manifest.read_text(encoding="utf-8"))
        found["community.general"] = information["collection_info"]["version"]
    return found
