# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program is the same bytes each time, needs no Ansible, and runs on this Python."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

if sys.version_info < (3, 11):
    pytest.skip("this runs on a controller's Python", allow_module_level=True)
from ansible_collections.pyfleet.python.plugins.plugin_utils.zipapp import REBUILD, pack


def test_the_same_sources_are_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pack(REBUILD, "/usr/bin/python3")
    monkeypatch.setattr(time, "time", lambda: 1.0)
    assert pack(REBUILD, "/usr/bin/python3") == first
    assert first.startswith(b"#!/usr/bin/python3 -I\nPK")


@pytest.mark.parametrize("python", ["3.8", "own"])
def test_it_runs_alone(tmp_path: Path, python: str) -> None:
    found = [sys.executable] if python == "own" else [
        str(path) for path in Path.home().glob(".pyenv/versions/3.8.*/bin/python3.8")
    ]  # fmt: skip
    if not found:
        pytest.skip("there is no Python 3.8 here")
    program = tmp_path / "rebuild.pyz"
    program.write_bytes(pack(REBUILD, "/usr/bin/python3"))
    listed = tmp_path / "list.json"
    listed.write_text('{"schema": 1, "environments": [{"path": "/nonexistent/venv"}]}')
    command = [found[0], "-I", "-S", str(program), "--list", str(listed)]
    done = subprocess.run(
        command, capture_output=True, check=False, env=dict(os.environ)
    )
    assert done.stderr == b""
    assert (done.returncode, done.stdout) == (1, b"/nonexistent/venv: failed: /nonexistent/venv does not exist. "
                                              b"Run the playbook that created it.\n")  # fmt: skip
