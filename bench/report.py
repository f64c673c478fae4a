# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time, peak memory and size of the fleet report, from results that are made up.

report.py             10,000 hosts into all formats; HTML alone for 1, 50 and 5,000 hosts, the last with 50,000 findings
report.py --make DIR --hosts N --seed S    only write the results of N hosts into DIR
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.build import (
    FORMATS,
    ReportRequest,
    build_reports,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.host_result import (
    HostResult,
    RunRecord,
    write_host_result,
    write_run_record,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.report import (
    read_rule_texts,
)

sys.path.insert(0, str(Path(__file__).resolve().parent))

from results import Table, keep

STARTED = "2026-11-28T22:00:00Z"
HIGH = {
    "environment-broken",
    "environment-stale",
    "interpreter-writable",
    "marker-diverted",
    "marker-neutralised",
}
HIGH |= {
    "marker-removed",
    "pipx-application-broken",
    "system-package-overwritten",
    "system-python-broken",
}
LOW = {"pipx-not-on-path", "unknown-python", "venv-support-missing", "waiver-expired"}
PLATFORMS = [
    ("debian", "3.13.5"),
    ("debian", "3.11.2"),
    ("ubuntu", "3.12.3"),
    ("rhel", "3.9.18"),
    ("fedora", "3.14.0"),
]
EXTRA = [
    ("pyenv", "3.8.19"),
    ("python_org", "3.10.14"),
    ("conda", "3.12.7"),
    ("unknown", "3.6.15"),
    ("uv", "3.14.1"),
]
UNREACHABLE = "Failed to connect to the host via ssh: Connection timed out"
ROLES = ["web", "db", "cache", "worker", "build", "monitoring"]


def make_results(directory: str, hosts: int, seed: int = 1, findings: int = 10) -> None:
    """Write the results of a fleet: about ``findings`` for each judged host, 400 packages in five environments."""
    source = random.Random(seed)
    names = [
        f"{source.choice(ROLES)}{number:05}.{source.choice(['fra', 'iad', 'sin'])}.example.com"
        for number in range(hosts)
    ]
    expected = {
        name: ("all", name[: name.index("0")], name.split(".")[1]) for name in names
    }
    record = RunRecord(
        run=f"run-{seed}",
        started=STARTED,
        expected=expected,
        collection_version="1.0.0",
        fail_on=("fail",),
    )
    write_run_record(directory, record)
    projects = [f"project-{number}" for number in range(1500)]
    sets = [_packages(source, projects) for _number in range(max(20, hosts // 5))]
    for name in names:
        chance = source.random()
        if hosts > 10 and chance < 0.02:
            continue
        moment = "2026-11-28T22:%02d:00Z" % source.randrange(60)
        outcome: dict[str, Any]
        if hosts > 10 and chance < 0.05:
            outcome = {"state": "unreachable", "message": UNREACHABLE}
        else:
            outcome = {
                "state": "scanned",
                "audit": _audit(source, findings),
                "inventory": _inventory(source, sets),
            }
        result = HostResult(
            host=name, groups=expected[name], time=moment, run=record.run, **outcome
        )
        write_host_result(directory, result)


def _packages(source: random.Random, projects: list[str]) -> list[list[str]]:
    chosen = source.sample(projects, 80)
    rows = [
        [name, f"{source.randrange(1, 4)}.{source.randrange(10)}.0", "pip"]
        for name in chosen
    ]
    if source.random() < 0.01:
        rows.append(["litellm", "1.82.7", "pip"])
    return [*rows, ["pip", "25.1.1", "pip"]]


def _inventory(source: random.Random, sets: list[Any]) -> dict[str, Any]:
    provider, version = source.choice(PLATFORMS)
    system = {
        "path": f"/usr/bin/python{version.rpartition('.')[0]}",
        "version": version,
        "implementation": "cpython",
    }
    installations = [
        {
            **system,
            "provider": provider,
            "system": True,
            "packages": source.choice(sets),
        }
    ]
    if source.random() < 0.3:
        provider, version = source.choice(EXTRA)
        path = f"/opt/{provider}/{version}/bin/python3"
        installations.append(
            {
                "path": path,
                "version": version,
                "implementation": "cpython",
                "provider": provider,
            }
        )
    environments = []
    for number in range(4):
        row = {
            "path": f"/srv/app{number}",
            "kind": "venv",
            "version": version,
            "health": "sound",
        }
        environments.append({**row, "packages": source.choice(sets)})
    return {"installations": installations, "environments": environments}


def _audit(source: random.Random, count: int) -> dict[str, Any]:
    rows = {}
    for _number in range(
        0 if source.random() < 0.25 else source.randrange(2 * count + 1)
    ):
        finding = _finding(source)
        rows[finding["id"]] = finding
    worst = {row["severity"] for row in rows.values() if not row["waived"]}
    incomplete = source.random() < 0.05
    notes = [
        {
            "path": "/home/ada",
            "code": "permission",
            "reason": "permission denied",
            "blocking": True,
        }
    ]
    verdict = "incomplete" if incomplete else "pass"
    if worst & {"high", "medium"}:
        verdict = "fail"
    findings = list(rows.values())
    return {
        "msg": "",
        "verdict": verdict,
        "summary": {},
        "findings": findings,
        "incomplete": notes if incomplete else [],
    }


def _finding(source: random.Random) -> dict[str, Any]:
    rules = sorted(read_rule_texts())
    rule = rules[min(int(source.expovariate(0.28)), len(rules) - 1)]
    severity = "medium"
    if rule in HIGH:
        severity = "high"
    elif rule in LOW:
        severity = "low"
    subject = source.choice(
        [
            "/usr/lib/python3.%d/EXTERNALLY-MANAGED",
            "/srv/app%d",
            "/opt/vendor/agent/%d/bin/python3",
        ]
    )
    subject %= int(source.expovariate(0.05))
    return {
        "id": f"{rule}:{subject}",
        "rule": rule,
        "severity": severity,
        "subject": subject,
        "message": f"{read_rule_texts()[rule].title}: {subject}",
        "evidence": [f"{subject} was read", "no package owns it"],
        "cure": f"apt-get install --reinstall $(dpkg -S {subject} | cut -d: -f1)",
        "waived": "accepted until the migration in spring"
        if source.random() < 0.04
        else "",
    }


def measure(directory: str, formats: list[str]) -> dict[str, Any]:
    """Build the reports in a process of its own and return seconds, MB and the sizes of the files."""
    with tempfile.TemporaryDirectory() as output:
        command = [
            sys.executable,
            __file__,
            "--build",
            directory,
            "--output",
            output,
            "--formats",
            ",".join(formats),
        ]
        begin = time.monotonic()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds = time.monotonic() - begin
        sizes = {
            path.name: path.stat().st_size
            for path in Path(output).iterdir()
            if path.is_file()
        }
    return {"seconds": round(seconds, 1), **json.loads(done.stdout), "bytes": sizes}


def build(directory: str, output: str, formats: list[str]) -> None:
    """Build the reports in this process and print its peak memory."""
    outcome = build_reports(
        ReportRequest(results=directory, output=output, formats=tuple(formats))
    )
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = round(usage.ru_utime + usage.ru_stime, 1)
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    print(
        json.dumps(
            {
                "cpu_seconds": cpu,
                "peak_mb": usage.ru_maxrss // unit,
                "findings": outcome.totals["findings"]["total"],
            }
        )
    )


def main() -> None:
    """Run what the arguments name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--make", metavar="DIR")
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", metavar="DIR")
    parser.add_argument("--output")
    parser.add_argument("--formats", default="html")
    options = parser.parse_args()
    if options.make:
        os.makedirs(options.make, exist_ok=True)
        make_results(options.make, options.hosts, options.seed)
        return
    if options.build:
        build(options.build, options.output, options.formats.split(","))
        return
    rows = []
    for hosts, findings, formats in (
        (10_000, 10, list(FORMATS)),
        (1, 10, ["html"]),
        (50, 10, ["html"]),
        (5_000, 14, ["html"]),
    ):
        with tempfile.TemporaryDirectory() as directory:
            make_results(directory, hosts, findings=findings)
            rows.append(row_of(hosts, formats, measure(directory, formats)))
            print(*rows[-1], sep="; ", flush=True)
    columns = (
        "hosts",
        "findings",
        "formats",
        "s",
        "CPU s",
        "peak, MB",
        "report.html, MB",
    )
    keep("report", [Table("reports", columns, rows)], "one round")


def row_of(hosts: int, formats: list[str], measured: dict[str, Any]) -> tuple[str, ...]:
    """Return a row of the table."""
    return (
        f"{hosts:,}",
        f"{measured['findings']:,}",
        "all" if len(formats) > 1 else formats[0],
        str(measured["seconds"]),
        str(measured["cpu_seconds"]),
        str(measured["peak_mb"]),
        f"{measured['bytes']['report.html'] / 1e6:.1f}",
    )


if __name__ == "__main__":
    main()
