# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Source audits of small files of the patterns that people publish, and precision and recall over all of them.

A file ``NAME.case`` has the path on its first line. A line that shall be found ends with ``<== RULE``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.audit_source import (
    audit_paths,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.rules import (
    RULES,
)

ROOT = Path(__file__).parents[4]
CASES = Path(__file__).with_name("source_audit_cases")
EXPECTED = re.compile(r" <== ([a-z-]+)$", re.MULTILINE)
#: Cases with a finding that needs more than the text of one file: they are counted as missed.
MISSED = {"function_argument", "get_pip"}


class Counts(NamedTuple):
    """How the findings of a case compare with what is expected."""

    found: set[tuple[int, str]]
    expected: set[tuple[int, str]]


def audit_case(case: Path, root: Path) -> Counts:
    path, _newline, text = case.read_text(encoding="utf-8").partition("\n")
    file = root / path
    file.parent.mkdir(parents=True)
    file.write_text(EXPECTED.sub("", text), encoding="utf-8")
    lines = enumerate(text.splitlines(), 1)
    expected = {
        (number, found.group(1))
        for number, line in lines
        if (found := EXPECTED.search(line))
    }
    report = audit_paths([str(root)])
    assert not report.incomplete
    assert report.files == 1
    return Counts(
        {(finding.line, finding.rule) for finding in report.findings}, expected
    )


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.stem)
def test_case(case: Path, tmp_path: Path) -> None:
    counts = audit_case(case, tmp_path / "repository")
    if case.stem in MISSED:
        assert counts.found < counts.expected, "no longer missed: remove it from MISSED"
    else:
        assert counts.found == counts.expected


def test_precision_and_recall_are_those_of_the_documentation(tmp_path: Path) -> None:
    counts = [
        audit_case(case, tmp_path / case.stem) for case in sorted(CASES.iterdir())
    ]
    found = sum(len(count.found) for count in counts)
    expected = sum(len(count.expected) for count in counts)
    right = sum(len(count.found & count.expected) for count in counts)
    said = (
        f"{len(counts)} files with {expected} expected findings: {right} are found, {found - right} are false alarms "
        f"(precision {right / found:.2f}, recall {right / expected:.2f})"
    )
    page = (ROOT / "docs/source_audit.md").read_text(encoding="utf-8")
    assert said in " ".join(page.split())


def test_every_rule_has_cases() -> None:
    rules = {
        rule
        for case in CASES.iterdir()
        for rule in EXPECTED.findall(case.read_text(encoding="utf-8"))
    }
    assert rules == {rule.key for rule in RULES}
