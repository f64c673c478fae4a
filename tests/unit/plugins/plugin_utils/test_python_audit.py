# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that workers share, results that hosts wrote, and options that are passed on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Dict, List

import pytest

if sys.version_info < (3, 11):
    pytest.skip("this runs on a controller's Python", allow_module_level=True)
from ansible_collections.pyfleet.python.plugins.action.audit_collect import (
    make_command,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.host_result import (
    HostResult,
    InvalidResultError,
    read_run_record,
    write_host_result,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.collected import (
    parse_collected,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.collection_version import (
    read_collection_version,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.options import (
    ARGUMENTS,
    InvalidOptionsError,
    make_config,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.run import (
    Play,
    find_hosts_without_result,
    open_run,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.run_lock import (
    claim_report,
)

yaml = pytest.importorskip("yaml", reason="checked on a controller's Python")

ROLE = Path(__file__).resolve().parents[4] / "roles/python_audit"
GROUPS = {
    "all": ["web1", "web2", "db1"],
    "ungrouped": [],
    "web": ["web1", "web2"],
    "old": ["web2", "gone"],
}
AUDIT = {
    "msg": "nothing",
    "verdict": "pass",
    "summary": {},
    "findings": [],
    "incomplete": [],
}
NOON = 1_780_000_000.0  # 2026-05-28T20:26:40Z


def play(
    session: str,
    host: str = "web1",
    resume: bool = False,
    hosts: Any = ("web1", "web2"),
) -> Play:
    return Play(
        session=session, host=host, hosts=list(hosts), groups=GROUPS, resume=resume
    )


def test_all_workers_of_a_play_have_one_run(tmp_path: Path) -> None:
    runs: List[str] = []
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        barrier.wait()
        runs.append(
            open_run(
                str(tmp_path / "results"), play("one", "web%d" % (number % 2 + 1))
            ).run
        )

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(set(runs)) == 1
    record = read_run_record(str(tmp_path / "results")).record
    assert record is not None
    assert dict(record.expected) == {"web1": ("web",), "web2": ("old", "web")}
    assert (tmp_path / "results").stat().st_mode & 0o777 == 0o700


def test_a_run_records_the_version_of_the_collection(tmp_path: Path) -> None:
    open_run(str(tmp_path), play("one"))
    record = read_run_record(str(tmp_path)).record
    assert record is not None
    source = (Path(__file__).resolve().parents[4] / "galaxy.yml").read_text("utf-8")
    assert f"\nversion: {record.collection_version}\n" in source


@pytest.mark.parametrize(
    ("files", "version"),
    [
        (
            {
                "MANIFEST.json": '{"collection_info": {"version": "2.0.0"}}',
                "galaxy.yml": "version: 1.9.9",
            },
            "2.0.0",
        ),
        ({"MANIFEST.json": "[]", "galaxy.yml": "name: x\nversion: 1.9.9\n"}, "1.9.9"),
        ({"MANIFEST.json": "{"}, ""),
    ],
    ids=["installed", "a clone", "neither"],
)
def test_where_the_version_is_read(
    files: Dict[str, str], version: str, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert read_collection_version(tmp_path) == version


def test_a_new_ansible_playbook_starts_a_run_unless_it_continues_one(
    tmp_path: Path,
) -> None:
    first = open_run(str(tmp_path), play("one")).run
    assert open_run(str(tmp_path), play("two", resume=True)).run == first
    assert open_run(str(tmp_path), play("two")).run != first


def test_a_second_play_adds_its_hosts_to_the_run(tmp_path: Path) -> None:
    first = open_run(str(tmp_path), play("one"))
    second = open_run(str(tmp_path), play("one", "db1", hosts=["db1"]))
    assert second.run == first.run
    assert second.collection_version == first.collection_version
    assert set(second.expected) == {"web1", "web2", "db1"}


def test_hosts_without_a_result_of_this_run_are_found(tmp_path: Path) -> None:
    directory = str(tmp_path)
    result = {"state": "scanned", "time": "2026-05-28T20:26:40Z", "audit": AUDIT}
    old = write_host_result(directory, HostResult(host="web1", run="earlier", **result))
    os.utime(old, (1, 1))
    run = open_run(directory, play("one")).run
    assert list(find_hosts_without_result(directory, run, ["web1", "web2"])) == [
        "web1",
        "web2",
    ]
    write_host_result(directory, HostResult(host="web2", run=run, **result))
    assert list(find_hosts_without_result(directory, run, ["web1", "web2"])) == ["web1"]


def test_a_result_that_a_continued_run_already_has_counts(tmp_path: Path) -> None:
    directory = str(tmp_path)
    run = open_run(directory, play("one")).run
    path = write_host_result(
        directory,
        HostResult(
            host="web1",
            run=run,
            state="scanned",
            time="2026-05-28T20:26:40Z",
            audit=AUDIT,
        ),
    )
    os.utime(path, (1, 1))  # as after a later play rewrote the record of the run
    assert list(find_hosts_without_result(directory, run, ["web1"])) == []


def test_one_worker_builds_the_report_and_a_failure_leaves_it_to_the_next(
    tmp_path: Path,
) -> None:
    with pytest.raises(ValueError, match="full"), claim_report(
        str(tmp_path), "task"
    ) as claimed:
        assert claimed
        raise ValueError("full")
    for expected in (True, False):
        with claim_report(str(tmp_path), "task") as claimed:
            assert claimed is expected
    with claim_report(str(tmp_path), "another task") as claimed:
        assert claimed


def own_result(**values: Any) -> str:
    record: Dict[str, Any] = {
        "schema_version": 1,
        "state": "scanned",
        "message": "",
        "time": "2026-05-28T20:00:00Z",
    }
    return json.dumps({**record, "audit": AUDIT, "facts": None, **values})


def test_a_result_that_a_host_wrote_is_taken_with_its_time() -> None:
    facts = {
        "installations": [{"path": "/usr/bin/python3.13", "version": "3.13.5"}],
        "environments": [],
    }
    found = parse_collected(own_result(facts=facts), NOON, 3600)
    assert (found.result, found.facts, found.time) == (
        AUDIT,
        facts,
        "2026-05-28T20:00:00Z",
    )


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "has no schema_version 1"),
        (own_result(schema_version=2), "has no schema_version 1"),
        (own_result(time="yesterday"), "has no time"),
        (own_result(time="2026-05-28T19:00:00Z"), "its timer does not run, or fails"),
        (own_result(time="2026-05-29T20:00:00Z"), "which is in the future"),
        (own_result(time="9999-12-31T23:59:59Z"), "which is in the future"),
        (own_result(audit={"verdict": "pass"}), "audit has no findings"),
        (own_result(audit=None), "audit is not an object"),
        (own_result(facts=[1]), "facts of another shape"),
        (
            own_result(facts={"installations": [3], "environments": []}),
            "facts of another shape",
        ),
    ],
)
def test_what_is_no_recent_result_is_rejected(text: str, message: str) -> None:
    with pytest.raises(InvalidResultError, match=message):
        parse_collected(text, NOON, 3600)


def test_a_failed_audit_of_a_host_is_a_failure() -> None:
    found = parse_collected(
        own_result(state="failed", message="no disk", audit=None), NOON, 3600
    )
    assert found.result == {
        "failed": True,
        "msg": "the host's own audit failed: no disk",
    }


def test_the_configuration_has_the_module_s_defaults() -> None:
    config = json.loads(
        make_config(
            {"rules": None, "depth": "3"},
            result="/r.json",
            textfile_directory="/t/",
            inventory="none",
        )
    )
    assert config["options"]["depth"] == 3
    assert config["options"]["threshold"] == ARGUMENTS["threshold"]["default"]
    assert config["textfile"] == "/t/pyfleet_python_audit.prom"


@pytest.mark.parametrize(
    "options, message",
    [
        ({"rules": ["marker-gone"]}, "Did you mean marker-removed"),
        ({"threshold": "all"}, "threshold"),
        ({"output": "summary"}, "output"),
        ({"paths": ["opt"]}, "not absolute"),
    ],
)
def test_options_that_the_module_would_reject_are_rejected_on_the_controller(
    options: Dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidOptionsError, match=message):
        make_config(options, result="/r.json", textfile_directory="", inventory="none")


@pytest.mark.parametrize("directory", ["metrics", "metrics/", "\n/metrics"])
def test_a_directory_that_the_program_would_refuse_is_refused_on_the_controller(
    directory: str,
) -> None:
    with pytest.raises(InvalidOptionsError, match="not an absolute path"):
        make_config(
            {}, result="/r.json", textfile_directory=directory, inventory="none"
        )


def test_the_role_has_every_option_of_the_module() -> None:
    passed = yaml.safe_load((ROLE / "vars/main/options.yml").read_text())[
        "__python_audit_options"
    ]
    assert passed == {name: "{{ python_audit_%s }}" % name for name in ARGUMENTS}
    specified = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())[
        "argument_specs"
    ]["main"]["options"]
    for name, argument in ARGUMENTS.items():
        option = specified["python_audit_" + name]
        for key in ("type", "elements", "choices"):
            assert option.get(key) == argument.get(key), name
        assert option["default"] == argument.get("default"), name


def test_only_a_regular_file_is_collected(tmp_path: Path) -> None:
    (tmp_path / "it's").write_text("{}")
    os.mkfifo(tmp_path / "pipe")

    def collect(name: str) -> subprocess.CompletedProcess[bytes]:
        command = make_command(str(tmp_path / name))
        return subprocess.run(
            ["/bin/sh", "-c", command], capture_output=True, timeout=20, check=False
        )

    assert collect("it's").stdout == b"{}"
    for name in ("pipe", "absent"):
        assert collect(name).returncode == 1
        assert name.encode() in collect(name).stderr
