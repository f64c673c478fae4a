# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn a report into results: a dictionary, and the formats that people and other programs read.

The text of a repository is another's: no name of a file and no command may end a line, move the cursor, give a command to
the runner that shows the output, or show a password.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import urllib.parse
from typing import Any, Callable, Optional

from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.text import (
    plural,
    safe_text,
)

from .model import Finding, Report
from .rules import BY_KEY, RULES, find_cure

DOCUMENTATION = (
    "https://github.com/pyfleet/ansible-python/blob/main/docs/source_audit.md"
)
_SARIF_LEVELS = {"high": "error", "medium": "warning"}
_GITLAB_SEVERITIES = {"high": "critical", "medium": "major"}
_GITHUB_COMMANDS = {"high": "error", "medium": "warning"}
#: What runners take for a command, wherever it is in a line: of GitHub and Azure; and at its beginning: of GitHub.
_RUNNER_COMMAND = re.compile(r"##(?=\[|vso\[)")
_RUNNER_LINE = re.compile(r"\A(\s*):(?=:)")


def to_result(report: Report) -> dict[str, Any]:
    """Return the report as a dictionary of plain values."""
    report = make_printable(report)
    return {
        "verdict": report.verdict,
        "msg": describe(report),
        "files": report.files,
        "findings": [_finding_row(finding) for finding in report.findings],
        "incomplete": [note._asdict() for note in report.incomplete],
        "unknown_bases": [base._asdict() for base in report.unknown_bases],
    }


def describe(report: Report) -> str:
    """Return one line about a report for a person."""
    waived = sum(finding.waived is not None for finding in report.findings)
    found = len(report.findings) - waived
    parts = [f"{found} {plural(found, 'finding')}"]
    if waived:
        parts.append(f"{waived} waived")
    if report.incomplete:
        parts.append(f"{len(report.incomplete)} not judged")
    return f"{report.verdict}: {', '.join(parts)} in {report.files} {plural(report.files, 'file')}"


def to_text(report: Report) -> str:
    """Return the report for a terminal: a line for each finding, with its cure."""
    report = make_printable(report)
    lines = []
    for finding in report.findings:
        where = f"{finding.path}:{finding.line}"
        if finding.waived is not None:
            lines.append(f"{where}: waived: {finding.rule}: {finding.waived}")
            continue
        lines.append(
            f"{where}: {BY_KEY[finding.rule].severity}: {finding.rule}: {finding.message}"
        )
        lines += [
            f"    {finding.evidence}",
            f"    Cure: {find_cure(finding.rule, finding.place)}",
        ]
    for note in report.incomplete:
        where = f"{note.path}:{note.line}" if note.line else note.path
        lines.append(f"{where}: not judged: {note.reason}")
    for base in report.unknown_bases:
        image = base.image or "the image or runner of this job"
        lines.append(
            f"{base.path}:{base.line}: note: whether pip may install here depends on {image}, which is not known."
        )
    return "".join(f"{_escape_commands(line)}\n" for line in [*lines, describe(report)])


def to_json(report: Report) -> str:
    """Return the report as JSON: what the module returns."""
    return _dump(to_result(report))


def to_sarif(report: Report) -> str:
    """Return the report as SARIF 2.1.0; waivers are suppressions in the source."""
    report = make_printable(report, _to_uri)
    run = {
        "tool": {
            "driver": {
                "name": "pyfleet.python.source_audit",
                "informationUri": DOCUMENTATION,
                "rules": [_sarif_rule(rule.key) for rule in RULES],
            }
        },
        "results": [_sarif_result(finding) for finding in report.findings],
        "invocations": [
            {
                "executionSuccessful": not report.incomplete,
                "toolExecutionNotifications": [
                    {
                        "level": "warning",
                        "message": {"text": note.reason},
                        "locations": [_sarif_location(note.path, note.line or 1, None)],
                    }
                    for note in report.incomplete
                ],
            }
        ],
    }
    return _dump(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [run],
        }
    )


