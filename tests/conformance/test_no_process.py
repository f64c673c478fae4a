# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A default scan starts no process: the modules, as Ansible sends them, run as root on Debian 13 under strace."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from testbed.containers import Container, podman
from testbed.payload import build_apart

pytestmark = pytest.mark.containers

IMAGE = "localhost/pyfleet/debian:13"


@pytest.fixture(scope="module")
def target():
    with Container(IMAGE) as container:
        yield container


@pytest.mark.parametrize("module", ["python_facts", "audit"])
def test_no_exec_after_the_modules_own_start(
    module: str, target: Container, tmp_path: Path
) -> None:
    if shutil.which("strace") is None or os.geteuid() != 0:
        assert not os.environ.get("CI"), "strace and root are needed here"
        pytest.skip("strace and root are needed")
    program, trace = tmp_path / "module.py", tmp_path / "trace"
    program.write_bytes(build_apart("pyfleet.python." + module, {}))
    target.copy_in(program, "/tmp/module.py")
    pid = podman("inspect", "--format", "{{.State.Pid}}", target.id).stdout.strip()
    command = [
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=execve,execveat,fork,vfork,clone,clone3",
        "-o",
        str(trace),
    ]
    command += [
        "nsenter",
        "--target",
        pid,
        "--mount",
        "--uts",
        "--ipc",
        "--net",
        "--wd",
        "--root",
    ]
    command += ["/usr/bin/python3", "/tmp/module.py"]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )
    assert not json.loads(done.stdout).get("failed"), done.stdout + done.stderr
    calls = re.findall(
        r"^\d+\s+(\w+)\((.*)",
        trace.read_text(encoding="utf-8", errors="replace"),
        re.MULTILINE,
    )
    starts = [rest for name, rest in calls if name == "execve" and rest.endswith("= 0")]
    assert [start.split('"')[1].rsplit("/", 1)[-1] for start in starts] == [
        "nsenter",
        "python3",
    ]
    assert [name for name, _rest in calls if name != "execve"] == [], (
        "something was forked"
    )
