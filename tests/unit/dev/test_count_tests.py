# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last line of .ci/run counts what pytest itself wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parents[3] / "dev"
TESTS = """
import pytest

def test_good(): pass
def test_bad(): assert False
@pytest.fixture
def broken(): raise ValueError
def test_error(broken): pass
def test_skip(): pytest.skip("no")
def test_tool(): pytest.skip("promtool is not installed")
"""


def count(folder: Path, ci: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DEV / "count_tests.py"), str(folder)]
    environment = {**os.environ, "CI": ci}
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment
    )


@pytest.mark.parametrize(
    ("chosen", "ci", "line", "status"),
    [
        ("", "", "1 passed, 2 failed", 1),
        ("test_good or test_skip", "true", "1 passed, 0 failed", 0),
        ("test_skip", "", "0 passed, 0 failed", 1),
        ("test_good or test_tool", "", "1 passed, 0 failed", 0),
        ("test_good or test_tool", "true", "1 passed, 1 failed", 1),
    ],
)
def test_what_pytest_ran_is_counted(
    tmp_path: Path, chosen: str, ci: str, line: str, status: int
) -> None:
    (tmp_path / "test_sample.py").write_text(TESTS, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-c",
        "/dev/null",
        f"--rootdir={tmp_path}",
        "-p",
        "no:cacheprovider",
    ]
    subprocess.run(
        [
            *command,
            "-k",
            chosen,
            "--junitxml",
            str(tmp_path / "unit.xml"),
            str(tmp_path),
        ],
        check=False,
    )
    answer = count(tmp_path, ci)
    assert (answer.stdout.splitlines()[-1], answer.returncode) == (line, status)


def test_no_report_is_no_success(tmp_path: Path) -> None:
    assert count(tmp_path).returncode == 1
