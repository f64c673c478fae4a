# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit as plain data: the RETURN contract of the audit module, and the one line for a person."""

from __future__ import annotations

from typing import Any, Dict

from ..verdicts import Audit
from .text import plain, safe_text

#: Findings in one result; the summary counts them all.
FINDINGS_LIMIT = 2000
_LINE = 68  # characters of msg, so that a line of `ansible -o`, with all that frames it, stays below 300

Plain = Dict[str, Any]


def serialize_audit(audit: Audit, output: str = "full") -> Plain:
    """Give the results of an audit; with ``output`` summary only the line, the verdict and the counts."""
    incomplete = _incomplete(audit)
    summary: Plain = {"high": 0, "medium": 0, "low": 0, "waived": 0}
    rules: dict[str, int] = {}
    for row in audit.findings:
        summary["waived" if row.waived else row.severity] += 1
        if not row.waived:
            rules[row.rule] = rules.get(row.rule, 0) + 1
    summary["incomplete"] = sum(row["blocking"] for row in incomplete) + audit.notes_left_out
    told: Plain = {"msg": _line(audit, summary["incomplete"]), "verdict": audit.verdict, "summary": summary}
    if output == "full":
        summary.update(rules=rules, installations=audit.installations, environments=audit.environments)
        told.update(findings=plain(audit.findings[:FINDINGS_LIMIT]), incomplete=plain(incomplete))
    return told


def _incomplete(audit: Audit) -> list[Plain]:
    """Give what could not be read, then what no rule could tell; ``blocking`` keeps the verdict from being a pass."""
    rows = [(*note, blocks) for note, blocks in audit.notes]
    for row in audit.undecided:
        rows.append((row.subject, "undecided", "%s can't be judged: %s" % (row.rule, row.reason), True))
    if audit.notes_left_out:
        rows.append(("", "too-many", "%d more were not listed" % audit.notes_left_out, False))
    cut = len(audit.findings) - FINDINGS_LIMIT
    if cut > 0:
        rows.append(("", "cut", "%d findings left out: the result would be too large" % cut, False))
    return [dict(zip(("path", "code", "reason", "blocking"), row)) for row in rows]


def _line(audit: Audit, blocking: int) -> str:
    if audit.counted:
        more = " and %d more" % (len(audit.counted) - 1) if len(audit.counted) > 1 else ""
        text, length = safe_text("%s %s" % (audit.counted[0].rule, audit.counted[0].subject)), _LINE - len(more)
        if len(text) > length:  # cut in the middle, as the end of a path says the most
            text = "%s...%s" % (text[: length // 2], text[length // 2 + 3 - length :])
        return text + more
    seen = _plural(audit.installations, "Python") + " and " + _plural(audit.environments, "environment")
    if audit.verdict == "incomplete":
        return "nothing found on %s, but %s could not be told" % (seen, _plural(blocking, "thing"))
    return "nothing is wrong with " + seen


def _plural(count: int, what: str) -> str:
    return "%d %s%s" % (count, what, "" if count == 1 else "s")
