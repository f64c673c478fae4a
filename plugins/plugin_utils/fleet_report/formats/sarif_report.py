# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SARIF 2.1.0 within GitHub's limits: one result for a rule and a subject, with its hosts in the properties.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Iterator
from urllib.parse import quote

from ..baseline import Comparison
from ..counts import SubjectGroup
from ..file_replacement import replace_file
from ..report import INFORMATION_URI, NAME, Report, rule_page, rule_text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: Results of a run that GitHub keeps; it takes 25,000 and drops the least severe.
RESULTS_LIMIT = 5000
HOSTS_LIMIT = 1000
_LEVELS = {"high": "error", "medium": "warning", "low": "note"}
# GitHub: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low.
_SECURITY_SEVERITIES = {"high": "8.0", "medium": "5.0", "low": "2.0"}


def write_sarif(report: Report, path: str) -> None:
    """Write report.sarif."""
    results = list(_results(report))
    left_out = len(results) - RESULTS_LIMIT
    run: dict[str, Any] = {
        "tool": {"driver": _driver(report)},
        "automationDetails": {"id": f"{NAME}/audit/{report.fleet.run_name}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, left_out)],
        "properties": {"totals": report.counts.totals()},
        "results": results[:RESULTS_LIMIT],
    }
    with replace_file(path) as stream:
        json.dump(
            {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]},
            stream,
            ensure_ascii=False,
            indent=1,
            sort_keys=True,
        )
        stream.write("\n")


def _driver(report: Report) -> dict[str, Any]:
    driver: dict[str, Any] = {
        "name": NAME,
        "informationUri": INFORMATION_URI,
        "rules": [_rule(row.rule, row.severity) for row in report.counts.rules],
    }
    if report.version:
        driver["version"] = report.version
    return driver


def _rule(rule: str, severity: str) -> dict[str, Any]:
    text = rule_text(rule)
    return {
        "id": rule,
        "shortDescription": {"text": text.title},
        "fullDescription": {"text": text.meaning or text.title},
        "help": {"text": text.cure or text.title},
        "helpUri": rule_page(rule),
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {
            "security-severity": _SECURITY_SEVERITIES[severity],
            "tags": ["security", "python"],
        },
    }


def _invocation(report: Report, left_out: int) -> dict[str, Any]:
    hosts = [host for host in report.fleet.hosts if host.message]
    messages = [
        f"{host.name}: {host.status}: {host.message}" for host in hosts[:HOSTS_LIMIT]
    ]
    messages.extend(report.problems[:HOSTS_LIMIT])
    if left_out > 0:
        messages.append(f"{left_out} results of lower severity are left out")
    return {
        "executionSuccessful": report.counts.not_reached == 0,
        "toolExecutionNotifications": [
            {"level": "warning", "message": {"text": text}} for text in messages
        ],
    }


def _results(report: Report) -> Iterator[dict[str, Any]]:
    rules = {row.rule: number for number, row in enumerate(report.counts.rules)}
    for group in report.counts.subjects:
        yield _result(report, group, rules[group.rule])
    if report.comparison is not None:
        present = {group.id for group in report.counts.subjects}
        yield from _absent(report.comparison, present)


def _result(report: Report, group: SubjectGroup, rule_index: int) -> dict[str, Any]:
    finding = report.fleet.findings[next(iter(group.variants))]
    names = [report.fleet.hosts[number].name for number in group.hosts[:HOSTS_LIMIT]]
    properties: dict[str, Any] = {
        "cure": finding.cure,
        "evidence": list(finding.evidence),
        "hostCount": len(group.hosts),
        "hosts": names,
        "waivedHostCount": len(group.waived),
    }
    result: dict[str, Any] = {
        **_identity(group.id, group.rule, group.subject),
        "ruleIndex": rule_index,
        "level": _LEVELS[group.severity],
        "message": {
            "text": f"{finding.message}. Hosts: {len(group.hosts)}. Cure: {finding.cure}"
        },
        "properties": properties,
    }
    if group.waived and not len(group.hosts):
        reasons = sorted(
            {report.fleet.waivers[waiver] for waiver in group.waived.values()}
        )
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": reason}
            for reason in reasons
        ]
    if report.comparison is not None:
        result["baselineState"] = _baseline_state(report.comparison, group)
    return result


def _identity(finding_id: str, rule: str, subject: str) -> dict[str, Any]:
    digest = hashlib.sha256(finding_id.encode()).hexdigest()
    # Relative, as GitHub wants it: the path below the root of the hosts.
    uri = quote(subject.lstrip("/") or rule, safe="/")
    location = {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}
    return {
        "ruleId": rule,
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {
            "pyfleetFinding/v1": digest,
            "primaryLocationLineHash": digest[:16] + ":1",
        },
    }


def _baseline_state(comparison: Comparison, group: SubjectGroup) -> str:
    if group.hosts and all(
        comparison.is_new(number, group.id) for number in group.hosts
    ):
        return "new"
    return "unchanged"


def _absent(comparison: Comparison, present: set[str]) -> Iterator[dict[str, Any]]:
    for finding_id, hosts in sorted(comparison.gone["fixed"].items()):
        if finding_id in present:
            continue
        rule, _colon, subject = finding_id.partition(":")
        yield {
            **_identity(finding_id, rule, subject),
            "level": "none",
            "kind": "pass",
            "message": {"text": f"fixed on {len(hosts)} hosts"},
            "baselineState": "absent",
            "properties": {
                "hostCount": 0,
                "hosts": [],
                "waivedHostCount": 0,
                "fixedHostCount": len(hosts),
            },
        }
