# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Geometry of the charts: the templates draw what is computed here as inline SVG."""

from __future__ import annotations

import datetime
from typing import Any, Iterable, Mapping, NamedTuple, Sequence

from .inventory_counts import PythonCount

_SOON = 365  # days
_TREND_RUNS = 60


class SupportBar(NamedTuple):
    """The years in which a version of Python is supported, as a bar."""

    python: PythonCount
    state: str  # ended, soon (within a year), supported, unknown
    x: float
    width: float
    y: int


class SupportChart(NamedTuple):
    """Versions of Python against time."""

    bars: list[SupportBar]
    ticks: list[tuple[str, float]]  # year, x
    today: float
    left: int
    right: int
    width: int
    height: int


def draw_support(pythons: Sequence[PythonCount], date: str) -> SupportChart | None:
    """Return the chart; none if no Python is recorded.

    :param date: the ISO date of the report.
    """
    if not pythons or not date:
        return None
    today = _days(date)
    first = min(
        [_days(row.first) for row in pythons if row.first], default=today - 1000
    )
    last = max([_days(row.end) for row in pythons if row.end], default=today + 1000)
    start, end = min(first, today) - 60, max(last, today) + 60
    left, right, width, row_height = 84, 90, 860, 28
    scale = (width - left - right) / (end - start)

    def place(day: int) -> float:
        return round(left + (day - start) * scale, 1)

    bars = []
    for number, row in enumerate(pythons):
        begin = place(_days(row.first)) if row.first else float(left)
        stop = place(_days(row.end)) if row.end else place(end)
        support = SupportBar(
            python=row,
            state=_state(row.end, today),
            x=begin,
            width=round(stop - begin, 1),
            y=24 + number * row_height,
        )
        bars.append(support)
    return SupportChart(
        bars=bars,
        ticks=[
            (str(year), place(_days(f"{year}-01-01"))) for year in _years(start, end)
        ],
        today=place(today),
        left=left,
        right=width - right,
        width=width,
        height=24 + len(bars) * row_height + 6,
    )


def _state(end: str, today: int) -> str:
    if not end:
        return "unknown"
    left = _days(end) - today
    if left < 0:
        return "ended"
    return "soon" if left < _SOON else "supported"


def _years(start: int, end: int) -> Iterable[int]:
    first = datetime.date.fromordinal(start).year + 1
    last = datetime.date.fromordinal(end).year
    step = 1 + (last - first) // 9
    return range(first, last + 1, step)


def _days(date: str) -> int:
    """Return the day number of a date; of 2020-01-01 for what is no date of this century."""
    fallback = datetime.date(2020, 1, 1)
    try:
        day = datetime.date.fromisoformat(date)
    except ValueError:
        day = fallback
    return (day if 2000 <= day.year < 2100 else fallback).toordinal()


class TrendColumn(NamedTuple):
    """One run of the history: hosts by status as a stacked column."""

    run: Mapping[str, Any]
    x: float
    width: float
    parts: list[tuple[str, float, float]]  # status, y, height


def draw_trend(
    history: Sequence[Mapping[str, Any]], width: int = 960, height: int = 92
) -> list[TrendColumn]:
    """Return the columns of the newest runs; none if there is only one run."""
    runs = history[-_TREND_RUNS:]
    if len(runs) < 2:
        return []
    statuses = ("fail", "incomplete", "not_reached", "pass")
    most = max(sum(int(run[status]) for status in statuses) for run in runs) or 1
    step = min(width / len(runs), 48)
    columns = []
    for number, run in enumerate(runs):
        parts, bottom = [], float(height)
        for status in statuses:
            size = height * int(run[status]) / most
            bottom -= size
            parts.append((status, round(bottom, 1), round(size, 1)))
        columns.append(
            TrendColumn(run, round(number * step, 1), round(step * 0.78, 1), parts)
        )
    return columns
