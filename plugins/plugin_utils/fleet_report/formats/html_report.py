# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML: one file without any request to a network, usable with and without scripts.

The page's data is a JSON island in which each finding, Python and set of packages is once; the script shows it. What is
drawn here serves the first paint, and readers without JavaScript.
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import IO, Any, Iterator

import jinja2
from markupsafe import Markup

from ..baseline import Comparison
from ..charts import draw_support, draw_trend
from ..file_replacement import replace_file
from ..inventory_counts import count_providers, count_pythons
from ..json_stream import dump_members
from ..model import STATUS_LABELS, STATUSES, Fleet
from ..record_validation import SEVERITIES
from ..report import Report, rule_page, rule_text

TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")
_ISLAND = (
    "\ufdd0island\ufdd0"  # noncharacters, which no text of a report holds: see _clean
)
WORST_HOSTS = 12
MATRIX_HOSTS = 40  # without JavaScript
SUBJECTS_FOR_RULE = 10  # without JavaScript
SIGNS = {
    "high": "\u25b2",
    "medium": "\u25c6",
    "low": "\u25cf",
    "pass": "\u2713",
    "fail": "\u2715",
    "incomplete": "\u25d0",
    "failed": "!",
    "unreachable": "\u2298",
    "no_result": "?",
    "not_reached": "\u2298",
}


def write_html(report: Report, path: str) -> None:
    """Write report.html."""
    page = _render(report)
    before, _marker, after = page.partition(_ISLAND)
    with replace_file(path) as stream:
        stream.write(before)
        dump_members(_IslandStream(stream), _island(report))  # type: ignore[arg-type]  # write() is all that is used
        stream.write(after)


class _IslandStream:
    """Escapes what would end a script element, or a JavaScript line. In JSON these are inside of strings only."""

    _ESCAPES = str.maketrans(
        {
            "<": "\\u003c",
            ">": "\\u003e",
            "&": "\\u0026",
            "\u2028": "\\u2028",
            "\u2029": "\\u2029",
        }
    )

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        self._stream.write(text.translate(self._ESCAPES))


def _render(report: Report) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["clean"] = _clean
    script = _read("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        _context(report),
        style=Markup(_read("report.css")),
        script=Markup(script),
        script_hash=digest,
        island=Markup(_ISLAND),
    )


def _clean(text: str) -> str:
    return text.replace("\ufdd0", "\ufffd")


def _read(name: str) -> str:
    with open(os.path.join(TEMPLATES, name), encoding="utf-8") as stream:
        return stream.read()


def _context(report: Report) -> dict[str, Any]:
    fleet, counts = report.fleet, report.counts
    pythons = count_pythons(fleet)
    total = len(fleet.hosts)
    cards = [
        (key, STATUS_LABELS[key], counts.statuses[key])
        for key in ("pass", "fail", "incomplete")
    ]
    cards.append(("not_reached", "Not reached", counts.not_reached))
    return {
        "report": report,
        "fleet": fleet,
        "counts": counts,
        "comparison": report.comparison,
        "cards": cards,
        "total": total,
        "total_findings": sum(counts.severities.values()),
        "severities": SEVERITIES,
        "statuses": STATUSES,
        "status_labels": STATUS_LABELS,
        "signs": SIGNS,
        "rules": [row for row in counts.rules if row.findings or row.waived],
        "rule_text": rule_text,
        "rule_page": rule_page,
        "worst": counts.worst_hosts(WORST_HOSTS),
        "matrix": counts.worst_hosts(MATRIX_HOSTS),
        "subjects": _subjects_by_rule(report),
        "pythons": pythons,
        "support": draw_support(pythons, fleet.date),
        "providers": count_providers(fleet)[:WORST_HOSTS],
        "trend": draw_trend(report.history),
        "groups": _group_names(fleet),
    }


def _group_names(fleet: Fleet) -> list[str]:
    return sorted({group for host in fleet.hosts for group in host.groups})


def _subjects_by_rule(report: Report) -> dict[str, list[Any]]:
    subjects: dict[str, list[Any]] = {}
    for group in report.counts.subjects:
        rows = subjects.setdefault(group.rule, [])
        if len(rows) < SUBJECTS_FOR_RULE and group.hosts:
            rows.append((group, report.fleet.findings[next(iter(group.variants))]))
    return subjects


def _island(report: Report) -> dict[str, Any]:
    fleet = report.fleet
    groups = _group_names(fleet)
    group_numbers = {group: number for number, group in enumerate(groups)}
    rule_numbers = {row.rule: number for number, row in enumerate(report.counts.rules)}
    return {
        "title": report.title,
        "date": fleet.date,
        "statuses": [
            [status, STATUS_LABELS[status], SIGNS[status]] for status in STATUSES
        ],
        "severities": [[severity, SIGNS[severity]] for severity in SEVERITIES],
        "rules": [
            [row.rule, SEVERITIES.index(row.severity), *rule_text(row.rule)]
            for row in report.counts.rules
        ],
        "groups": groups,
        "findings": _findings(fleet, rule_numbers),
        "waivers": fleet.waivers,
        "notes": iter([*note] for note in fleet.notes),
        "pythons": [
            [row.label, row.implementation, row.language, row.end]
            for row in count_pythons(fleet)
        ],
        "places": iter([*place] for place in fleet.places),
        "packages": iter([*package] for package in fleet.packages),
        "package_sets": iter(_deltas(numbers) for numbers in fleet.package_sets),
        "compared": report.comparison is not None,
        "gone": _gone(report.comparison),
        "hosts": _hosts(report, group_numbers),
    }


def _findings(fleet: Fleet, rules: dict[str, int]) -> Iterator[list[Any]]:
    for finding in fleet.findings:
        severity = SEVERITIES.index(finding.severity)
        yield [
            rules[finding.rule],
            severity,
            finding.subject,
            finding.message,
            finding.evidence,
            finding.cure,
        ]


def _hosts(report: Report, groups: dict[str, int]) -> Iterator[list[Any]]:
    """Yield name, groups, status, message, time, findings, waivers, notes, places, new findings."""
    for number, host in enumerate(report.fleet.hosts):
        waived = {
            str(place): waiver for place, waiver in enumerate(host.waivers) if waiver
        }
        yield [
            host.name,
            [groups[group] for group in host.groups],
            STATUSES.index(host.status),
            host.message,
            host.time,
            list(host.findings),
            waived or 0,
            list(host.notes),
            list(host.places),
            list(_new_positions(report, number)),
        ]


def _new_positions(report: Report, number: int) -> Iterator[int]:
    if report.comparison is None or number not in report.comparison.new:
        return
    host = report.fleet.hosts[number]
    for place, position in enumerate(host.findings):
        if (
            report.comparison.is_new(number, report.fleet.findings[position].id)
            and not host.waivers[place]
        ):
            yield place


def _gone(comparison: Comparison | None) -> list[list[Any]]:
    if comparison is None:
        return []
    rows: list[list[Any]] = []
    for change, ids in comparison.gone.items():
        rows.extend(
            [change, finding_id, hosts] for finding_id, hosts in sorted(ids.items())
        )
    return rows


def _deltas(numbers: Any) -> list[int]:
    """Return ascending numbers as the differences between them, which are shorter."""
    deltas, before = [], 0
    for number in numbers:
        deltas.append(number - before)
        before = number
    return deltas
