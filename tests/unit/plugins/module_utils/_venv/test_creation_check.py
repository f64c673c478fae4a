# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check that a Python can create an environment: for real, and where it cannot."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.run_text import (
    run_text as run,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.creation_check import (
    PREFIX,
    check_creation,
    find_unprivileged,
)


@pytest.fixture(autouse=True)
def temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_python_that_works_creates_an_environment_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    printed = check_creation(run, sys.executable, None)
    assert printed.startswith("pip ")
    assert PREFIX in printed
    assert os.listdir(str(tmp_path)) == []


def test_a_python_that_does_not_is_named_with_its_output(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho ensurepip is not available\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(
        OperationError,
        match=r"python -I -m venv .*environment: ensurepip is not available",
    ):
        check_creation(run, str(broken), None)
    assert os.listdir(str(tmp_path)) == ["python"]


def test_a_python_that_does_not_start_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match=r"nowhere -I -m venv .*: No such file"):
        check_creation(run, str(tmp_path / "nowhere"), None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to name another user")
def test_root_does_not_check_as_root() -> None:
    with pytest.raises(OperationError, match="root is root"):
        find_unprivileged("root")
    account = find_unprivileged("nobody")
    assert account is not None and account.uid != 0
