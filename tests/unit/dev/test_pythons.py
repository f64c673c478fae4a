# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for a Python to work with: a candidate is run before it is believed, and root runs only its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parents[3] / "dev"
ABSENT = "3.19"  # no machine has it yet, so all that is found is what the test made


@pytest.fixture
def places(tmp_path: Path) -> list[Path]:
    """Directories for PATH, in its order, one with a space in its name."""
    found = [tmp_path / name for name in ("first", "second place", "third")]
    for place in found:
        place.mkdir()
    return found


def make(place: Path, script: str, name: str = f"python{ABSENT}") -> Path:
    """Write an executable that stands for a Python."""
    path = place / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def ask(places: list[Path], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script with these directories before the system's own, and an empty home."""
    environment = {
        "PATH": ":".join([*map(str, places), "/usr/bin", "/bin"]),
        "HOME": str(places[0]),
    }
    command = ["sh", str(DEV / "pythons.sh"), *arguments]
    return subprocess.run(
        command, env=environment, check=False, capture_output=True, text=True
    )


def test_the_first_that_works_is_taken(places: list[Path]) -> None:
    make(places[0], "echo 'pyenv: version not found' >&2; exit 127")
    make(places[1], "echo 'lacks ensurepip'")
    make(places[2], 'echo "fit $0"')
    answer = ask(places, "get", ABSENT)
    assert (answer.returncode, answer.stdout) == (0, f"{places[2]}/python{ABSENT}\n")


def test_the_order_of_the_request_is_kept(places: list[Path]) -> None:
    make(places[0], 'echo "fit $0"', "python3.19")
    make(places[0], 'echo "fit $0"', "python3.18")
    assert ask(places, "get", "3.18", "3.19").stdout.endswith("/python3.18\n")
    assert ask(places, "get", "3.17", "3.19").stdout.endswith("/python3.19\n")


def test_why_names_each_candidate_and_what_it_lacks(places: list[Path]) -> None:
    make(places[0], "exit 127")
    make(places[1], "echo 'lacks ensurepip'")
    answer = ask(places, "why", ABSENT).stdout
    assert (
        answer
        == f"{places[0]}/python{ABSENT} does not run; {places[1]}/python{ABSENT} lacks ensurepip\n"
    )


def test_none_is_said_and_is_no_success(places: list[Path]) -> None:
    assert ask(places, "why", ABSENT).stdout == f"no python{ABSENT} found\n"
    answer = ask(places, "get", ABSENT)
    assert (answer.returncode, answer.stdout) == (1, "")


def test_a_directory_of_that_name_is_no_python(places: list[Path]) -> None:
    (places[0] / f"python{ABSENT}").mkdir()
    assert ask(places, "get", ABSENT).returncode == 1


def test_a_python_under_a_false_name_is_refused(places: list[Path]) -> None:
    (places[0] / f"python{ABSENT}").symlink_to(sys.executable)
    assert "is not what its name says" in ask(places, "why", ABSENT).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_root_runs_nothing_that_another_user_owns(places: list[Path]) -> None:
    trace = places[2] / "was-run"
    os.chown(make(places[0], f"touch '{trace}'; echo \"fit $0\""), 12345, 12345)
    assert ask(places, "get", ABSENT).returncode == 1
    assert "belongs to another user" in ask(places, "why", ABSENT).stdout
    assert not trace.exists()


def test_this_very_python_is_found_where_it_can_make_environments(
    places: list[Path],
) -> None:
    pytest.importorskip("ensurepip")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    base = Path(sys.base_prefix) / "bin"
    found = ask([base], "get", version)
    assert found.returncode == 0, ask([base], "why", version).stdout
    assert subprocess.run([found.stdout.strip(), "-c", ""], check=False).returncode == 0


@pytest.mark.parametrize(
    "arguments", [(), ("get", "python3"), ("get", "3.x"), ("find",)]
)
def test_misuse_is_refused(places: list[Path], arguments: tuple[str, ...]) -> None:
    assert ask(places, *arguments).returncode == 2
