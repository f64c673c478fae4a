# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with systemd audits itself, started by its timer, and finds what the controller finds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Iterator

import pytest
from testbed.containers import Container

from deployment.conftest import Played, need_image, play
from deployment.test_rebuild_role import SYSTEMD

RESULT = "/var/lib/pyfleet/audit/result.json"
METRICS = "/srv/metrics/pyfleet_python_audit.prom"
ENVIRONMENT = """
mkdir -p /opt/web/bin /srv/metrics
printf 'home = /usr/bin\\nversion = 3.7.3\\n' > /opt/web/pyvenv.cfg
ln -s /usr/bin/python3.7 /opt/web/bin/python
"""
#: Makes the timer elapse at once, as no test waits until the night.
SOON = """
directory=/etc/systemd/system/pyfleet-audit.timer.d
mkdir -p $directory
printf '[Timer]\\nOnActiveSec=1s\\nAccuracySec=1ms\\nRandomizedDelaySec=0\\n' > $directory/soon.conf
systemctl daemon-reload
systemctl restart pyfleet-audit.timer
"""


class Host:
    """A Debian that systemd runs, and plays of the role on it."""

    def __init__(self, container: Container, directory: Path) -> None:
        self.container, self.directory = container, directory

    def play(self, entry: str, *options: str, **variables: Any) -> Played:
        role = {"name": "pyfleet.python.python_audit", "tasks_from": entry}
        paths = {
            "python_audit_" + name: str(self.directory / entry / name)
            for name in ("results", "report")
        }
        tasks = [{"name": entry, "ansible.builtin.import_role": role}]
        return play(
            self.container, self.directory, tasks, *options, **paths, **variables
        )

    def change(self, entry: str, *options: str, **variables: Any) -> list[str]:
        """Return the tasks that changed something."""
        played = self.play(entry, *options, **variables)
        assert played.status == 0, played.output
        return played.changed

    def result(self, entry: str) -> Any:
        return json.loads((self.directory / entry / "results/target.json").read_text())

    def run(self, *command: str) -> str:
        return self.container.run(*command, check=False).stdout.strip()

    def until(self, script: str) -> None:
        self.container.run(
            "timeout",
            "90",
            "sh",
            "-c",
            "until %s >/dev/null 2>&1; do sleep 0.2; done" % script,
        )


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Host]:
    image = need_image("localhost/pyfleet/debian:13")
    started: dict[str, Any] = {
        "options": ["--systemd=always"],
        "command": ["sh", "-c", SYSTEMD],
        "network": True,
    }
    with Container(image, **started) as container:
        host = Host(container, tmp_path)
        host.until("systemctl is-system-running --wait")
        container.shell(ENVIRONMENT)
        yield host


def test_a_host_audits_itself(debian: Host) -> None:
    variables = {
        "python_audit_textfile_directory": "/srv/metrics",
        "python_audit_schedule_random_delay": 30,
    }
    predicted = debian.change("schedule", "--check", **variables)
    assert debian.run("ls", "/usr/local/lib/pyfleet") == "", (
        "check mode has installed something"
    )
    changed = debian.change("schedule", **variables)
    # Check mode can't enable a timer that is not there yet; it says that it would install it.
    assert [
        name
        for name in changed
        if name not in ("Enable the timer", "Restart the timer after a change")
    ] == predicted
    assert debian.change("schedule", **variables) == []
    assert debian.run("systemctl", "is-enabled", "pyfleet-audit.timer") == "enabled"
    assert debian.run("systemctl", "is-active", "pyfleet-audit.timer") == "active"
    assert (
        debian.run(
            "systemd-analyze", "verify", "/etc/systemd/system/pyfleet-audit.timer"
        )
        == ""
    )
    _check_that_the_timer_starts_it(debian)
    _check_that_both_find_the_same(debian)
    _check_that_all_is_removed(debian, variables)


def _check_that_the_timer_starts_it(host: Host) -> None:
    """Nobody starts the program: the timer does, as root, and both files are whole."""
    host.container.shell(f"rm {RESULT} {METRICS}")
    host.container.shell(SOON)
    host.until(f"test -e {METRICS}")
    host.until("! systemctl is-active pyfleet-audit.service")
    assert (
        host.run(
            "systemctl", "show", "--property=Result", "--value", "pyfleet-audit.service"
        )
        == "success"
    )
    assert "fail: environment-broken /opt/web" in host.run(
        "journalctl", "--unit=pyfleet-audit", "--output=cat"
    )
    assert host.run("stat", "-c", "%U %a", "/var/lib/pyfleet/audit", RESULT).split(
        "\n"
    ) == ["root 700", "root 600"]
    assert (
        'pyfleet_python_audit_findings{rule="environment-broken",severity="high"} 1'
        in host.run("cat", METRICS)
    )


def _check_that_both_find_the_same(host: Host) -> None:
    host.change("main")
    host.change("collect")
    own, controllers = host.result("collect"), host.result("main")
    assert "environment-broken:/opt/web" in [
        row["id"] for row in own["audit"]["findings"]
    ]
    assert own["audit"]["findings"] == controllers["audit"]["findings"]
    assert own["audit"]["verdict"] == controllers["audit"]["verdict"]
    assert own["inventory"] == controllers["inventory"]


def _check_that_all_is_removed(host: Host, variables: dict[str, Any]) -> None:
    host.container.shell("rm -r /etc/systemd/system/pyfleet-audit.timer.d")
    assert host.change("schedule", python_audit_schedule="absent", **variables)
    assert host.change("schedule", python_audit_schedule="absent", **variables) == []
    assert (
        host.run(
            "find",
            "/etc",
            "/usr/local",
            "/var",
            "/srv",
            "-path",
            "*pyfleet*",
            "-name",
            "*audit*",
        )
        == ""
    )
    assert "pyfleet" not in host.run("systemctl", "list-timers", "--all")
    failed = host.play("collect")
    assert failed.status != 0
    assert "1 of 1 hosts: audit failed." in failed.output
    assert host.result("collect")["state"] == "failed"
