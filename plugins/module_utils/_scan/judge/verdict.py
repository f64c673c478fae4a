# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict: rules over a scan, less what is waived, against a threshold; what could not be read is never a pass."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Iterable

from ..audit_model import AuditReadings
from ..rules.registry import BY_KEY, CHECKS, WAIVER_EXPIRED
from ..rules.rule import SEVERITIES, ScannedHost
from ..verdicts import Audit, Finding, Policy, Scan, Undecided, Waiver

#: Codes of notes about a choice, not about a failure: with them alone a verdict may be a pass.
INFORMATION = frozenset(
    "bad-path cut link-loop no-home no-such-directory not-a-file not-python relative-path-entry remote-file-system "
    "remote-home remote-mount".split()
)


def needed(rules: Iterable[str]) -> tuple[str, ...]:
    """Return the subsets of a scan that these rules judge, so that no more is gathered."""
    return tuple(sorted({subset for key in rules for subset in BY_KEY[key].needs}))


_NOTHING_MORE = AuditReadings()


def judge_audit(
    scan: Scan, policy: Policy, today: str, more: AuditReadings = _NOTHING_MORE
) -> Audit:
    """Judge a scan, and what an audit reads beside it, by a policy on an ISO date in UTC."""
    scanned = ScannedHost(
        readings=scan.readings,
        classified=scan.classified,
        judged=scan.judged,
        today=today,
        more=more,
        listed_packages=policy.listed_packages,
    )
    found, undecided = _apply(scanned, policy.rules)
    findings, expired = _waive(found, policy.waivers, today)
    if WAIVER_EXPIRED.key in policy.rules:
        findings += _waive(expired, policy.waivers, today)[0]
    findings.sort(
        key=lambda row: (-SEVERITIES.index(row.severity), row.rule, row.subject)
    )
    counting = SEVERITIES[SEVERITIES.index(policy.threshold) :]
    counted = tuple(
        row for row in findings if not row.waived and row.severity in counting
    )
    unsure = tuple(row for row in undecided if BY_KEY[row.rule].severity in counting)
    notes = tuple((note, note.code not in INFORMATION) for note in scan.notes)
    verdict = "pass"
    if counted:
        verdict = "fail"
    elif unsure or scan.notes_left_out or any(blocks for _note, blocks in notes):
        verdict = "incomplete"
    return Audit(
        verdict=verdict,
        findings=tuple(findings),
        undecided=unsure,
        notes=notes,
        notes_left_out=scan.notes_left_out,
        counted=counted,
        policy=policy,
        installations=len(scan.judged.installations),
        environments=len(scan.judged.environments),
    )


def _apply(
    scanned: ScannedHost, rules: tuple[str, ...]
) -> tuple[list[Finding], list[Undecided]]:
    """Run the checks of these rules; findings of one rule on one subject become one, with the evidence of all."""
    findings: dict[str, Finding] = {}
    undecided: dict[Undecided, None] = {}
    for check in CHECKS:
        if not any(rule.key in rules for rule in check.rules):
            continue
        for result in check.function(scanned):
            if result.rule not in rules:
                continue
            if isinstance(result, Undecided):
                undecided[result] = None
                continue
            first = findings.setdefault(result.id, result)
            evidence = tuple(dict.fromkeys(first.evidence + result.evidence))
            findings[result.id] = first._replace(evidence=evidence)
    return list(findings.values()), list(undecided)


def _waive(
    findings: list[Finding], waivers: tuple[Waiver, ...], today: str
) -> tuple[list[Finding], list[Finding]]:
    """Return the findings, the waived ones marked, and one for each expired waiver that would have covered any."""
    marked: list[Finding] = []
    expired: dict[str, Finding] = {}
    for row in findings:
        covering = [
            waiver
            for waiver in waivers
            if waiver.rule == row.rule and fnmatchcase(row.subject, waiver.path)
        ]
        valid = next(
            (
                waiver
                for waiver in covering
                if not waiver.until or today <= waiver.until
            ),
            None,
        )
        marked.append(row._replace(waived=valid.reason) if valid else row)
        if covering and not valid:
            late = max(covering, key=lambda waiver: waiver.until)
            finding = WAIVER_EXPIRED.finding(
                "%s %s" % (late.rule, late.path),
                "the waiver of %s for %s ended on %s, and the finding still exists"
                % (late.rule, late.path, late.until),
                evidence=(row.id, late.reason),
            )
            expired.setdefault(finding.id, finding)
    return marked, list(expired.values())
