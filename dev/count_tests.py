# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add up the JUnit files that pytest wrote into a folder; the last line is ``N passed, N failed``.

With CI set, a test that was skipped because something "is not installed" has failed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from xml.etree import ElementTree

#: What a reason to skip says that CI could have done something about.
INSTALLABLE = "is not installed"


def count(report: Path, *, is_ci: bool = False) -> dict[str, int]:
    """Count one file's tests by outcome; a test that failed to set up or tear down has failed."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag for child in case}
        outcome = "passed"
        if kinds & {"failure", "error"}:
            outcome = "failed"
        elif "skipped" in kinds:
            outcome = "skipped"
            reason = read_reason(case)
            if is_ci and INSTALLABLE in reason:
                print(f"FAILED: skipped in CI, {reason}: {case.get('name')}")
                outcome = "failed"
        counts[outcome] += 1
    return counts


def read_reason(case: ElementTree.Element) -> str:
    """Return why a test was skipped."""
    skipped = case.find("skipped")
    return "" if skipped is None else skipped.get("message", "")


def main() -> int:
    """Print a line for each file, then the sum; status 1 where nothing passed or anything failed."""
    if len(sys.argv) != 2:
        sys.exit("usage: count_tests.py FOLDER")
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for report in sorted(Path(sys.argv[1]).glob("*.xml")):
        counts = count(report, is_ci=bool(os.environ.get("CI")))
        print(
            f"{report.stem}: "
            + ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
        )
        for outcome, number in counts.items():
            total[outcome] += number
    print(f"{total['passed']} passed, {total['failed']} failed")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
