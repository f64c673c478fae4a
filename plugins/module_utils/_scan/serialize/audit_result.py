# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit as plain data: the RETURN contract of the audit module, and its message for a person."""

from __future__ import annotations

from typing import Any, Dict

from ..verdicts import Audit
from .text import plain, plural, safe_text

#: Findings in one result; the summary counts them all.
FINDINGS_LIMIT = 2000
_LINE = 68  # characters of msg, so that a line of `ansible -o`, with all that frames it, stays below 300
_FAILURE_LIMIT = 10  # findings, or reasons, that the message of a failure names

Plain = Dict[str, Any]


def serialize_audit(audit: Audit, output: str = "full", failed: bool = False) -> Plain:
    """Return the results of an audit; with ``output`` summary only the message, the verdict and the counts.

    With ``failed``, when the play ends with this result, the message names what is wrong and the cures.
    """
    incomplete = _incomplete(audit)
    summary = _summary(audit)
    summary["incomplete"] = (
        sum(row["blocking"] for row in incomplete) + audit.notes_left_out
    )
    message = _line(audit, summary["incomplete"])
    result: Plain = {"msg": message, "verdict": audit.verdict, "summary": summary}
    if output == "full":
        summary.update(
            rules=_count_rules(audit),
            installations=audit.installations,
            environments=audit.environments,
        )
        result.update(
            findings=plain(audit.findings[:FINDINGS_LIMIT]),
            incomplete=plain(incomplete),
        )
        if failed:
            result["msg"] = _failure(audit, incomplete, message)
    return result


def _summary(audit: Audit) -> Plain:
    summary: Plain = {"high": 0, "medium": 0, "low": 0, "waived": 0}
    for finding in audit.findings:
        summary["waived" if finding.waived else finding.severity] += 1
    return summary


def _count_rules(audit: Audit) -> dict[str, int]:
    rules: dict[str, int] = {}
    for finding in audit.findings:
        if not finding.waived:
            rules[finding.rule] = rules.get(finding.rule, 0) + 1
    return rules


def _incomplete(audit: Audit) -> list[Plain]:
    """Return what could not be read, then what could not be judged; ``blocking`` keeps the verdict from a pass."""
    rows = [
        _reason(note.path, note.code, note.reason, blocks)
        for note, blocks in audit.notes
    ]
    for undecided in audit.undecided:
        reason = "%s cannot be judged: %s" % (undecided.rule, undecided.reason)
        rows.append(_reason(undecided.subject, "undecided", reason, True))
    if audit.notes_left_out:
        rows.append(
            _reason(
                "", "too-many", "%d more were not listed" % audit.notes_left_out, False
            )
        )
    cut = len(audit.findings) - FINDINGS_LIMIT
    if cut > 0:
        rows.append(
            _reason(
                "",
                "cut",
                "%d findings left out: the result would be too large" % cut,
                False,
            )
        )
    return rows


def _reason(path: str, code: str, reason: str, blocking: bool) -> Plain:
    return {"path": path, "code": code, "reason": reason, "blocking": blocking}


def _line(audit: Audit, blocking: int) -> str:
    """Return one line for a person, of at most 68 characters where it names a subject."""
    if audit.counted:
        more = (
            " and %d more" % (len(audit.counted) - 1) if len(audit.counted) > 1 else ""
        )
        first, length = audit.counted[0], _LINE - len(more)
        text = safe_text("%s %s" % (first.rule, first.subject))
        if len(text) > length:  # cut in the middle, as the end of a path says the most
            text = "%s...%s" % (text[: length // 2], text[length // 2 + 3 - length :])
        return text + more
    seen = "%d %s and %d %s" % (
        audit.installations,
        plural(audit.installations, "Python"),
        audit.environments,
        plural(audit.environments, "environment"),
    )
    if audit.verdict == "incomplete":
        return "nothing found on %s, but %d %s could not be checked" % (
            seen,
            blocking,
            plural(blocking, "thing"),
        )
    return "nothing is wrong with " + seen


def _failure(audit: Audit, incomplete: list[Plain], line: str) -> str:
    """Return what is wrong and the cures, one finding a line; else what could not be read."""
    lines = []
    for finding in audit.counted:
        text = "%s %s: %s. Cure: %s" % (
            finding.rule,
            finding.subject,
            finding.message.rstrip("."),
            finding.cure,
        )
        lines.append("%s: %s" % (finding.severity, text))
    if not lines:
        lines = [
            "%s: %s" % (row["path"], row["reason"])
            for row in incomplete
            if row["blocking"]
        ]
        lines.insert(0, line)
    shown = [safe_text(each) for each in lines[:_FAILURE_LIMIT]]
    if len(lines) > len(shown):
        shown.append("and %d more, in the result" % (len(lines) - len(shown)))
    return "\n".join(shown)
