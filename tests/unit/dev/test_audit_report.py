# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of `make audit`: what a person must be able to read in it."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import audit_report
import pytest

SAMPLE = json.loads(
    (Path(__file__).parent / "sample_result.json").read_text(encoding="utf-8")
)


@pytest.fixture
def results() -> dict[str, Any]:
    return copy.deepcopy(SAMPLE)


def report(results: dict[str, Any], **environment: str) -> str:
    """Return the report as a pipe gets it, whatever the terminal that the tests run in."""
    stream = io.StringIO()
    audit_report.write(results, stream, environment)
    return stream.getvalue()


def line_of(text: str, start: str) -> str:
    (line,) = [line for line in text.splitlines() if line.startswith(start)]
    return line


def test_an_installation_is_one_row_what_where_whose_may_pip(
    results: dict[str, Any],
) -> None:
    text = report(results, COLUMNS="200")
    cells = [
        cell.strip()
        for cell in line_of(text, "CPython 3.13.0").split("  ")
        if cell.strip()
    ]
    assert cells[1:] == [
        "/opt/pyenv/versions/3.13.0/bin/python3.13",
        "pyenv",
        "yes: not externally managed",
    ]
    assert text.index("CPython 3.11.2") < text.index("CPython 3.13.0"), (
        "the system's own comes first"
    )


@pytest.mark.parametrize(
    ("pip", "uv", "said"),
    [
        (True, True, "no: because"),
        (False, False, "yes: because"),
        (None, None, "unknown: because"),
        ("unknown", True, "unknown: because"),
        (False, True, "yes: because (uv: no)"),
        (True, False, "no: because (uv: yes)"),
    ],
)
def test_may_pip_write(pip: Any, uv: Any, said: str) -> None:
    effective = {"pip": pip, "uv": uv, "because": {"pip": "because"}}
    assert (
        audit_report.may_install({"externally_managed": {"effective": effective}})
        == said
    )


def test_a_reason_does_not_repeat_where_the_marker_would_be() -> None:
    because = {
        "pip": "not externally managed: no regular file at /x/EXTERNALLY-MANAGED"
    }
    managed = {
        "marker": "/x/EXTERNALLY-MANAGED",
        "effective": {"pip": False, "because": because},
    }
    assert (
        audit_report.may_install({"externally_managed": managed})
        == "yes: not externally managed"
    )
    because["pip"] = "PIP_BREAK_SYSTEM_PACKAGES: set in /etc/environment"
    assert (
        audit_report.may_install({"externally_managed": managed})
        == f"yes: {because['pip']}"
    )


def test_somebody_who_met_the_error_finds_its_words() -> None:
    because = {"pip": "externally managed (PEP 668), and pip 25.1.1 obeys"}
    managed = {
        "marker": "/x/EXTERNALLY-MANAGED",
        "effective": {"pip": True, "because": because},
    }
    assert (
        audit_report.may_install({"externally_managed": managed})
        == "no: externally managed (PEP 668)"
    )


def test_the_report_fits_80_columns_but_for_commands(results: dict[str, Any]) -> None:
    long = "/home/somebody/.local/share/uv/python/cpython-3.13.5-linux-x86_64-gnu/bin/python3.13"
    installation = results["python_facts"]["ansible_facts"]["pyfleet_python"][
        "installations"
    ][0]
    installation.update(path=long, provider="python-build-standalone")
    results["audit"]["findings"][0]["subject"] = long
    results["audit"]["findings"][0]["cure"] = "Edit this file. " * 20 + "Then go on."
    for line in report(results).splitlines():
        assert len(line) <= 80


def test_the_order_is_system_provider_version() -> None:
    found = [
        {"provider": "pyenv", "version": "3.9.18", "system": False, "path": "/a"},
        {"provider": "pyenv", "version": "3.12.1", "system": False, "path": "/b"},
        {"provider": "conda", "version": "3.8", "system": False, "path": "/c"},
        {"provider": "debian", "version": "3.11.2", "system": True, "path": "/z"},
    ]
    assert [one["path"] for one in sorted(found, key=audit_report.order)] == [
        "/z",
        "/c",
        "/b",
        "/a",
    ]


