# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit says: all of it, or a line; never more than a line of `ansible -o` may hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Note
from ansible_collections.pyfleet.python.plugins.module_utils._scan.judge.verdict import (
    judge_audit,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.rules.registry import (
    BY_KEY,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.audit_result import (
    FINDINGS_LIMIT,
    serialize_audit,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Policy,
    VenvVerdict,
    Waiver,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils.fixtures import (
    factories as make,
)

REMOVED = make.python(None, make.managed("missing"))


def told(*pythons: Any, output: str = "full", waivers: Any = (), **rest: Any) -> Any:
    policy = Policy(tuple(BY_KEY), waivers=tuple(waivers))
    return serialize_audit(
        judge_audit(make.scan(*pythons, **rest), policy, make.TODAY), output
    )


def test_a_finding_in_full() -> None:
    result = told(REMOVED)
    assert set(result) == {"msg", "verdict", "summary", "findings", "incomplete"}
    assert result["verdict"] == "fail"
    assert result["msg"] == "marker-removed " + make.MARKER
    (finding,) = result["findings"]
    assert finding["id"] == "marker-removed:" + make.MARKER
    assert finding["cure"] == "apt-get install --reinstall libpython3.13-stdlib"
    assert finding["waived"] == ""
    assert result["summary"] == {
        "high": 1, "medium": 0, "low": 0, "waived": 0, "incomplete": 0,
        "rules": {"marker-removed": 1}, "installations": 1, "environments": 0,
    }  # fmt: skip


def test_a_failing_play_names_what_is_wrong_and_the_cure() -> None:
    policy = Policy(tuple(BY_KEY))
    broken = tuple(
        make.environment("interpreter-missing", path="/srv/app%02d" % n)
        for n in range(12)
    )
    audit = judge_audit(make.scan(REMOVED, environments=broken), policy, make.TODAY)
    lines = serialize_audit(audit, failed=True)["msg"].splitlines()
    assert lines[0].startswith(
        "high: environment-broken /srv/app00: It is interpreter-missing. Cure: cure "
    )
    assert lines[10:] == ["and 3 more, in the result"]
    assert "\n" not in serialize_audit(audit, output="summary", failed=True)["msg"]


def test_a_play_that_fails_as_incomplete_names_what_could_not_be_read() -> None:
    notes = (Note("/srv", "permission", "permission denied"),)
    audit = judge_audit(
        make.scan(make.python(), notes=notes), Policy(tuple(BY_KEY)), make.TODAY
    )
    assert serialize_audit(audit, failed=True)["msg"].splitlines()[1:] == [
        "/srv: permission denied"
    ]


def test_a_debian_as_installed_passes() -> None:
    """It has no python3-venv, which is of low severity."""
    verdict = VenvVerdict(
        usable=False,
        ensurepip=False,
        missing_package="python3.13-venv",
        because="no ensurepip",
    )
    result = told(make.python(None, None, verdict))
    assert (result["verdict"], result["summary"]["low"]) == ("pass", 1)


def test_waived_findings_are_counted_apart() -> None:
    result = told(REMOVED, waivers=[Waiver("marker-removed", "*", "known", "")])
    assert result["verdict"] == "pass"
    assert result["summary"]["waived"] == 1
    assert result["summary"]["rules"] == {}
    assert result["findings"][0]["waived"] == "known"


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (told(make.python()), "nothing is wrong with 1 Python and 0 environments"),
        (
            told(make.python(), environments=(make.environment(),) * 2),
            "nothing is wrong with 1 Python and 2 environments",
        ),
        (
            told(
                make.python(), notes=[Note("/srv", "permission", "permission denied")]
            ),
            "nothing found on 1 Python and 0 environments, but 1 thing could not be checked",
        ),
    ],
)
def test_the_line_for_a_person(result: Any, line: str) -> None:
    assert result["msg"] == line


def test_the_summary_has_three_keys_and_fits_a_line() -> None:
    """Ansible frames it with the host's name, `changed`, and the interpreter that it discovered."""
    environments = tuple(
        make.environment(
            "interpreter-missing",
            path="/srv/" + "very-long-name/" * 200 + "\u202e%d" % n,
        )
        for n in range(9_999)
    )
    notes = [Note("/n%d" % n, "permission", "no") for n in range(500)]
    result = told(REMOVED, output="summary", environments=environments, notes=notes)
    assert set(result) == {"msg", "verdict", "summary"}
    assert result["msg"].startswith("environment-broken /srv/ve")
    assert result["msg"].endswith("name/\\u202e0 and 9999 more")
    frame = (
        'host.example.com | SUCCESS => {"changed": false,}'
        '"ansible_facts": {"discovered_interpreter_python": "/usr/bin/python3.13"},'
    )
    assert len(frame) + len(json.dumps(result, separators=(",", ": "))) < 300


def test_what_could_not_be_judged_is_listed_with_the_rule() -> None:
    result = told(
        make.python(None, make.managed("unknown", because="no database")),
        notes=[Note("/h", "remote-home", "nfs")],
    )
    assert result["verdict"] == "incomplete"
    assert result["incomplete"] == [
        {"path": "/h", "code": "remote-home", "reason": "nfs", "blocking": False},
        {
            "path": make.MARKER,
            "code": "undecided",
            "reason": "marker-removed cannot be judged: no database",
            "blocking": True,
        },
    ]
    assert result["summary"]["incomplete"] == 1


def test_findings_are_bounded_and_all_are_counted() -> None:
    environments = tuple(
        make.environment("interpreter-missing", path="/srv/%d" % n)
        for n in range(FINDINGS_LIMIT + 5)
    )
    result = told(environments=environments)
    assert len(result["findings"]) == FINDINGS_LIMIT
    assert result["summary"]["high"] == FINDINGS_LIMIT + 5
    assert result["incomplete"][-1]["reason"].startswith("5 findings left out")


def test_no_text_of_a_host_gets_through_unescaped() -> None:
    environment = make.environment(
        "interpreter-missing", path="/srv/\udcff\x1b[2J\u202e"
    )
    result = told(
        environments=(environment,),
        waivers=[Waiver("environment-broken", "*", "\x1b[2J", "")],
    )
    text = json.dumps(result, ensure_ascii=False)
    assert text.isprintable()
    assert "\\\\xff" in text
