# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict: rules over a scan, less what is waived, against a threshold; what could not be read is never a pass."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Iterable

from ..model import Audit, Finding, Policy, Scan, Undecided, Waiver
from ..rules.all_rules import FUNCTIONS, Case, finding
from ..rules.table import BY_KEY, INFORMATION, SEVERITIES


def needed(rules: Iterable[str]) -> tuple[str, ...]:
    """Give the subsets of a scan that these rules judge, so that no more is gathered."""
    return tuple(sorted({subset for key in rules for subset in BY_KEY[key].needs.split()}))


def judge_audit(scan: Scan, policy: Policy, today: str) -> Audit:
    """Hold a policy against a scan, on an ISO date in UTC; ``heavy`` is what is at or above the threshold."""
    findings, undecided = _apply(Case(scan.readings, scan.classified, scan.judged, today), policy.rules)
    findings, expired = _waive(findings, policy.waivers, today)
    if "waiver-expired" in policy.rules:
        findings += _waive(expired, policy.waivers, today)[0]
    findings.sort(key=lambda row: (-SEVERITIES.index(row.severity), row.rule, row.subject))
    heavy = SEVERITIES[SEVERITIES.index(policy.threshold) :]
    counted = tuple(row for row in findings if not row.waived and row.severity in heavy)
    unsure = tuple(row for row in undecided if BY_KEY[row.rule].severity in heavy)
    notes = tuple((note, note.code not in INFORMATION) for note in scan.notes)
    incomplete = unsure or scan.notes_left_out or any(blocks for _note, blocks in notes)
    verdict = "fail" if counted else "incomplete" if incomplete else "pass"
    pythons, places = len(scan.judged.installations), len(scan.judged.environments)
    return Audit(verdict, tuple(findings), unsure, notes, scan.notes_left_out, counted, policy, pythons, places)


def _apply(case: Case, rules: tuple[str, ...]) -> tuple[list[Finding], list[Undecided]]:
    """Run the rules; what is said twice of one subject becomes one finding with the evidence of both."""
    findings: dict[str, Finding] = {}
    undecided: dict[Undecided, None] = {}
    for function in dict.fromkeys(FUNCTIONS[key] for key in rules if key in FUNCTIONS):
        for said in function(case):
            if said.rule not in rules:
                continue
            if isinstance(said, Undecided):
                undecided[said] = None
            else:
                first = findings.setdefault(said.id, said)
                findings[said.id] = first._replace(evidence=tuple(dict.fromkeys(first.evidence + said.evidence)))
    return list(findings.values()), list(undecided)


def _waive(findings: list[Finding], waivers: tuple[Waiver, ...], today: str) -> tuple[list[Finding], list[Finding]]:
    """Mark what is waived; give besides a finding for each waiver that would have covered one, had it not expired."""
    marked: list[Finding] = []
    expired: dict[str, Finding] = {}
    for row in findings:
        covering = [waiver for waiver in waivers if waiver.rule == row.rule and fnmatchcase(row.subject, waiver.path)]
        valid = next((waiver for waiver in covering if not waiver.until or today <= waiver.until), None)
        marked.append(row._replace(waived=valid.reason) if valid else row)
        if covering and not valid:
            late = max(covering, key=lambda waiver: waiver.until)
            message = "the waiver of %s for %s ended on %s, and what it waived is still there"
            message %= (late.rule, late.path, late.until)
            said = finding("waiver-expired", late.rule + " " + late.path, message, "", (row.id, late.reason))
            expired.setdefault(said.id, said)
    return marked, list(expired.values())
