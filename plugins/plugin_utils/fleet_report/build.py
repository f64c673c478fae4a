# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the report of a directory of results in the formats that are requested."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.text import (
    plural,
)

from .baseline import Comparison, compare, read_baseline
from .counts import Counts, count_fleet
from .formats.csv_report import write_csv
from .formats.cyclonedx_report import write_cyclonedx
from .formats.html_report import write_html
from .formats.json_report import write_json
from .formats.markdown_report import write_markdown
from .formats.prometheus_report import write_prometheus
from .formats.sarif_report import write_sarif
from .history import (
    HISTORY_FILE,
    extend_history,
    history_entry,
    read_history,
    write_history,
)
from .load import load_fleet
from .model import STATUS_LABELS, STATUSES, Fleet
from .report import Report

#: Name of a format: the file, or for cyclonedx the directory, below the output directory, and what writes it.
FORMATS: Mapping[str, tuple[str, Callable[[Report, str], None]]] = {
    "html": ("report.html", write_html),
    "json": ("report.json", write_json),
    "csv": ("report.csv", write_csv),
    "sarif": ("report.sarif", write_sarif),
    "prometheus": ("report.prom", write_prometheus),
    "markdown": ("report.md", write_markdown),
    "cyclonedx": ("cyclonedx", write_cyclonedx),
}
#: What makes a run fail: a status of a host, or a finding that the baseline has not.
FAIL_ON = (*(status for status in STATUSES if status != "pass"), "new")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRequest:
    """What to build from what."""

    results: str  # the directory of results
    output: str  # the directory of the reports; created if missing
    formats: tuple[str, ...] = ("html", "json")  # keys of FORMATS
    baseline: str = ""  # a directory of results, or a report.json
    fail_on: tuple[str, ...] = ()  # values of FAIL_ON
    title: str = "Python audit"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportOutcome:
    """What was built."""

    files: dict[str, str]  # format: path
    totals: dict[
        str, Any
    ]  # hosts: total and by status; findings: total, by severity, waived; changes with a baseline
    message: str  # one line
    reasons: list[str] = field(
        default_factory=list
    )  # why the run fails, one sentence for each value of fail_on
    problems: list[str] = field(
        default_factory=list
    )  # sentences about files that could not be used


def build_reports(request: ReportRequest) -> ReportOutcome:
    """Build the reports and add the run to the history in the output directory.

    :raises OSError: if the results cannot be listed, or a report cannot be written.
    :raises BaselineError: if the baseline cannot be used.
    """
    fleet = load_fleet(request.results)
    counts = count_fleet(fleet)
    comparison = (
        compare(fleet, counts, read_baseline(request.baseline))
        if request.baseline
        else None
    )
    problems = list(fleet.problems)
    os.makedirs(request.output, exist_ok=True)
    history = _update_history(
        os.path.join(request.output, HISTORY_FILE), fleet, counts, problems
    )
    report = Report(
        title=request.title,
        fleet=fleet,
        counts=counts,
        comparison=comparison,
        history=history,
        problems=problems,
    )
    files = {}
    for name in dict.fromkeys(request.formats):
        file_name, write = FORMATS[name]
        files[name] = os.path.join(request.output, file_name)
        write(report, files[name])
    totals = counts.totals()
    if comparison is not None:
        totals["changes"] = comparison.totals
    return ReportOutcome(
        files=files,
        totals=totals,
        message=summarize(counts, comparison),
        reasons=find_failures(request.fail_on, counts, comparison),
        problems=problems,
    )


def _update_history(
    path: str, fleet: Fleet, counts: Counts, problems: list[str]
) -> list[dict[str, Any]]:
    try:
        rows = read_history(path)
    except ValueError as error:
        problems.append(str(error))
        rows = []
    if not fleet.hosts:
        return rows
    rows = extend_history(rows, history_entry(fleet, counts))
    write_history(path, rows)
    return rows


def summarize(counts: Counts, comparison: Comparison | None) -> str:
    """Return the totals as one line."""
    hosts = [
        f"{number} {STATUS_LABELS[status].lower()}"
        for status, number in counts.statuses.items()
        if number
    ]
    severities = [
        f"{number} {severity}" for severity, number in counts.severities.items()
    ]
    noun = plural(len(counts.hosts), "host")
    line = f"{len(counts.hosts)} {noun}: {', '.join(hosts) or 'none'}; findings: {', '.join(severities)}"
    if comparison is not None:
        line += f"; {comparison.totals['new']} new, {comparison.totals['fixed']} fixed since {comparison.baseline}"
    return line


def find_failures(
    fail_on: tuple[str, ...], counts: Counts, comparison: Comparison | None
) -> list[str]:
    """Return a sentence for each value of ``fail_on`` that is the case."""
    reasons = []
    for value in dict.fromkeys(fail_on):
        number = counts.statuses.get(value, 0)
        if value == "new":
            number = comparison.totals["new"] if comparison else 0
            verb = "is" if number == 1 else "are"
            text = f"{number} {plural(number, 'finding')} {verb} not in the baseline."
        else:
            text = f"{number} of {len(counts.hosts)} hosts: {STATUS_LABELS[value].lower()}."
        if number:
            reasons.append(text)
    return reasons
