# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of hosts on disk: what is written is read again, and what is damaged is named in one sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.host_result import (
    HostResult,
    RunRecord,
    UnreadableFile,
    from_module_result,
    read_host_results,
    read_run_record,
    result_file_name,
    write_host_result,
    write_run_record,
)

FINDING = {
    "id": "unknown-python:/opt/x",
    "rule": "unknown-python",
    "severity": "low",
    "subject": "/opt/x",
    "message": "no known provider",
    "evidence": ["no package owns it"],
    "cure": "find out who uses it",
    "waived": "",
}
AUDIT = {
    "msg": "unknown-python /opt/x",
    "verdict": "pass",
    "summary": {},
    "findings": [FINDING],
    "incomplete": [],
}


def record(host: str = "web1", **changes: Any) -> HostResult:
    values: dict[str, Any] = {
        "state": "scanned",
        "time": "2026-11-28T23:00:00Z",
        "run": "r1",
        "audit": AUDIT,
    }
    return HostResult(host=host, **{**values, **changes})


@pytest.mark.parametrize(
    "host",
    ["web1", "run", ".", "..", "a/b", "über 1", "%72un", "x%00", "[::1]:22", "é" * 250],
)
def test_a_host_of_any_name_is_read_as_it_was_written(
    tmp_path: Path, host: str
) -> None:
    written = record(
        host, groups=("a", "b"), inventory={"installations": [], "environments": []}
    )
    write_host_result(str(tmp_path), written)
    assert list(read_host_results(str(tmp_path))) == [written]
    assert os.listdir(tmp_path) == [result_file_name(host)]
    assert (tmp_path / result_file_name(host)).stat().st_mode & 0o777 == 0o600


def test_the_record_of_the_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = RunRecord(
        run="r1",
        started="2026-11-28T23:00:00Z",
        expected={"a": ("web",), "b": ()},
        fail_on=("fail",),
        baseline="b.json",
    )
    write_run_record(str(tmp_path), run)
    write_host_result(str(tmp_path), record("run"))
    assert read_run_record(str(tmp_path)).record == run
    assert [result.host for result in read_host_results(str(tmp_path))] == ["run"]  # type: ignore[union-attr]  # no damaged file


def test_without_a_record_of_the_run_the_problem_is_said(tmp_path: Path) -> None:
    state = read_run_record(str(tmp_path))
    assert state.record is None
    assert state.problem == "run.json is missing: hosts without a result are not known"


DAMAGED = [
    (b"", "is not JSON"),
    (b"{", "is not JSON"),
    (b"\xff\xfe", "is not UTF-8"),
    (b"[]", "not a JSON object"),
    (b"[" * 200_000, "nested too deeply"),
    (b'{"schema_version": 2}', "schema_version is 2"),
    (b'{"schema_version": true}', "schema_version is True"),
    (b'{"schema_version": NaN}', "NaN is not a JSON number"),
    (b'{"schema_version": 1, "state": "fine"}', "state is 'fine'"),
    (b'{"schema_version": 1, "state": "failed"}', "host is not a text"),
    (
        b'{"schema_version": 1, "state": "scanned", "host": "x"}',
        "audit is not an object",
    ),
]


@pytest.mark.parametrize(("content", "reason"), DAMAGED)
def test_a_damaged_file_is_named_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    (tmp_path / "x.json").write_bytes(content)
    (unreadable,) = read_host_results(str(tmp_path))
    assert isinstance(unreadable, UnreadableFile)
    assert str(unreadable).startswith("x.json is not a result of a host: ")
    assert reason in str(unreadable)


CHANGES = [
    ({"audit": {**AUDIT, "verdict": "fine"}}, "audit.verdict"),
    (
        {"audit": {key: value for key, value in AUDIT.items() if key != "findings"}},
        "output=summary",
    ),
    (
        {"audit": {**AUDIT, "findings": [{**FINDING, "severity": "fatal"}]}},
        "severity 'fatal'",
    ),
    (
        {"audit": {**AUDIT, "findings": [{**FINDING, "subject": 1}]}},
        "subject is not a text",
    ),
    (
        {"audit": {**AUDIT, "findings": [{**FINDING, "evidence": "x"}]}},
        "evidence is not a list",
    ),
    ({"audit": {**AUDIT, "incomplete": [{"path": "/"}]}}, "code is not a text"),
    ({"audit": {**AUDIT, "incomplete": 1}}, "incomplete is not a list"),
    ({"audit": {**AUDIT, "incomplete": None}}, "incomplete is not a list"),
    ({"audit": {**AUDIT, "findings": None}}, "findings is not a list"),
    ({"audit": {**AUDIT, "findings": 0}}, "findings is not a list"),
    ({"inventory": {"environments": [{"packages": 5}]}}, "packages of inventory"),
    ({"inventory": {"installations": [{"path": []}]}}, "path is not a text"),
    (
        {"inventory": {"environments": [{"path": "/v", "packages": [["pip"]]}]}},
        "a package of inventory",
    ),
    ({"groups": "all"}, "groups is not a list"),
    ({"host": "y"}, "whose file has another name"),
]


