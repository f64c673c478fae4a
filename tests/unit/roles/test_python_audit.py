# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role is played on hosts that answer, one that is down, and one without a Python, as fleets are played."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest

pytest.importorskip("ansible.cli.playbook", reason="needs a whole ansible-core")

REPOSITORY = Path(__file__).resolve().parents[3]
STATUSES = {
    "web1": "fail", "web2": "fail", "../web3": "fail", "without-python": "failed", "down": "unreachable",
}  # fmt: skip


class Fleet:
    """An inventory of hosts that are this machine, a root with a broken environment, and a play of the role."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (directory / "root/opt/web/bin").mkdir(parents=True)
        (directory / "root/opt/web/pyvenv.cfg").write_text(
            "home = /usr/bin\nversion = 3.7.3\n"
        )
        (directory / "root/opt/web/bin/python").symlink_to("/usr/bin/python3.7")
        hosts: Dict[str, Any] = dict.fromkeys(("web1", "web2", "../web3"))
        hosts["without-python"] = {"ansible_python_interpreter": "/nonexistent/python3"}
        hosts["down"] = {
            "ansible_connection": "ssh",
            "ansible_host": "127.0.0.1",
            "ansible_port": 1,
        }
        variables = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "python_audit_root": str(directory / "root"),
        }
        (directory / "hosts.yml").write_text(
            json.dumps({"all": {"hosts": hosts, "vars": variables}})
        )

    def play(
        self, *options: str, entry: str = "main", **keywords: Any
    ) -> Tuple[int, str]:
        """Return the exit status, and what ansible-playbook prints."""
        role = {
            "ansible.builtin.import_role": {
                "name": "pyfleet.python.python_audit",
                "tasks_from": entry,
            }
        }
        play = {"hosts": "all", "gather_facts": False, "tasks": [role], **keywords}
        (self.directory / "play.yml").write_text(json.dumps([play]))
        environment = dict(
            os.environ, ANSIBLE_COLLECTIONS_PATH=str(REPOSITORY / ".build/collections")
        )
        environment.update(
            ANSIBLE_HOME=str(self.directory),
            ANSIBLE_CONFIG=str(REPOSITORY / "dev/ansible.cfg"),
        )
        command = [
            sys.executable,
            "-m",
            "ansible",
            "playbook",
            "-i",
            "hosts.yml",
            *options,
            "play.yml",
        ]
        done = subprocess.run(
            command, cwd=self.directory, env=environment, text=True, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout

    def result(self, name: str) -> Dict[str, Any]:
        return json.loads((self.directory / "pyfleet-audit/results" / name).read_text())

    def statuses(self) -> Dict[str, str]:
        report = json.loads(
            (self.directory / "pyfleet-audit/report/report.json").read_text()
        )
        return {row["host"]: row["status"] for row in report["hosts"]}


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


@pytest.mark.parametrize(
    "keywords",
    [{}, {"serial": 2}, {"strategy": "free"}],
    ids=["linear", "serial", "free"],
)
def test_one_report_names_every_host(fleet: Fleet, keywords: Dict[str, Any]) -> None:
    status, printed = fleet.play(**keywords)
    assert status == 2, printed
    assert "1 of 5 hosts: unreachable." in printed
    assert "1 of 5 hosts: audit failed." in printed
    assert fleet.statuses() == STATUSES
    assert printed.count('"totals": {') == 1, "not one report"
    assert (
        sorted(path.name for path in fleet.directory.iterdir() if "web3" in path.name)
        == []
    ), "a name leads out"
    assert fleet.result("down.json")["message"].startswith(
        "Failed to connect to the host via ssh"
    )
    assert "/nonexistent/python3" in fleet.result("without-python.json")["message"]


def test_a_run_that_was_killed_continues(fleet: Fleet) -> None:
    """The first play reaches one host only; the second audits the others, and keeps what the first has."""
    fleet.play("--limit", "web1,down")
    first = fleet.result("web1.json")
    status, printed = fleet.play(
        "-e", '{"python_audit_resume": true, "python_audit_fail_on": ["no_result"]}'
    )
    assert status == 0, printed
    assert fleet.statuses() == STATUSES
    assert fleet.result("web1.json") == first, (
        "a host that has a verdict was audited again"
    )
    assert fleet.result("web2.json")["run"] == first["run"]
    _status, printed = fleet.play("-e", '{"python_audit_fail_on": []}')
    assert fleet.result("web1.json")["run"] != first["run"], (
        "a new run audits all hosts"
    )


def test_a_limited_run_reports_its_hosts_alone_and_fails_as_it_is_told(
    fleet: Fleet,
) -> None:
    fleet.play()
    status, printed = fleet.play("--limit", "web1", "--check")
    assert status == 0, printed
    assert fleet.statuses() == {"web1": "fail"}
    status, printed = fleet.play(
        "--limit", "web1", "-e", '{"python_audit_fail_on": ["fail"]}'
    )
    assert status == 2
    assert "1 host: 1 fail; findings: " in printed
    assert "1 of 1 hosts: fail." in printed


def test_a_host_that_an_earlier_task_removed_from_the_play_has_no_result(
    fleet: Fleet,
) -> None:
    stop = {
        "ansible.builtin.fail": {"msg": "stopped"},
        "when": "inventory_hostname == 'web2'",
    }
    status, printed = fleet.play(pre_tasks=[stop])
    assert status == 2, printed
    assert fleet.statuses() == {**STATUSES, "web2": "no_result"}


def test_verify_fails_with_the_finding_and_writes_nothing(fleet: Fleet) -> None:
    status, printed = fleet.play("--limit", "web1", entry="verify")
    assert status == 2
    assert "environment-broken /opt/web" in printed
    assert not (fleet.directory / "pyfleet-audit").exists()
