# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that pre-commit installs has in its package what it imports."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

tomllib = pytest.importorskip("tomllib", reason="runs on a controller")
pytest.importorskip("tree_sitter_containerfile")

REPOSITORY = Path(__file__).resolve().parents[4]
RUN = "import sys; sys.path.insert(0, {place!r}); from {module} import {name}; sys.exit({name}(sys.argv[1:]))"


@pytest.mark.parametrize(
    ("command", "status", "answer"),
    [("pip install shop", 1, "pip-on-marked-python"), ("true", 0, "pass: 0")],
    ids=["what fails", "what passes"],
)
def test_the_package_is_whole(
    command: str, status: int, answer: str, tmp_path: Path
) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    folders = project["tool"]["setuptools"]["package-dir"]
    assert sorted(folders) == sorted(project["tool"]["setuptools"]["packages"])
    for package, folder in folders.items():
        place = tmp_path / "installed" / package.replace(".", "/")
        shutil.copytree(REPOSITORY / folder, place)
    module, _colon, name = project["project"]["scripts"][
        "pyfleet-source-audit"
    ].partition(":")
    program = RUN.format(place=str(tmp_path / "installed"), module=module, name=name)
    (tmp_path / "Dockerfile").write_text(f"FROM debian:13\nRUN {command}\n")
    # Isolated: nothing of this checkout is on its path.
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(tmp_path / "Dockerfile")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (status, "")
    assert answer in done.stdout
