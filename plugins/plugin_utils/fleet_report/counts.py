# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one counting that every format uses."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Iterable

from .model import NOT_JUDGED, STATUSES, Finding, Fleet
from .record_validation import SEVERITIES


@dataclass(slots=True)
class RuleCount:
    """The findings of one rule. Waived ones are counted apart."""

    rule: str
    severity: str  # the worst of its findings
    findings: int = 0
    waived: int = 0
    hosts: int = 0  # with a finding that is not waived


@dataclass(slots=True)
class SubjectGroup:
    """The findings of one rule about one subject, on any number of hosts."""

    id: str
    rule: str
    severity: str
    subject: str
    variants: dict[int, int] = field(
        default_factory=dict
    )  # position in Fleet.findings: number of hosts
    hosts: array[int] = field(
        default_factory=lambda: array("I")
    )  # positions in Fleet.hosts, not waived
    waived: dict[int, int] = field(
        default_factory=dict
    )  # position of a host: number of the waiver


@dataclass(slots=True)
class HostCount:
    """The findings of one host that are not waived, by severity and by rule."""

    severities: dict[str, int]
    rules: dict[str, int]
    waived: int
    blocking: int  # notes that keep the verdict from a pass


@dataclass(slots=True)
class Counts:
    """All numbers of a report."""

    statuses: dict[str, int]
    severities: dict[str, int]
    waived: int
    rules: list[RuleCount]  # the most severe first, then the most hosts
    subjects: list[SubjectGroup]  # in the same order
    hosts: list[HostCount]  # beside Fleet.hosts

    @property
    def not_reached(self) -> int:
        """Return the number of hosts that were not judged."""
        return sum(self.statuses[status] for status in NOT_JUDGED)

    def worst_hosts(self, limit: int) -> list[int]:
        """Return the positions of the hosts with the most severe findings, the worst first."""
        scored = []
        for number, count in enumerate(self.hosts):
            severities = tuple(-count.severities[severity] for severity in SEVERITIES)
            if any(severities):
                scored.append((severities, number))
        return [number for _score, number in sorted(scored)[:limit]]

    def totals(self) -> dict[str, Any]:
        """Return the totals as plain data, as each format states them."""
        return {
            "hosts": {"total": len(self.hosts), **self.statuses},
            "findings": {
                "total": sum(self.severities.values()),
                **self.severities,
                "waived": self.waived,
            },
        }


def count_fleet(fleet: Fleet) -> Counts:
    """Count the findings of a fleet by host, rule, and rule with subject."""
    statuses = Counter(host.status for host in fleet.hosts)
    rules: dict[str, RuleCount] = {}
    subjects: dict[tuple[str, str], SubjectGroup] = {}
    severities: dict[str, int] = dict.fromkeys(SEVERITIES, 0)
    hosts = []
    for number, host in enumerate(fleet.hosts):
        blocking = sum(fleet.notes[note].blocking for note in host.notes)
        count = HostCount(
            severities=dict.fromkeys(SEVERITIES, 0),
            rules={},
            waived=0,
            blocking=blocking,
        )
        for position, waiver in zip(host.findings, host.waivers, strict=True):
            finding = fleet.findings[position]
            _count_finding(finding, bool(waiver), count, rules)
            group = _group(subjects, finding, position)
            if waiver:
                group.waived[number] = waiver
            else:
                severities[finding.severity] += 1
                _add_host(group.hosts, number)
        for rule in count.rules:
            rules[rule].hosts += 1
        hosts.append(count)
    order = _rank(rules.values())
    return Counts(
        statuses={status: statuses[status] for status in STATUSES},
        severities=severities,
        waived=sum(row.waived for row in rules.values()),
        rules=order,
        subjects=_sort_subjects(subjects.values(), order),
        hosts=hosts,
    )


def _count_finding(
    finding: Finding, waived: bool, count: HostCount, rules: dict[str, RuleCount]
) -> None:
    rule = rules.get(finding.rule)
    if rule is None:
        rule = rules[finding.rule] = RuleCount(finding.rule, finding.severity)
    rule.severity = worse_severity(rule.severity, finding.severity)
    if waived:
        rule.waived += 1
        count.waived += 1
        return
    rule.findings += 1
    count.severities[finding.severity] += 1
    count.rules[finding.rule] = count.rules.get(finding.rule, 0) + 1


def _group(
    subjects: dict[tuple[str, str], SubjectGroup], finding: Finding, position: int
) -> SubjectGroup:
    group = subjects.get((finding.rule, finding.subject))
    if group is None:
        group = SubjectGroup(
            finding.id, finding.rule, finding.severity, finding.subject
        )
        subjects[finding.rule, finding.subject] = group
    group.severity = worse_severity(group.severity, finding.severity)
    group.variants[position] = group.variants.get(position, 0) + 1
    return group


def _add_host(hosts: array[int], number: int) -> None:
    # A host may have one rule and subject twice; hosts come in order.
    if not hosts or hosts[-1] != number:
        hosts.append(number)


def worse_severity(left: str, right: str) -> str:
    """Return the worse of two severities."""
    return min(left, right, key=SEVERITIES.index)


def _rank(rules: Iterable[RuleCount]) -> list[RuleCount]:
    return sorted(
        rules,
        key=lambda row: (
            SEVERITIES.index(row.severity),
            -row.hosts,
            -row.findings,
            row.rule,
        ),
    )


def _sort_subjects(
    groups: Iterable[SubjectGroup], rules: list[RuleCount]
) -> list[SubjectGroup]:
    places = {row.rule: place for place, row in enumerate(rules)}
    return sorted(
        groups, key=lambda group: (places[group.rule], -len(group.hosts), group.subject)
    )
