# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in the directory of an environment and belongs to no environment is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.foreign_content import (
    find_foreign_content,
    reject_foreign_content,
)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("environment")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(path)], check=True
    )
    return path


@pytest.fixture
def environment(pristine: Path, tmp_path: Path) -> Path:
    path = tmp_path / "venv"
    subprocess.run(["cp", "-a", str(pristine), str(path)], check=True)
    return path


def found(path: Path) -> list[str]:
    with Host() as host:
        return find_foreign_content(host, str(path))


def test_an_environment_of_venv_holds_nothing_else(environment: Path) -> None:
    for name in (
        ".gitignore",
        "CACHEDIR.TAG",
        ".lock",
        "pip-selfcheck.json",
        ".pyfleet.json",
    ):
        (environment / name).write_text("")
    for name in ("share", ".pyfleet-aside"):
        (environment / name).mkdir()
    assert found(environment) == []


@pytest.mark.parametrize(
    "name",
    ["app.py", ".git", ".bashrc", "data", "games", "etc", "src", "my venv", "Lib"],
)
@pytest.mark.parametrize("kind", ["file", "directory"])
def test_anything_else_is_foreign(environment: Path, name: str, kind: str) -> None:
    path = environment / name
    if kind == "file":
        path.write_text("precious")
    else:
        path.mkdir()
        (path / "file").write_text("precious")
    assert found(environment) == [name]
    with Host() as host, pytest.raises(OperationError) as failed:
        reject_foreign_content(host, str(environment), "removed")
    assert failed.value.code == "foreign-content"
    assert name in failed.value.message and failed.value.hint


def test_checkouts_of_editable_projects_are_no_foreign_content(
    environment: Path,
) -> None:
    (environment / "src" / "project" / ".git").mkdir(parents=True)
    assert found(environment) == []
    (environment / "src" / "main.py").write_text("precious")
    assert found(environment) == ["src"]


def test_data_files_of_a_distribution_are_no_foreign_content_unless_others_lie_beside_them(
    environment: Path,
) -> None:
    site = next(environment.glob("lib/*/site-packages"))
    (environment / "etc" / "jupyter").mkdir(parents=True)
    (environment / "etc" / "jupyter" / "nb.json").write_text("{}")
    assert found(environment) == ["etc"]
    (site / "nb-1.0.dist-info").mkdir()
    (site / "nb-1.0.dist-info" / "RECORD").write_text(
        "../../../etc/jupyter/nb.json,sha256=x,2\nnb.py,,\n"
    )
    assert found(environment) == []
    (environment / "etc" / "mine.conf").write_text("precious")
    assert found(environment) == ["etc"]