def test_what_is_not_there_is_unknown_and_no_error() -> None:
    assert audit_report.may_install({}) == "unknown"
    text = report(
        {"python_facts": {"ansible_facts": {"pyfleet_python": {"installations": [{}]}}}}
    )
    assert "Python (version unknown)" in text
    assert "Verdict: none" in text


def test_findings_come_worst_first_with_their_cure(results: dict[str, Any]) -> None:
    text = report(results)
    assert text.index("marker-neutralised") < text.index("environment-broken")
    assert "Cure: remove break-system-packages from [global] in /etc/pip.conf" in text


def test_waived_findings_are_counted_and_not_shown(results: dict[str, Any]) -> None:
    text = report(results)
    assert "1 waived." in text
    assert "unknown-python" not in text


def test_a_command_is_never_wrapped(results: dict[str, Any]) -> None:
    command = "apt-get install --reinstall " + " ".join(
        f"package-{number}" for number in range(40)
    )
    results["audit"]["findings"][0]["cure"] = command
    assert f"Cure: {command}\n" in report(results)


def test_only_broken_environments_are_listed(results: dict[str, Any]) -> None:
    text = report(results)
    assert "3 found (1 pipx, 2 venv); 1 broken, 1 of unknown health" in text
    assert "/srv/gone" in text
    assert "/srv/app" not in text


def test_what_was_not_seen_is_said_once(results: dict[str, Any]) -> None:
    assert report(results).count("network file systems are not searched") == 1
    results["audit"]["incomplete"] = [
        {"path": f"/x{number}", "reason": "r"} for number in range(40)
    ]
    assert "... and 26 more, in the result." in report(results)


def test_what_keeps_the_verdict_from_a_pass_is_said_first(
    results: dict[str, Any],
) -> None:
    results["audit"]["incomplete"].append(
        {"path": "/srv", "reason": "permission denied", "blocking": True}
    )
    text = report(results)
    assert text.index("/srv: permission denied") < text.index("/home/nfs: network")


@pytest.mark.parametrize(
    ("package", "said"),
    [
        ({"name": "python3.11-minimal", "known": True}, "debian (python3.11-minimal)"),
        ({"name": "", "known": True}, "debian"),
        ({"name": "", "known": False}, "debian (package unknown)"),
        (None, "debian"),
    ],
)
def test_whose_tells_no_package_from_an_unknown_one(package: Any, said: str) -> None:
    assert audit_report.provider_of({"provider": "debian", "package": package}) == said


def test_a_failed_audit_is_reported_all_the_same(results: dict[str, Any]) -> None:
    results["audit"]["failed"] = True
    text = report(results)
    assert "marker-neutralised" in text
    assert line_of(text, "Verdict") == "Verdict: fail. 1 high and 1 low finding"


def test_a_module_that_broke_off_is_not_taken_for_a_pass() -> None:
    text = report(
        {
            "python_facts": {"failed": True, "msg": "no such user"},
            "audit": {"failed": True, "msg": "bad rule"},
        }
    )
    assert "python_facts failed: no such user" in text
    assert "Verdict: none. bad rule" in text
    assert "No Python was found" not in text
    assert "None." not in text


def test_a_plain_user_is_told_of_what_only_root_sees(results: dict[str, Any]) -> None:
    assert "sudo make audit" not in report(results)
    results["user_id"] = 1000
    assert "sudo make audit" in report(results)


def test_names_from_the_host_cannot_steer_the_terminal(results: dict[str, Any]) -> None:
    results["audit"]["findings"][0]["message"] = "a\x1b]0;title\x07b"
    results["python_facts"]["ansible_facts"]["pyfleet_python"]["installations"][0][
        "path"
    ] = "/x\x1b[2J"
    assert "\x1b" not in report(results)
