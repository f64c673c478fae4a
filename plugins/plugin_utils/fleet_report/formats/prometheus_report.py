# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prometheus: a file for node_exporter's textfile collector.

https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
"""

from __future__ import annotations

import datetime
from typing import Iterable, Iterator, NamedTuple

from ..counts import Counts
from ..file_replacement import replace_file
from ..model import Fleet
from ..record_validation import SEVERITIES
from ..report import Report

PREFIX = "pyfleet_python_fleet_"


class Family(NamedTuple):
    """One metric with its samples: pairs of labels and value."""

    name: str
    help: str
    samples: Iterable[tuple[dict[str, str], float]]


def write_prometheus(report: Report, path: str) -> None:
    """Write report.prom."""
    with replace_file(path) as stream:
        for family in _families(report):
            name = PREFIX + family.name
            stream.write(f"# HELP {name} {family.help}\n# TYPE {name} gauge\n")
            for labels, value in family.samples:
                stream.write(f"{name}{_labels(labels)} {value:.15g}\n")


def _families(report: Report) -> Iterator[Family]:
    fleet, counts = report.fleet, report.counts
    statuses = [
        ({"status": status}, number) for status, number in counts.statuses.items()
    ]
    severities = [
        ({"severity": severity}, number)
        for severity, number in counts.severities.items()
    ]
    rules = [({"rule": row.rule}, row.findings) for row in counts.rules]
    hosts = [({"rule": row.rule}, row.hosts) for row in counts.rules]
    yield Family("hosts", "Hosts by the status of their audit.", statuses)
    yield Family("findings", "Findings that are not waived, by severity.", severities)
    yield Family("rule_findings", "Findings that are not waived, by rule.", rules)
    yield Family(
        "rule_hosts", "Hosts with a finding that is not waived, by rule.", hosts
    )
    yield Family("findings_waived", "Waived findings.", [({}, counts.waived)])
    if report.comparison is not None:
        changes = [
            ({"change": change}, number)
            for change, number in report.comparison.totals.items()
        ]
        yield Family(
            "findings_changed", "Findings by change since the baseline.", changes
        )
    yield Family(
        "host_status", "1 for the current status of each host.", _host_statuses(fleet)
    )
    yield Family(
        "host_findings",
        "Findings of a host that are not waived, by severity.",
        _host_severities(fleet, counts),
    )
    yield Family(
        "host_rule_findings",
        "Findings of a host that are not waived, by rule; none is 0.",
        _host_rules(fleet, counts),
    )
    yield Family(
        "host_last_audit_timestamp_seconds",
        "Time of the result of a host.",
        _host_times(fleet),
    )
    yield Family(
        "last_run_timestamp_seconds",
        "Time at which the reported run started.",
        _run_time(fleet.started),
    )


def _host_statuses(fleet: Fleet) -> Iterator[tuple[dict[str, str], float]]:
    for host in fleet.hosts:
        yield {"host": host.name, "status": host.status}, 1


def _host_severities(
    fleet: Fleet, counts: Counts
) -> Iterator[tuple[dict[str, str], float]]:
    for host, count in zip(fleet.hosts, counts.hosts, strict=True):
        for severity in SEVERITIES:
            yield {"host": host.name, "severity": severity}, count.severities[severity]


def _host_rules(fleet: Fleet, counts: Counts) -> Iterator[tuple[dict[str, str], float]]:
    for host, count in zip(fleet.hosts, counts.hosts, strict=True):
        for rule, number in sorted(count.rules.items()):
            yield {"host": host.name, "rule": rule}, number


def _host_times(fleet: Fleet) -> Iterator[tuple[dict[str, str], float]]:
    for host in fleet.hosts:
        for seconds in _seconds(host.time):
            yield {"host": host.name}, seconds


def _run_time(started: str) -> Iterator[tuple[dict[str, str], float]]:
    for seconds in _seconds(started):
        yield {}, seconds


def _seconds(time: str) -> Iterator[float]:
    """Yield the seconds since the epoch; nothing if the text is no time."""
    try:
        moment = datetime.datetime.fromisoformat(time)
    except ValueError:
        return
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    yield moment.timestamp()


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    return (
        "{"
        + ",".join(f'{key}="{escape_label(value)}"' for key, value in labels.items())
        + "}"
    )


def escape_label(value: str) -> str:
    """Return the value of a label in the text format."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
