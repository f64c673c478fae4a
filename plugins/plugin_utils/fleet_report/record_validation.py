# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the values of the records before reports use them: each error is the end of a sentence."""

from __future__ import annotations

from typing import Any, Mapping

STATES = ("scanned", "failed", "unreachable")
VERDICTS = ("pass", "fail", "incomplete")
SEVERITIES = ("high", "medium", "low")

_FINDING_FIELDS = ("id", "rule", "severity", "subject", "message", "cure")
_NOTE_FIELDS = ("path", "code", "reason")
PACKAGE_FIELDS = ("name", "version", "origin")


class InvalidResultError(ValueError):
    """A file is no record of this kind. The message is the reason, as the end of a sentence."""


def validate_audit(audit: Any) -> None:
    """Raise InvalidResultError unless the value is a complete result of the module ``audit``."""
    if not isinstance(audit, dict):
        raise InvalidResultError("audit is not an object, though the host was scanned")
    if audit.get("verdict") not in VERDICTS:
        raise InvalidResultError(
            f"audit.verdict is {audit.get('verdict')!r}, which is none of {', '.join(VERDICTS)}"
        )
    if "findings" not in audit:
        raise InvalidResultError(
            "audit has no findings: the module was called with output=summary"
        )
    for finding in _objects(audit, "findings"):
        _check_finding(finding)
    for note in _objects(audit, "incomplete"):
        for key in _NOTE_FIELDS:
            read_text(note, key)


def reduce_audit(audit: Any) -> dict[str, Any]:
    """Return what reports use of a result of the module audit, and nothing else of what a host sent.

    :raises InvalidResultError: if it is no complete result.
    """
    validate_audit(audit)
    counts = audit.get("summary")
    return {
        "msg": read_text(audit, "msg", ""),
        "verdict": audit["verdict"],
        "summary": {
            str(key): value
            for key, value in (counts if isinstance(counts, dict) else {}).items()
            if isinstance(value, int)
        },
        "findings": [
            {
                **{key: finding[key] for key in _FINDING_FIELDS},
                "evidence": list(read_texts(finding, "evidence")),
                "waived": finding.get("waived"),
            }
            for finding in audit["findings"]
        ],
        "incomplete": [
            {
                **{key: note[key] for key in _NOTE_FIELDS},
                "blocking": bool(note.get("blocking")),
            }
            for note in audit.get("incomplete", [])
        ],
    }


def _check_finding(finding: Mapping[str, Any]) -> None:
    for key in _FINDING_FIELDS:
        read_text(finding, key)
    read_text(finding, "waived", "")
    read_texts(finding, "evidence")
    if finding["severity"] not in SEVERITIES:
        raise InvalidResultError(
            f"a finding has the severity {finding['severity']!r}, which is none of {', '.join(SEVERITIES)}"
        )


def validate_inventory(inventory: Any) -> None:
    """Raise InvalidResultError unless the value has the shape of ``reduce_facts``."""
    if not isinstance(inventory, dict):
        raise InvalidResultError("inventory is not an object")
    for kind in ("installations", "environments"):
        for place in _objects(inventory, kind):
            for key in (
                "path",
                "version",
                "implementation",
                "provider",
                "kind",
                "health",
                "application",
            ):
                read_text(place, key, "")
            packages = place.get("packages")
            if packages is not None and not isinstance(packages, list):
                raise InvalidResultError("packages of inventory is not a list")
            for package in packages or ():
                _check_package(package)


def _check_package(package: Any) -> None:
    shaped = isinstance(package, list) and len(package) == len(PACKAGE_FIELDS)
    if not shaped or not all(isinstance(each, str) for each in package):
        raise InvalidResultError(
            "a package of inventory is not a list of name, version and origin"
        )


def _objects(values: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    rows = values.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidResultError(f"{key} is not a list of objects")
    return rows


def read_text(values: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """Return a text; raise InvalidResultError if it is something else, or missing and there is no default."""
    value = values.get(key, default)
    if value is None:
        value = default
    if not isinstance(value, str):
        raise InvalidResultError(f"{key} is not a text")
    return value


def read_texts(values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return a list of texts, empty if missing; raise InvalidResultError if it is something else."""
    rows = values.get(key)
    if rows is None:
        return ()
    if not isinstance(rows, (list, tuple)) or not all(
        isinstance(row, str) for row in rows
    ):
        raise InvalidResultError(f"{key} is not a list of texts")
    return tuple(rows)
