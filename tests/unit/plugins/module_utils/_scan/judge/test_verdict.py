# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict: what counts, what is waived and until when, and what is never a pass."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Note
from ansible_collections.pyfleet.python.plugins.module_utils._scan.judge.verdict import (
    INFORMATION,
    judge_audit,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Ownership,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.rules.registry import (
    BY_KEY,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Override,
    Package,
    Policy,
    Scan,
    Waiver,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils.fixtures import (
    factories as make,
)

ALL = tuple(BY_KEY)
REMOVED = make.python(None, make.managed("missing"))
UNKNOWN = make.python(
    make.installation(
        make.reading("/opt/v/bin/python3"),
        provider="unknown",
        package=None,
        system=False,
    )
)


def judge(scan: Scan, waivers: Any = (), today: str = make.TODAY, **policy: Any) -> Any:
    return judge_audit(
        scan, Policy(**{"rules": ALL, "waivers": tuple(waivers), **policy}), today
    )


def test_a_sound_host_passes() -> None:
    audit = judge(make.scan(make.python(), environments=(make.environment(),)))
    assert (audit.verdict, audit.findings, audit.undecided) == ("pass", (), ())
    assert (audit.installations, audit.environments) == (1, 1)


def test_a_finding_fails() -> None:
    audit = judge(make.scan(REMOVED))
    assert audit.verdict == "fail"
    assert [row.rule for row in audit.counted] == ["marker-removed"]


@pytest.mark.parametrize(
    ("threshold", "verdict", "counted"),
    [("low", "fail", 2), ("medium", "fail", 1), ("high", "fail", 1)],
)
def test_findings_below_the_threshold_are_told_and_not_counted(
    threshold: str, verdict: str, counted: int
) -> None:
    audit = judge(make.scan(REMOVED, UNKNOWN), threshold=threshold)
    assert (audit.verdict, len(audit.counted)) == (verdict, counted)
    assert [row.rule for row in audit.findings] == ["marker-removed", "unknown-python"]


def test_below_the_threshold_alone_is_a_pass() -> None:
    assert judge(make.scan(UNKNOWN), threshold="medium").verdict == "pass"


def test_only_the_chosen_rules_are_judged() -> None:
    assert judge(make.scan(REMOVED), rules=("unknown-python",)).verdict == "pass"


# ------------------------------------------------------------------- incomplete


@pytest.mark.parametrize(
    "code",
    [
        "permission",
        "time-limit",
        "too-many",
        "too-large",
        "io-error",
        "foreign-link",
        "new-code",
    ],
)
def test_what_could_not_be_read_is_never_a_pass(code: str) -> None:
    audit = judge(make.scan(make.python(), notes=(Note("/srv", code, "why"),)))
    assert audit.verdict == "incomplete"
    assert audit.notes == ((Note("/srv", code, "why"), True),)


@pytest.mark.parametrize("code", sorted(INFORMATION))
def test_what_is_left_out_on_purpose_may_be_a_pass(code: str) -> None:
    audit = judge(make.scan(make.python(), notes=(Note("/home", code, "why"),)))
    assert audit.verdict == "pass"
    assert audit.notes[0][1] is False


def test_notes_that_did_not_fit_are_no_pass() -> None:
    assert (
        judge(make.scan(make.python())._replace(notes_left_out=3)).verdict
        == "incomplete"
    )


def test_a_finding_weighs_more_than_a_gap() -> None:
    assert (
        judge(make.scan(REMOVED, notes=(Note("/srv", "permission", "why"),))).verdict
        == "fail"
    )


def test_a_rule_that_could_not_tell_is_no_pass() -> None:
    audit = judge(
        make.scan(make.python(None, make.managed("unknown", because="no database")))
    )
    assert audit.verdict == "incomplete"
    assert [row.rule for row in audit.undecided] == ["marker-removed"]


def test_a_rule_below_the_threshold_need_not_tell() -> None:
    packages = (Package("six", "1", make.APT + "/six-1.dist-info", "", "unknown", ""),)
    scan = make.scan(
        make.python(make.installation(packages=packages)),
        ownership=Ownership((), unknown=(("rpm", "no sqlite3"),)),
    )
    assert judge(scan).verdict == "incomplete"
    assert judge(scan, threshold="high").verdict == "pass"


# --------------------------------------------------------------------- waivers


def waiver(rule: str = "marker-removed", path: str = "*", until: str = "") -> Waiver:
    return Waiver(rule, path, "an image that is thrown away", until)


@pytest.mark.parametrize(
    "path", ["*", make.MARKER, "/usr/lib/python3.*/EXTERNALLY-MANAGED", "/usr/*"]
)
def test_a_waived_finding_is_told_with_its_reason_and_not_counted(path: str) -> None:
    audit = judge(make.scan(REMOVED), [waiver(path=path)])
    assert audit.verdict == "pass"
    assert [row.waived for row in audit.findings] == ["an image that is thrown away"]


@pytest.mark.parametrize(
    "row",
    [
        waiver(path="/opt/*"),
        waiver("marker-altered"),
        waiver(path="EXTERNALLY-MANAGED"),
    ],
)
def test_a_waiver_covers_its_rule_and_its_path_only(row: Waiver) -> None:
    assert judge(make.scan(REMOVED), [row]).verdict == "fail"


@pytest.mark.parametrize(
    ("until", "today", "verdict"),
    [
        ("2026-11-22", "2026-11-22", "pass"),  # inclusive
        ("2026-11-21", "2026-11-22", "fail"),
        ("2026-12-01", "2026-11-30", "pass"),
        ("", "2099-01-01", "pass"),
    ],
)
def test_a_waiver_holds_through_its_last_day(
    until: str, today: str, verdict: str
) -> None:
    # By tomorrow's years other rules would have their say, so only this one is asked.
    rules = ("marker-removed", "waiver-expired")
    assert (
        judge(make.scan(REMOVED), [waiver(until=until)], today, rules=rules).verdict
        == verdict
    )


def test_an_expired_waiver_is_a_finding_beside_what_it_waived() -> None:
    audit = judge(make.scan(REMOVED), [waiver(until="2026-01-01")])
    assert [(row.rule, row.waived) for row in audit.findings] == [
        ("marker-removed", ""),
        ("waiver-expired", ""),
    ]
    expired = audit.findings[1]
    assert expired.subject == "marker-removed *"
    assert "2026-01-01" in expired.message
    assert "marker-removed:" + make.MARKER in expired.evidence


def test_an_expired_waiver_of_something_that_is_cured_is_silent() -> None:
    assert (
        judge(make.scan(make.python()), [waiver(until="2026-01-01")]).verdict == "pass"
    )


def test_a_waiver_that_holds_beats_one_that_expired() -> None:
    audit = judge(
        make.scan(REMOVED), [waiver(until="2026-01-01"), waiver(path="/usr/*")]
    )
    assert (audit.verdict, len(audit.findings)) == ("pass", 1)


def test_expiry_itself_may_be_waived_or_left_out() -> None:
    late = waiver(until="2026-01-01")
    waived = judge(make.scan(REMOVED), [late, waiver("waiver-expired")])
    assert [(row.rule, bool(row.waived)) for row in waived.findings] == [
        ("marker-removed", False),
        ("waiver-expired", True),
    ]
    rules = tuple(rule for rule in ALL if rule != "waiver-expired")
    assert [
        row.rule for row in judge(make.scan(REMOVED), [late], rules=rules).findings
    ] == ["marker-removed"]


# ---------------------------------------------------------------------- order, ids


def test_the_worst_comes_first_and_the_order_is_stable() -> None:
    pythons = [
        REMOVED,
        UNKNOWN,
        make.python(
            None,
            make.managed("modified", marker="/usr/lib/python3.12/EXTERNALLY-MANAGED"),
        ),
    ]
    first, second = judge(make.scan(*pythons)), judge(make.scan(*reversed(pythons)))
    assert first.findings == second.findings
    assert [row.severity for row in first.findings] == ["high", "medium", "low"]


def test_ids_are_unique_and_what_is_said_twice_is_one_finding() -> None:
    debug = make.installation(make.reading("/usr/bin/python3.13d"))
    row = Override("uv", "/etc/uv/uv.toml", "pip.break-system-packages = true", "")
    audit = judge(
        make.scan(
            REMOVED,
            make.python(debug, make.managed("missing", because="seen twice")),
            make.python(None, make.managed(overrides=(row, row))),
        )
    )
    ids = [finding.id for finding in audit.findings]
    assert len(ids) == len(set(ids)) == 2
    assert (
        "seen twice"
        in next(
            finding for finding in audit.findings if finding.rule == "marker-removed"
        ).evidence
    )
