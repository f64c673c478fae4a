# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of Prometheus and the dashboard of Grafana name metrics that exist, and Prometheus itself accepts them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator, List

import pytest

if sys.version_info < (3, 11):
    pytest.skip("checked once, on a controller's Python", allow_module_level=True)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.metrics import (
    serialize_metrics,
)

yaml = pytest.importorskip("yaml", reason="checked on a controller's Python")

REPOSITORY = Path(__file__).resolve().parents[3]
EXAMPLES = REPOSITORY / "docs/examples/monitoring"
ALERTS = EXAMPLES / "alerts.yml"
FLEET_METRICS = (
    REPOSITORY / "plugins/plugin_utils/fleet_report/formats/prometheus_report.py"
)
PROMTOOL = os.environ.get("PROMTOOL") or shutil.which("promtool")
FINDINGS = [
    {"rule": "marker-removed", "severity": "high", "waived": ""},
    {"rule": "environment-broken", "severity": "high", "waived": ""},
    {"rule": "environment-broken", "severity": "high", "waived": ""},
    {"rule": "unknown-python", "severity": "low", "waived": "The agent brings it."},
]
AUDIT = {
    "verdict": "fail",
    "summary": {
        "high": 3,
        "medium": 0,
        "low": 0,
        "waived": 1,
        "incomplete": 2,
        "installations": 4,
        "environments": 5,
    },
    "findings": FINDINGS,
}

needs_promtool = pytest.mark.skipif(
    not PROMTOOL, reason="promtool is not installed, and PROMTOOL names none"
)


def promtool(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    assert PROMTOOL
    return subprocess.run(
        [PROMTOOL, *arguments], input=text, capture_output=True, text=True, check=False
    )


def expressions_of(value: Any) -> Iterator[str]:
    """Yield each PromQL expression of a file."""
    if isinstance(value, dict):
        yield from (each for key, each in value.items() if key == "expr")
        for each in value.values():
            yield from expressions_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from expressions_of(each)


def alerts() -> Any:
    return yaml.safe_load(ALERTS.read_text(encoding="utf-8"))


def dashboard() -> Any:
    return json.loads((EXAMPLES / "grafana-dashboard.json").read_text(encoding="utf-8"))


def all_expressions() -> List[str]:
    return [*expressions_of(alerts()), *expressions_of(dashboard())]


def test_every_metric_that_is_named_is_written_by_a_host_or_a_report() -> None:
    written = set(
        re.findall(r"^# HELP (\S+)", serialize_metrics(AUDIT, 1.0), re.MULTILINE)
    )
    fleet = FLEET_METRICS.read_text(encoding="utf-8")
    written |= {
        "pyfleet_python_fleet_" + name
        for name in re.findall(r'Family\(\s*"([a-z_]+)"', fleet)
    }
    named = {
        name for text in all_expressions() for name in re.findall(r"pyfleet_\w+", text)
    }
    assert named
    assert named <= written


def test_the_counts_of_a_host_are_its_findings_that_are_not_waived() -> None:
    lines = serialize_metrics(AUDIT, 1_780_000_000.9).splitlines()
    assert (
        'pyfleet_python_audit_findings{rule="environment-broken",severity="high"} 2'
        in lines
    )
    assert (
        'pyfleet_python_audit_findings{rule="marker-removed",severity="high"} 1'
        in lines
    )
    assert not [line for line in lines if "unknown-python" in line]
    assert "pyfleet_python_audit_waived_findings 1" in lines
    assert "pyfleet_python_audit_incomplete 2" in lines
    assert "pyfleet_python_audit_last_run_timestamp_seconds 1780000000" in lines


@needs_promtool
@pytest.mark.parametrize("audit", [AUDIT, None], ids=["audited", "failed"])
def test_prometheus_accepts_the_metrics(audit: Any) -> None:
    done = promtool("check", "metrics", text=serialize_metrics(audit, 1.0))
    assert (done.returncode, done.stderr) == (0, "")


@needs_promtool
def test_prometheus_accepts_the_rules_and_the_expressions_of_the_dashboard(
    tmp_path: Path,
) -> None:
    texts = [text.replace("$instance", ".*") for text in all_expressions()]
    rules = [
        {"record": "each:%d" % number, "expr": text}
        for number, text in enumerate(texts)
    ]
    (tmp_path / "each.yml").write_text(
        json.dumps({"groups": [{"name": "each", "rules": rules}]})
    )
    done = promtool("check", "rules", str(ALERTS), str(tmp_path / "each.yml"))
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_the_rules_fire_on_what_hosts_write(tmp_path: Path) -> None:
    series = []
    for line in serialize_metrics(AUDIT, 0.0).splitlines():
        if not line.startswith("#"):
            name, _space, value = line.rpartition(" ")
            labels = name[:-1] + "," if name.endswith("}") else name + "{"
            series.append(
                {"series": labels + 'instance="web1"}', "values": "%s+0x12000" % value}
            )
    findings = {"environment-broken": 2, "marker-removed": 1}
    expected = [
        {"exp_labels": {"instance": "web1", "rule": rule, "severity": "warning"}}
        for rule in findings
    ]
    for row, (rule, number) in zip(expected, findings.items()):
        annotations = alerts()["groups"][0]["rules"][0]["annotations"]
        values = {
            "$labels.instance": "web1",
            "$labels.rule": rule,
            "$value": str(number),
        }
        row["exp_annotations"] = {
            key: _fill(text, values) for key, text in annotations.items()
        }
    cases = [
        {
            "eval_time": "10m",
            "alertname": "PythonAuditHighSeverity",
            "exp_alerts": expected,
        },
        {"eval_time": "10m", "alertname": "PythonAuditFailed", "exp_alerts": []},
        {"eval_time": "10m", "alertname": "PythonAuditStale", "exp_alerts": []},
    ]
    test = {"interval": "1m", "input_series": series, "alert_rule_test": cases}
    (tmp_path / "test.yml").write_text(
        json.dumps({"rule_files": [str(ALERTS)], "tests": [test]})
    )
    done = promtool("test", "rules", str(tmp_path / "test.yml"))
    assert done.returncode == 0, done.stdout + done.stderr


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{{ %s }}" % name, value)
    return text
