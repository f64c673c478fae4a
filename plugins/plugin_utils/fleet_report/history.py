# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The totals of each run that was reported into a directory, for the trend."""

from __future__ import annotations

import json
from typing import Any

from .counts import Counts
from .file_replacement import replace_file
from .model import Fleet

HISTORY_FILE = "history.json"
LIMIT = 400  # runs
_COUNTS = (
    "pass",
    "fail",
    "incomplete",
    "not_reached",
    "high",
    "medium",
    "low",
    "waived",
)


def history_entry(fleet: Fleet, counts: Counts) -> dict[str, Any]:
    """Return the totals of this run."""
    statuses = {key: counts.statuses[key] for key in ("pass", "fail", "incomplete")}
    return {
        "run": fleet.run_name or fleet.started,
        "time": fleet.started,
        **statuses,
        "not_reached": counts.not_reached,
        **counts.severities,
        "waived": counts.waived,
    }


def read_history(path: str) -> list[dict[str, Any]]:
    """Return the entries of a history file, the oldest first; none if it is missing.

    :raises ValueError: if the file is damaged; the message is a sentence.
    """
    try:
        with open(path, encoding="utf-8") as stream:
            rows = json.load(stream)
    except FileNotFoundError:
        return []
    except (ValueError, RecursionError):
        raise ValueError(
            f"{path} is not JSON: the trend starts with this run"
        ) from None
    if not isinstance(rows, list) or not all(_is_entry(row) for row in rows):
        raise ValueError(
            f"{path} is not a history of runs: the trend starts with this run"
        )
    return rows


def _is_entry(row: Any) -> bool:
    if not isinstance(row, dict) or not all(
        isinstance(row.get(key), str) for key in ("run", "time")
    ):
        return False
    return all(isinstance(row.get(key), int) for key in _COUNTS)


def extend_history(
    rows: list[dict[str, Any]], entry: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the entries with this run's, which replaces an earlier report of the same run."""
    kept = [row for row in rows if row["run"] != entry["run"]]
    return sorted([*kept, entry], key=lambda row: (row["time"], row["run"]))[-LIMIT:]


def write_history(path: str, rows: list[dict[str, Any]]) -> None:
    """Write a history file, one run a line."""
    with replace_file(path) as stream:
        lines = [json.dumps(row, sort_keys=True) for row in rows]
        stream.write("[\n" + ",\n".join(lines) + "\n]\n")
