# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit of one host as metrics, in the text format that node_exporter reads from files.

The format: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format. There is no label for the
host: Prometheus adds `instance`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Iterator, Mapping

VERDICTS = ("pass", "fail", "incomplete")
_HELP = {
    "pyfleet_python_audit_success": "Whether the last audit of the host ended with a verdict.",
    "pyfleet_python_audit_last_run_timestamp_seconds": "When the last audit of the host ended.",
    "pyfleet_python_audit_verdict": "The verdict of the last audit: 1 for the current verdict, 0 for the others.",
    "pyfleet_python_audit_findings": "Findings that are not waived, by rule and severity.",
    "pyfleet_python_audit_waived_findings": "Findings that are waived.",
    "pyfleet_python_audit_incomplete": "What could not be read or judged, and prevents the verdict pass.",
    "pyfleet_python_audit_installations": "Pythons that were judged.",
    "pyfleet_python_audit_environments": "Environments that were judged.",
}


def serialize_metrics(audit: Mapping[str, Any] | None, now: float) -> str:
    """Return the text of a file for node_exporter.

    :param audit: the result of the module audit; None if there is none, since the audit failed.
    :param now: seconds since the epoch.
    """
    families: dict[str, list[str]] = {}
    for name, labels, value in _samples(audit, now):
        families.setdefault(name, []).append("%s%s %s\n" % (name, labels, value))
    text = ""
    for name, lines in families.items():
        text += "# HELP %s %s\n# TYPE %s gauge\n" % (name, _HELP[name], name)
        text += "".join(lines)
    return text


def _samples(
    audit: Mapping[str, Any] | None, now: float
) -> Iterator[tuple[str, str, str]]:
    """Yield name, labels and value of each sample, those of a family one after the other."""
    yield "pyfleet_python_audit_success", "", "0" if audit is None else "1"
    yield "pyfleet_python_audit_last_run_timestamp_seconds", "", "%d" % now
    if audit is None:
        return
    for verdict in VERDICTS:
        yield (
            "pyfleet_python_audit_verdict",
            '{verdict="%s"}' % verdict,
            str(int(verdict == audit["verdict"])),
        )
    counts = Counter(
        (row["rule"], row["severity"]) for row in audit["findings"] if not row["waived"]
    )
    for (rule, severity), count in sorted(counts.items()):
        yield (
            "pyfleet_python_audit_findings",
            '{rule="%s",severity="%s"}' % (rule, severity),
            str(count),
        )
    summary = audit["summary"]
    yield "pyfleet_python_audit_waived_findings", "", str(summary["waived"])
    yield "pyfleet_python_audit_incomplete", "", str(summary["incomplete"])
    yield "pyfleet_python_audit_installations", "", str(summary["installations"])
    yield "pyfleet_python_audit_environments", "", str(summary["environments"])
