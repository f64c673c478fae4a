# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of shells in a home: what shells then do, and that a user's own lines stay."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Dict, List

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.managed_files import (
    ManagedFiles,
    read_file,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.program_source import (
    PyenvPlace,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.shell_integration import (
    ShellIntegration,
    with_block,
)

#: As Debian's, which ends where the shell is not interactive.
BASHRC = "case $- in\n    *i*) ;;\n      *) return;;\nesac\nalias ll='ls -l'\n"


def converge(home: Path, present: bool = True, shell: str = "/bin/bash") -> List[str]:
    """Return the names of the files that changed."""
    files = ManagedFiles(check=False)
    place = PyenvPlace("alice", str(home), shell, str(home) + "/.pyenv")
    ShellIntegration(place, True, files).converge(present)
    return [str(Path(change.path).relative_to(home)) for change in files.changes]


def show(home: Path, *command: str, **variables: str) -> str:
    """Return what a shell prints."""
    environment: Dict[str, str] = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    environment.update(variables)
    done = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, cwd=str(home)
    )
    return done.stdout.decode().strip()


def test_shells_find_shims_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text(BASHRC)
    assert converge(tmp_path) == [".bashrc", ".profile"]
    assert converge(tmp_path) == []
    # Not interactive: what sshd starts reads .bashrc and nothing else.
    answer = show(tmp_path, "bash", "-c", '. ~/.bashrc; echo "$PYENV_ROOT $PATH"')
    root = str(tmp_path / ".pyenv")
    assert answer == "%s %s/shims:%s/bin:/usr/bin:/bin" % (root, root, root)
    login = ("sh", "-c", '. ~/.profile; . ~/.profile; echo "$PATH"')
    assert show(tmp_path, *login).count("/shims") == 1


def test_an_active_environment_stays_first(tmp_path: Path) -> None:
    converge(tmp_path)
    path = "/srv/venv/bin:%s/.pyenv/shims:/usr/bin:/bin" % tmp_path
    command = ("bash", "-c", '. ~/.bashrc; echo "$PATH"')
    assert show(tmp_path, *command, PATH=path) == path


def test_removal_leaves_the_files_as_they_were(tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text(BASHRC)
    converge(tmp_path)
    assert converge(tmp_path, present=False) == [".bashrc", ".profile"]
    assert (tmp_path / ".bashrc").read_text() == BASHRC
    assert not (tmp_path / ".profile").exists()


@pytest.mark.parametrize(
    "line", ['eval "$(pyenv init -)"', 'export PYENV_ROOT="$HOME/.pyenv"']
)
def test_a_file_with_lines_of_the_users_own_stays(line: str) -> None:
    assert with_block(line + "\n", "x\n", at_the_top=False) == line + "\n"
    assert "BEGIN" in with_block("# " + line + "\n", "x\n", at_the_top=False)


def test_another_text_replaces_the_block(tmp_path: Path) -> None:
    once = with_block("a\n", "x\n", at_the_top=True)
    again = with_block(once, "y\n", at_the_top=True)
    assert again.count("BEGIN") == 1
    assert "x\n" not in again


def test_zsh_has_it_where_scripts_see_it_and_first_at_login(tmp_path: Path) -> None:
    assert converge(tmp_path, shell="/bin/zsh") == [".zprofile", ".zshenv"]
    # path_helper of macOS puts the directories of the system first.
    path = "/usr/bin:/bin:%s/.pyenv/shims" % tmp_path
    shell = shutil.which("zsh") or "sh"
    answer = show(tmp_path, shell, "-c", '. ~/.zprofile; echo "$PATH"', PATH=path)
    assert answer.startswith("%s/.pyenv/shims:" % tmp_path)


def test_fish_has_a_file_of_its_own(tmp_path: Path) -> None:
    converge(tmp_path, shell="/usr/bin/fish")
    text = (tmp_path / ".config/fish/conf.d/pyenv.fish").read_text()
    assert 'set --global --export PYENV_ROOT "$HOME/.pyenv"' in text


@pytest.mark.parametrize(
    "line", ["\n", " \n", "# BEGIN ANSIBLE MANAGED BLOCK: pyenv\n", "x"]
)
def test_files_take_no_longer_than_their_size(line: str) -> None:
    text = line * (1_000_000 // len(line))
    start = time.process_time()
    assert "shims" in with_block(text, "shims\n", True)
    assert time.process_time() - start < 5


def test_files_that_are_no_text_of_people(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_file(str(tmp_path / "pipe")) == read_file(str(tmp_path)) == ""
    (tmp_path / "loop").symlink_to("loop")
    assert read_file(str(tmp_path / "loop")) == ""
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(OperationError) as caught:
        read_file(str(tmp_path / "huge"))
    assert caught.value.code == "too-large"
