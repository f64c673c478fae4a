# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON: the whole report for programs, in the shape of ``data/report.schema.json``."""

from __future__ import annotations

from typing import Any, Iterator

from ..file_replacement import replace_file
from ..json_stream import dump_members
from ..model import Fleet, Host
from ..report import INFORMATION_URI, NAME, Report, rule_text

SCHEMA = (
    INFORMATION_URI
    + "/blob/main/plugins/plugin_utils/fleet_report/data/report.schema.json"
)


def write_json(report: Report, path: str) -> None:
    """Write report.json."""
    with replace_file(path) as stream:
        dump_members(stream, _members(report))


def _members(report: Report) -> dict[str, Any]:
    fleet, counts = report.fleet, report.counts
    return {
        "$schema": SCHEMA,
        "schema_version": 1,
        "generator": {"name": NAME, "version": report.version},
        "title": report.title,
        "run": _run(fleet),
        "totals": counts.totals(),
        "comparison": _comparison(report),
        "history": report.history,
        "problems": report.problems,
        "rules": [_rule(row) for row in counts.rules],
        "subjects": iter(_subject(group) for group in counts.subjects),
        "findings": iter(finding._asdict() for finding in fleet.findings),
        "notes": iter(note._asdict() for note in fleet.notes),
        "places": iter(place._asdict() for place in fleet.places),
        "packages": iter(package._asdict() for package in fleet.packages),
        "package_sets": iter(list(numbers) for numbers in fleet.package_sets),
        "hosts": _hosts(report),
    }


def _run(fleet: Fleet) -> dict[str, Any]:
    if fleet.run is None:
        return {"id": "", "started": "", "fail_on": [], "baseline": ""}
    run = fleet.run
    return {
        "id": run.run,
        "started": run.started,
        "fail_on": list(run.fail_on),
        "baseline": run.baseline,
    }


def _comparison(report: Report) -> dict[str, Any] | None:
    if report.comparison is None:
        return None
    gone = {
        change: dict(sorted(ids.items()))
        for change, ids in report.comparison.gone.items()
    }
    return {
        "baseline": report.comparison.baseline,
        "totals": report.comparison.totals,
        "gone": gone,
    }


def _rule(row: Any) -> dict[str, Any]:
    return {
        "rule": row.rule,
        "severity": row.severity,
        "title": rule_text(row.rule).title,
        "findings": row.findings,
        "waived": row.waived,
        "hosts": row.hosts,
    }


def _subject(group: Any) -> dict[str, Any]:
    return {
        "id": group.id,
        "rule": group.rule,
        "severity": group.severity,
        "subject": group.subject,
        "hosts": len(group.hosts),
        "waived": len(group.waived),
    }


def _hosts(report: Report) -> Iterator[dict[str, Any]]:
    for number, host in enumerate(report.fleet.hosts):
        count = report.counts.hosts[number]
        yield {
            "host": host.name,
            "groups": list(host.groups),
            "status": host.status,
            "message": host.message,
            "time": host.time,
            "counts": {**count.severities, "waived": count.waived},
            "findings": list(_references(report, number, host)),
            "notes": list(host.notes),
            "places": list(host.places),
        }


def _references(report: Report, number: int, host: Host) -> Iterator[dict[str, Any]]:
    for position, waiver in zip(host.findings, host.waivers, strict=True):
        reference: dict[str, Any] = {
            "finding": position,
            "waived": report.fleet.waivers[waiver],
        }
        change = report.change_of(number, report.fleet.findings[position].id)
        if change and not waiver:
            reference["change"] = change
        yield reference
