# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small fleet with every status, a waiver, hostile text, two baselines, and what is no result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.host_result import (
    HostResult,
    RunRecord,
    write_host_result,
    write_run_record,
)

HOSTILE = "/opt/<b>&\"'</script><!--\u2028{{ 7 * 7 }}=|`x`/python3"


def finding(rule: str, severity: str, subject: str, **changes: Any) -> dict[str, Any]:
    values = {
        "id": f"{rule}:{subject}",
        "rule": rule,
        "severity": severity,
        "subject": subject,
        "message": f"message about {subject}",
        "evidence": ["=cmd()", "shipped by python3 (dpkg)"],
        "cure": f"mv {subject} /root | cat",
        "waived": "",
    }
    return {**values, **changes}


MARKER = finding("marker-removed", "high", "/usr/lib/python3.13/EXTERNALLY-MANAGED")
OLD = finding("python-end-of-life", "medium", "/opt/python3.8")
HOSTILE_FINDING = finding("unknown-python", "low", HOSTILE)
NOTE = {
    "path": "/home/ada",
    "code": "permission",
    "reason": "permission denied",
    "blocking": True,
}
PACKAGES = [
    ["Ruamel.YAML", "0.18", "pip"],
    ["litellm", "1.82.7", "pip"],
    ["python-apt", "2.6", "distribution"],
]
INVENTORY = {
    "installations": [
        {
            "path": "/usr/bin/python3.13",
            "version": "3.13.5",
            "implementation": "cpython",
            "provider": "debian",
            "system": True,
            "packages": PACKAGES,
        },
        {
            "path": "/opt/python3.8",
            "version": "3.8.1",
            "implementation": "cpython",
            "provider": "unknown",
        },
    ],
    "environments": [
        {
            "path": "/srv/app",
            "kind": "venv",
            "version": "3.13.5",
            "health": "sound",
            "packages": PACKAGES[:1],
        }
    ],
}


def audit(
    verdict: str, *findings: dict[str, Any], incomplete: tuple[dict[str, Any], ...] = ()
) -> dict[str, Any]:
    return {
        "msg": "",
        "verdict": verdict,
        "summary": {},
        "findings": list(findings),
        "incomplete": list(incomplete),
    }


AUDITS = {
    "web1": audit("fail", MARKER, OLD, HOSTILE_FINDING),
    "web2": audit("fail", MARKER, {**OLD, "waived": "@until spring"}),
    "web10": audit("pass", {**HOSTILE_FINDING, "message": "another text"}),
    "db1": audit("incomplete", incomplete=(NOTE,)),
    "ok": audit("pass"),
}
STATUSES = {
    "fail": 2,
    "incomplete": 1,
    "failed": 1,
    "unreachable": 1,
    "no_result": 2,
    "pass": 2,
}
SEVERITIES = {"high": 2, "medium": 1, "low": 2}
WAIVED = 1


def write_fleet(directory: Path, run: str = "r2", **changes: Any) -> Path:
    """Write the results; `changes` replaces the audit of hosts."""
    directory.mkdir(parents=True, exist_ok=True)
    time = "2026-11-28T23:00:00Z"
    names = [*AUDITS, "gone", "slow", "silent", "stale"]
    groups = {
        name: ("all", "web") if name.startswith("web") else ("all",) for name in names
    }
    write_run_record(
        str(directory),
        RunRecord(run=run, started=time, expected=groups, collection_version="1.2.3"),
    )
    for name, judged in {**AUDITS, **changes}.items():
        result = HostResult(
            host=name,
            groups=groups[name],
            state="scanned",
            time=time,
            run=run,
            audit=judged,
            inventory=INVENTORY,
        )
        write_host_result(str(directory), result)
    gone = HostResult(
        host="gone",
        state="unreachable",
        message="ssh: <no route>\n=1",
        time=time,
        run=run,
    )
    slow = HostResult(host="slow", state="failed", message="Killed", time=time, run=run)
    stale = HostResult(
        host="stale",
        state="scanned",
        time="2026-01-01T00:00:00Z",
        run="r0",
        audit=audit("pass"),
    )
    for result in (gone, slow, stale):
        write_host_result(str(directory), result)
    (directory / "damaged.json").write_text("{<script>")
    return directory
