# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start of `make audit`: whose .venv is touched, and when it is rebuilt. pip and ansible are stand-ins here."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parents[3] / "dev"

# Stands for Python: `-m venv DIR` copies itself, `-m pip` and dev/audit.py say that they were called.
STAND_IN = """#!/bin/sh
case "$*" in
    *-m\\ venv*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python" ;;
    *-m\\ pip*) echo installed; exit "${PIP_STATUS:-0}" ;;
    *) echo "ran $*" ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a checkout with what the script needs of it, in a directory whose name a shell could misread."""
    root = tmp_path / "a (check)out & 'more'"
    (root / "dev" / "requirements").mkdir(parents=True)
    for name in ("audit.sh", "pythons.sh", "requirements/ansible-core.txt"):
        shutil.copy(DEV / name, root / "dev" / name)
    python = tmp_path / "python"
    python.write_text(STAND_IN, encoding="utf-8")
    python.chmod(0o755)
    return root


def run(root: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script from elsewhere, as make -C would."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "PYTHON": str(root.parent / "python"),
        **variables,
    }
    command = ["sh", str(root / "dev" / "audit.sh")]
    return subprocess.run(
        command, env=environment, cwd="/", check=False, capture_output=True, text=True
    )


def test_the_second_run_installs_nothing(checkout: Path) -> None:
    first, second = run(checkout), run(checkout)
    assert (first.returncode, first.stdout) == (0, "installed\nran dev/audit.py\n")
    assert (second.returncode, second.stdout, second.stderr) == (
        0,
        "ran dev/audit.py\n",
        "",
    )


def test_an_environment_that_is_not_ours_is_left_alone(checkout: Path) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    answer = run(checkout)
    assert answer.returncode == 1
    assert (
        answer.stderr
        == "make audit: .venv is there and was not made by make audit; move it away, or remove it.\n"
    )
    assert [path.name for path in (checkout / ".venv").iterdir()] == ["bin"]


def test_a_broken_off_installation_is_repeated(checkout: Path) -> None:
    answer = run(checkout, PIP_STATUS="1")
    assert answer.returncode == 1
    assert "pip could not install ansible-core" in answer.stderr
    (checkout / ".venv" / "left-over").touch()
    assert run(checkout).stdout == "installed\nran dev/audit.py\n"
    assert not (checkout / ".venv" / "left-over").exists()


def test_another_ansible_core_another_environment(checkout: Path) -> None:
    run(checkout)
    with (checkout / "dev" / "requirements" / "ansible-core.txt").open(
        "a", encoding="utf-8"
    ) as stream:
        stream.write("# changed\n")
    assert run(checkout).stdout == "installed\nran dev/audit.py\n"


def test_a_moved_checkout_gets_a_new_environment(checkout: Path) -> None:
    run(checkout)
    moved = checkout.rename(checkout.with_name("moved"))
    assert run(moved).stdout == "installed\nran dev/audit.py\n"


def test_an_interpreter_that_is_gone_is_replaced(checkout: Path) -> None:
    run(checkout)
    (checkout / ".venv" / "bin" / "python").unlink()
    assert run(checkout).stdout == "installed\nran dev/audit.py\n"


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_an_environment_of_another_user_is_explained_in_a_sentence(
    checkout: Path,
) -> None:
    run(checkout)
    with (checkout / "dev" / "requirements" / "ansible-core.txt").open(
        "a", encoding="utf-8"
    ) as stream:
        stream.write("# changed\n")
    (checkout / ".venv").chmod(0o500)
    answer = run(checkout)
    (checkout / ".venv").chmod(0o700)
    assert answer.returncode == 1
    assert "belongs to another user" in answer.stderr
    assert "sudo chown -R " in answer.stderr
