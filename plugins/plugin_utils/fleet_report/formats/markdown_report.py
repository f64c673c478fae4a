# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Markdown: the summary for a ticket or a chat, bounded in size."""

from __future__ import annotations

import re
from typing import Iterator

from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.text import (
    plural,
)

from ..counts import SubjectGroup
from ..file_replacement import replace_file
from ..model import NOT_JUDGED, STATUS_LABELS, STATUSES
from ..record_validation import SEVERITIES
from ..report import Report, rule_page, rule_text

SUBJECTS_LIMIT = 50
HOSTS_LIMIT = 20
# What GitHub and GitLab link, and whom they notify, without any markup: a backslash does not prevent it.
_LINKED = re.compile(r"://|www\.|@", re.I)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&@])")


def write_markdown(report: Report, path: str) -> None:
    """Write report.md (GitHub's and GitLab's dialect)."""
    with replace_file(path) as stream:
        for line in _lines(report):
            stream.write(line + "\n")


def _lines(report: Report) -> Iterator[str]:
    counts = report.counts
    yield f"# {escape(report.title)}"
    yield ""
    totals = f"{_count(len(counts.hosts), 'host')}, {_count(sum(counts.severities.values()), 'finding')}"
    yield totals + _changes(report)
    yield ""
    yield (
        "| "
        + " | ".join(
            [
                "hosts",
                *(STATUS_LABELS[status] for status in STATUSES),
                *SEVERITIES,
                "waived",
            ]
        )
        + " |"
    )
    yield "|" + "---:|" * (len(STATUSES) + len(SEVERITIES) + 2)
    numbers = [
        len(counts.hosts),
        *counts.statuses.values(),
        *counts.severities.values(),
        counts.waived,
    ]
    yield "| " + " | ".join(map(str, numbers)) + " |"
    yield from _rules(report)
    yield from _subjects(report)
    yield from _worst_hosts(report)
    yield from _not_judged(report)
    yield from _problems(report)


def _changes(report: Report) -> str:
    if report.comparison is None:
        return "."
    numbers = ", ".join(
        f"{number} {change}" for change, number in report.comparison.totals.items()
    )
    return f"; since the baseline {escape(report.comparison.baseline)}: {numbers}."


def _rules(report: Report) -> Iterator[str]:
    rules = [row for row in report.counts.rules if row.findings]
    if not rules:
        return
    yield from (
        "",
        "## Rules",
        "",
        "| severity | rule | hosts | findings |",
        "|---|---|---:|---:|",
    )
    for row in rules:
        title = escape(rule_text(row.rule).title)
        rule = f"[{escape(row.rule)}]({rule_page(row.rule)}): {title}"
        yield f"| {row.severity} | {rule} | {row.hosts} | {row.findings} |"


def _subjects(report: Report) -> Iterator[str]:
    groups = [group for group in report.counts.subjects if group.hosts]
    if not groups:
        return
    yield from ("", "## Findings")
    for group in groups[:SUBJECTS_LIMIT]:
        yield from _subject(report, group)
    if len(groups) > SUBJECTS_LIMIT:
        yield ""
        yield f"{len(groups) - SUBJECTS_LIMIT} more are in the HTML report."


def _subject(report: Report, group: SubjectGroup) -> Iterator[str]:
    first_variant, *_others = group.variants
    finding = report.fleet.findings[first_variant]
    names = [report.fleet.hosts[number].name for number in group.hosts[:HOSTS_LIMIT]]
    more = len(group.hosts) - len(names)
    yield ""
    yield f"- **{group.severity}** {escape(group.rule)} {code(group.subject)}: {escape(finding.message)}"
    if finding.cure:
        yield f"  - cure: {code(finding.cure)}"
    hosts = ", ".join(escape(name) for name in names) + (
        f" and {more} more" if more > 0 else ""
    )
    yield f"  - {_count(len(group.hosts), 'host')}: {hosts}"


def _worst_hosts(report: Report) -> Iterator[str]:
    worst = report.counts.worst_hosts(HOSTS_LIMIT)
    if not worst:
        return
    yield from (
        "",
        "## Worst hosts",
        "",
        "| host | high | medium | low |",
        "|---|---:|---:|---:|",
    )
    for number in worst:
        severities = report.counts.hosts[number].severities
        numbers = " | ".join(str(severities[severity]) for severity in SEVERITIES)
        yield f"| {escape(report.fleet.hosts[number].name)} | {numbers} |"


def _not_judged(report: Report) -> Iterator[str]:
    hosts = [host for host in report.fleet.hosts if host.status in NOT_JUDGED]
    if not hosts:
        return
    yield from ("", "## Hosts that were not judged", "")
    for host in hosts[:SUBJECTS_LIMIT]:
        yield f"- {escape(host.name)}: {STATUS_LABELS[host.status].lower()}: {escape(host.message)}"
    if len(hosts) > SUBJECTS_LIMIT:
        yield f"- {len(hosts) - SUBJECTS_LIMIT} more"


def _problems(report: Report) -> Iterator[str]:
    if not report.problems:
        return
    yield from ("", "## Files that could not be used", "")
    for problem in report.problems[:SUBJECTS_LIMIT]:
        yield f"- {escape(problem)}"
    if len(report.problems) > SUBJECTS_LIMIT:
        yield f"- {len(report.problems) - SUBJECTS_LIMIT} more"


def escape(text: str) -> str:
    """Return one line of Markdown that shows the text and nothing else; no mention, no link, no HTML."""
    text = " ".join(text.split())
    if _LINKED.search(text):
        return code(text).replace("|", "\\|")
    return _SPECIAL.sub(r"\\\1", text)


def code(text: str) -> str:
    """Return a code span with the text, which may hold backticks."""
    text = " ".join(text.split())
    runs = [len(run) for run in re.findall("`+", text)]
    fence = "`" * (max(runs, default=0) + 1)
    if runs:
        text = f" {text} "
    return fence + text + fence


def _count(number: int, noun: str) -> str:
    return f"{number:,} {plural(number, noun)}"