def to_gitlab(report: Report) -> str:
    """Return the unwaived findings as a code quality report of GitLab."""
    report = make_printable(report)
    rows = [
        {
            "description": f"{finding.message} {find_cure(finding.rule, finding.place)}",
            "check_name": finding.rule,
            "fingerprint": make_fingerprint(finding),
            "severity": _GITLAB_SEVERITIES[BY_KEY[finding.rule].severity],
            "location": {
                "path": finding.path,
                "lines": {"begin": finding.line, "end": finding.end_line},
            },
        }
        for finding in report.findings
        if finding.waived is None
    ]
    return _dump(rows)


def to_github(report: Report) -> str:
    """Return the unwaived findings as annotations of GitHub Actions."""
    report = make_printable(report)
    lines = []
    for finding in report.findings:
        if finding.waived is None:
            command = _GITHUB_COMMANDS[BY_KEY[finding.rule].severity]
            place = f"file={_property(finding.path)},line={finding.line},endLine={finding.end_line}"
            text = f"{finding.message} {find_cure(finding.rule, finding.place)}"
            lines.append(
                f"::{command} {place},title={_property(finding.rule)}::{_data(text)}"
            )
    for note in report.incomplete:
        place = f"file={_property(note.path)},line={note.line or 1}"
        lines.append(f"::notice {place},title=not judged::{_data(note.reason)}")
    return "\n".join([*lines, describe(report)]) + "\n"


def make_printable(
    report: Report, encode_path: Callable[[str], str] = safe_text
) -> Report:
    """Return a report whose texts are one line each, without control characters and credentials."""
    return report._replace(
        findings=tuple(
            row._replace(
                path=encode_path(_slashed(row.path)),
                message=safe_text(row.message),
                evidence=safe_text(row.evidence),
                waived=None if row.waived is None else safe_text(row.waived),
            )
            for row in report.findings
        ),
        incomplete=tuple(
            row._replace(
                path=encode_path(_slashed(row.path)), reason=safe_text(row.reason)
            )
            for row in report.incomplete
        ),
        unknown_bases=tuple(
            row._replace(
                path=encode_path(_slashed(row.path)), image=safe_text(row.image)
            )
            for row in report.unknown_bases
        ),
    )


def make_fingerprint(finding: Finding) -> str:
    """Return what identifies a finding when lines above it come and go."""
    identity = "\0".join((finding.rule, finding.path, finding.evidence))
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": to_text,
    "json": to_json,
    "sarif": to_sarif,
    "gitlab": to_gitlab,
    "github": to_github,
}


def _finding_row(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": BY_KEY[finding.rule].severity,
        "path": finding.path,
        "line": finding.line,
        "end_line": finding.end_line,
        "message": finding.message,
        "evidence": finding.evidence,
        "cure": find_cure(finding.rule, finding.place),
        "waived": finding.waived is not None,
        "reason": finding.waived or "",
    }


def _sarif_rule(key: str) -> dict[str, Any]:
    rule = BY_KEY[key]
    return {
        "id": key,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.description},
        "help": {"text": rule.cures["host"]},
        "helpUri": f"{DOCUMENTATION}#{key}",
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.severity]},
    }


def _sarif_result(finding: Finding) -> dict[str, Any]:
    result = {
        "ruleId": finding.rule,
        "ruleIndex": list(BY_KEY).index(finding.rule),
        "level": _SARIF_LEVELS[BY_KEY[finding.rule].severity],
        "message": {
            "text": f"{finding.message} {find_cure(finding.rule, finding.place)}"
        },
        "locations": [_sarif_location(finding.path, finding.line, finding.end_line)],
        "partialFingerprints": {"primaryLocationLineHash": make_fingerprint(finding)},
    }
    if finding.waived is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.waived}]
    return result


def _sarif_location(path: str, line: int, end_line: Optional[int]) -> dict[str, Any]:
    region = {"startLine": line}
    if end_line is not None:
        region["endLine"] = end_line
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": path},
            "region": region,
        }
    }


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")


def _to_uri(path: str) -> str:
    """Return a path as a relative reference of RFC 3986, from the bytes that it has."""
    return urllib.parse.quote(os.fsencode(path))


def _escape_commands(line: str) -> str:
    """Return a line in which no runner finds a command."""
    return _RUNNER_COMMAND.sub(r"#\\u0023", _RUNNER_LINE.sub(r"\1\\u003a", line))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _dump(value: Any) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=True)
    return (
        text.replace("##", r"#\u0023") + "\n"
    )  # the same text, and no command of a runner