@pytest.mark.parametrize(("changes", "reason"), CHANGES)
def test_a_result_with_a_wrong_value_is_named(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    path = write_host_result(str(tmp_path), record("x"))
    values = {**json.loads(Path(path).read_text()), **changes}
    Path(path).write_text(json.dumps(values))
    (unreadable,) = read_host_results(str(tmp_path))
    assert reason in str(unreadable)


def test_what_is_no_regular_file_is_named_and_waits_for_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    (tmp_path / "b.json").mkdir()
    (tmp_path / "c.json").symlink_to("nowhere")
    (tmp_path / "d.txt").write_text("notes")
    (tmp_path / ".web1.json.x.tmp").write_text("{")
    reasons = [
        str(each).partition("host: ")[2] for each in read_host_results(str(tmp_path))
    ]
    assert reasons == [
        "it is not a regular file",
        "it is not a regular file",
        "it is a symbolic link that leads nowhere",
        "its name does not end in .json",
    ]


def test_text_that_utf8_cannot_hold_is_replaced(tmp_path: Path) -> None:
    write_host_result(
        str(tmp_path), record("x", state="failed", audit=None, message="caf\udce9")
    )
    (result,) = read_host_results(str(tmp_path))
    assert isinstance(result, HostResult)
    assert result.message == "caf\ufffd"


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    write_host_result(str(tmp_path), record("x"))
    with pytest.raises(TypeError):
        write_host_result(str(tmp_path), record("x", audit={"verdict": object()}))
    assert os.listdir(tmp_path) == ["x.json"]
    (result,) = read_host_results(str(tmp_path))
    assert result == record("x")


MODULE_RESULTS = [
    ({**AUDIT, "failed": True, "invocation": {"module_args": {}}}, "scanned", ""),
    (
        {"unreachable": True, "msg": "ssh: no route\nto host"},
        "unreachable",
        "ssh: no route",
    ),
    ({"failed": True, "module_stderr": "Killed"}, "failed", "Killed"),
    ({"verdict": "pass", "msg": "fine"}, "failed", "fine"),
    ({}, "failed", "no reason was given"),
]


@pytest.mark.parametrize(("result", "state", "message"), MODULE_RESULTS)
def test_what_the_module_returned_becomes_a_record(
    result: dict[str, Any], state: str, message: str
) -> None:
    made = from_module_result(
        result, host="x", groups=("b", "a"), run="r1", time="2026-11-28T23:00:00Z"
    )
    assert (made.state, made.message, made.groups) == (state, message, ("a", "b"))
    assert (made.audit == AUDIT) if state == "scanned" else made.audit is None


def nested(depth: int) -> Any:
    value: Any = "\ud800"
    for _level in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("result", "facts"),
    [
        ({**AUDIT, "findings": 0}, None),
        ({**AUDIT, "findings": [{**FINDING, "evidence": nested(3000)}]}, None),
        (AUDIT, {"installations": [{"path": 5}]}),
        (AUDIT, [1]),
    ],
)
def test_what_a_host_sends_in_place_of_a_result_is_a_failure_of_that_host(
    tmp_path: Path, result: Any, facts: Any
) -> None:
    made = from_module_result(
        result, host="x", groups=(), run="r1", time="2026-11-28T23:00:00Z", facts=facts
    )
    assert (made.state, made.audit) == ("failed", None)
    assert made.message.startswith("what the host returned is not a result: ")
    write_host_result(str(tmp_path), made)
    assert list(read_host_results(str(tmp_path))) == [made]


def test_nothing_but_what_reports_use_is_kept_of_a_result(tmp_path: Path) -> None:
    sent = {**AUDIT, "summary": {"high": 1, "x": nested(3000)}, "more": nested(3000)}
    made = from_module_result(
        sent, host="x", groups=(), run="r1", time="2026-11-28T23:00:00Z"
    )
    assert made.audit == {**AUDIT, "summary": {"high": 1}}


@pytest.mark.parametrize("depth", [900, 3000, 9000, 100_000])
def test_depth_that_the_parser_of_json_takes_does_not_end_the_report(
    tmp_path: Path, depth: int
) -> None:
    path = write_host_result(str(tmp_path), record("x"))
    deep = "[" * depth + '"\\ud800"' + "]" * depth
    text = Path(path).read_text().replace('"summary":{}', '"summary":' + deep)
    assert deep in text
    Path(path).write_text(text)
    (found,) = read_host_results(str(tmp_path))
    assert isinstance(found, (HostResult, UnreadableFile))


def test_facts_are_reduced_to_what_reports_use() -> None:
    facts = {
        "installations": [
            {
                "path": "/usr/bin/python3.13",
                "names": [],
                "version": "3.13.5",
                "provider": "debian",
                "packages": [
                    {
                        "name": "pip",
                        "version": "25.1",
                        "location": "/usr/lib",
                        "origin": "distribution",
                    }
                ],
            }
        ],
        "environments": [{"path": "/srv/v", "kind": "venv", "problems": []}],
    }
    made = from_module_result(
        AUDIT, host="x", groups=(), run="r1", time="t", facts=facts
    )
    assert made.inventory == {
        "installations": [
            {
                "path": "/usr/bin/python3.13",
                "version": "3.13.5",
                "provider": "debian",
                "packages": [["pip", "25.1", "distribution"]],
            }
        ],
        "environments": [{"path": "/srv/v", "kind": "venv"}],
    }
