# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV: a row for each finding of each host, and one for each host without a finding. Safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from typing import Iterator

from ..file_replacement import replace_file
from ..model import Host
from ..report import Report

COLUMNS = (
    "host",
    "groups",
    "status",
    "severity",
    "rule",
    "subject",
    "message",
    "cure",
    "evidence",
    "waived",
    "change",
    "time",
)
# A cell that begins so is a formula to spreadsheets: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)


def write_csv(report: Report, path: str) -> None:
    """Write report.csv (RFC 4180, UTF-8)."""
    with replace_file(path) as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for number, host in enumerate(report.fleet.hosts):
            for row in _rows(report, number, host):
                writer.writerow([neutralise_formula(cell) for cell in row])


def neutralise_formula(text: str) -> str:
    """Return a cell that spreadsheets take for text."""
    text = text.replace("\0", "\ufffd")
    if text.lstrip(" ").startswith(_FORMULA):
        return "'" + text
    return text


def _rows(report: Report, number: int, host: Host) -> Iterator[tuple[str, ...]]:
    groups = " ".join(host.groups)
    if not host.findings:
        yield (
            host.name,
            groups,
            host.status,
            "",
            "",
            "",
            host.message,
            "",
            "",
            "",
            "",
            host.time,
        )
    for position, waiver in zip(host.findings, host.waivers, strict=True):
        finding = report.fleet.findings[position]
        change = ""
        if not waiver:
            change = report.change_of(number, finding.id)
        yield (
            host.name,
            groups,
            host.status,
            finding.severity,
            finding.rule,
            finding.subject,
            finding.message,
            finding.cure,
            "; ".join(finding.evidence),
            report.fleet.waivers[waiver],
            change,
            host.time,
        )
