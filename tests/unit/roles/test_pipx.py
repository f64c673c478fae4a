# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two scripts of the role `pipx`: what they read from package managers, and what they do to files of shells."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict

import pytest

FILES = Path(__file__).resolve().parents[3] / "roles/pipx/files"
DEBIAN_PROFILE = 'if [ -d "$HOME/.local/bin" ] ; then\n    PATH="$HOME/.local/bin:$PATH"\nfi\n'
ENSUREPATH = '\n# Created by `pipx` on 2026-01-01 00:00:00\nexport PATH="$PATH:/home/alice/.local/bin"\n'


def load(name: str) -> Any:
    specification = importlib.util.spec_from_file_location("pipx_" + name, FILES / (name + ".py"))
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


look, surroundings = load("look"), load("surroundings")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def play(home: Path, state: str = "present", shell: str = "/bin/bash", **more: Any) -> Any:
    place = {"user": "", "home": str(home), "shell": shell, "bin": str(home / ".local/bin")}
    place["app"] = {"executable": str(home / ".local/bin/pipx")}  # type: ignore[assignment]
    wish = {"state": state, "path": True, "completion": False, "apps": [], "check": False, "verify": False, **more}
    return surroundings.Place(wish, place).work()["changes"]


def files(home: Path) -> Dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "version, upstream",
    [("1.1.0-1", "1.1.0"), ("2:1.7.1-1ubuntu2", "1.7.1"), ("1.18.4", "1.18.4"), ("(none)", ""), ("", "")],
)
def test_the_version_of_upstream_is_read_from_that_of_a_package(version: str, upstream: str) -> None:
    assert look.plain(version) == upstream


@pytest.mark.parametrize(
    "version, minimum, answer",
    [("1.10", "1.9", True), ("1.6.0", "1.6", True), ("1.6", "1.6.0", True), ("0.12.3", "1.0", False), ("", "0", False)],
)
def test_versions_are_compared_by_number(version: str, minimum: str, answer: bool) -> None:
    assert look.is_at_least(version, minimum) is answer


@pytest.mark.parametrize(
    "tool, question, said, version",
    [
        ("apt", 0, "config-files 1.1.0-1", ""),
        ("apt", 0, "installed 1.1.0-1", "1.1.0"),
        ("apt", 1, "pipx:\n  Installed: (none)\n  Candidate: 0.12.3.1-3\n  Version table:\n", "0.12.3.1"),
        ("dnf", 0, "1.7.1", "1.7.1"),
        ("dnf", 0, "package pipx is not installed\n", ""),
        ("dnf", 1, "1.7.1\n", "1.7.1"),
        ("pacman", 0, "python-pipx 1.7.1-1\n", "1.7.1"),
        ("pacman", 1, "Repository      : extra\nName            : python-pipx\nVersion         : 1.8.0-1\n", "1.8.0"),
    ],
)
def test_answers_of_package_managers_are_understood(tool: str, question: int, said: str, version: str) -> None:
    row = next(row for row in look.MANAGERS if row[1] == tool)
    found = re.search(row[(4, 6)[question]], said)
    assert look.plain(found.group(1) if found else "") == version


def test_shells_find_the_commands_and_a_second_run_changes_nothing(home: Path) -> None:
    (home / ".bashrc").write_text("alias ll='ls -l'\n")
    assert play(home) == [str(home / ".bashrc"), str(home / ".profile")]
    once = files(home)
    assert play(home) == []
    assert files(home) == once
    said = subprocess.run(
        ["bash", "-lc", 'echo "$PATH"; . ~/.bashrc; echo "$PATH"'],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout.decode()
    assert [line.split(":").count(str(home / ".local/bin")) for line in said.splitlines()] == [1, 1]


@pytest.mark.parametrize("text", [DEBIAN_PROFILE, ENSUREPATH, "fish_add_path ~/.local/bin\n"])
def test_a_file_that_names_the_directory_already_is_left_as_it_is(home: Path, text: str) -> None:
    for name in (".profile", ".bashrc"):
        (home / name).write_text(text)
    assert play(home) == []


def test_a_comment_does_not_count(home: Path) -> None:
    (home / ".bashrc").write_text("# PATH=~/.local/bin:$PATH\n")
    assert str(home / ".bashrc") in play(home)


def test_check_mode_says_the_same_and_writes_nothing(home: Path) -> None:
    told = play(home, check=True)
    assert files(home) == {}
    assert play(home) == told
    assert play(home, state="absent", check=True) == play(home, state="absent")


@pytest.mark.parametrize("shell", ["/bin/bash", "/bin/zsh", "/usr/bin/fish", "/bin/sh"])
def test_removal_gives_back_what_was_there(home: Path, shell: str) -> None:
    (home / ".bashrc").write_bytes(b"# caf\xe9\r\nalias ll='ls -l'\n")
    (home / ".bashrc").chmod(0o600)
    (home / "dotfiles").write_text("umask 077\n")
    (home / ".zshrc").symlink_to("dotfiles")
    before = files(home)
    assert play(home, shell=shell)
    assert files(home) != before
    assert (home / ".zshrc").is_symlink()
    play(home, shell=shell, state="absent")
    assert files(home) == before
    assert (home / ".bashrc").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("shell", ["fish", "zsh"])
def test_other_shells_have_their_own_files(home: Path, shell: str) -> None:
    changed = [os.path.relpath(path, str(home)) for path in play(home, shell="/usr/bin/" + shell)]
    assert changed == {"fish": [".config/fish/conf.d/pipx.fish"], "zsh": [".zprofile", ".zshrc"]}[shell]


def test_what_is_no_file_is_not_waited_for(home: Path) -> None:
    os.mkfifo(home / ".bashrc")
    play(home, check=True)


def test_what_pipx_leaves_goes_with_the_last_application(home: Path) -> None:
    for name in (
        ".local/share/pipx/shared/bin",
        ".local/share/pipx/venvs/other",
        ".local/state/pipx/log",
        ".cache/pipx",
    ):
        (home / name).mkdir(parents=True)
    (home / ".local/share/pipx/venvs/.other.lock").touch()  # as pipx leaves it, newer ones
    assert play(home, state="absent") == []
    assert play(home, state="absent", check=True, apps=["Other"])  # is about to be removed
    shutil.rmtree(home / ".local/share/pipx/venvs/other")
    assert play(home, state="absent")
    assert [path for path in home.rglob("*") if "pipx" in path.name] == []
