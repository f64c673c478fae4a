# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of shells in a home: PATH, completion, removal, and what a login shell then does."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pipx import (
    shell_integration,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.login_check import (
    check_pipx,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.shell_integration import (
    ShellIntegration,
    ShellSpec,
    with_block,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.login_shell import (
    LoginShell,
    login_path,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.managed_files import (
    ManagedFiles,
)

DEBIAN_PROFILE = (
    'if [ -d "$HOME/.local/bin" ] ; then\n    PATH="$HOME/.local/bin:$PATH"\nfi\n'
)
ENSUREPATH = '\n# Created by `pipx` on 2026-01-01 00:00:00\nexport PATH="$PATH:/home/alice/.local/bin"\n'


def run(argv, environment, directory, seconds):
    done = subprocess.run(
        list(argv),
        env=dict(environment),
        cwd=directory,
        timeout=seconds,
        check=False,
        capture_output=True,
    )
    return CommandResult(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def home(tmp_path):
    return tmp_path


def converge(home, check=False, shell="/bin/bash", **spec):
    """Return what changed, as (path, before, after)."""
    files = ManagedFiles(check)
    login = LoginShell("", str(home), shell)
    directory = str(home / ".local/bin")
    ShellIntegration(run, login, directory, directory + "/pipx", files).converge(
        ShellSpec(**spec)
    )
    return files.changes


def paths(home, **options):
    return [
        os.path.relpath(change.path, str(home)) for change in converge(home, **options)
    ]


def texts(home):
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file()
    }


def test_shells_find_the_commands_and_a_second_run_changes_nothing(home):
    (home / ".bashrc").write_text("alias ll='ls -l'\n")
    assert paths(home) == [".bashrc", ".profile"]
    once = texts(home)
    assert paths(home) == []
    assert texts(home) == once
    directory = str(home / ".local/bin")
    assert login_path(run, LoginShell("", str(home), "/bin/bash")).count(directory) == 1
    command = ["bash", "-lc", '. ~/.bashrc; echo "$PATH"']
    output = run(command, {"HOME": str(home), "PATH": "/usr/bin:/bin"}, "/", 60).output
    assert output.strip().split(":").count(directory) == 1


@pytest.mark.parametrize(
    "text", [DEBIAN_PROFILE, ENSUREPATH, "fish_add_path ~/.local/bin\n"]
)
def test_a_file_that_names_the_directory_already_is_kept(home, text):
    for name in (".profile", ".bashrc"):
        (home / name).write_text(text)
    assert paths(home) == []


def test_a_comment_does_not_count(home):
    (home / ".bashrc").write_text("# PATH=~/.local/bin:$PATH\n")
    assert ".bashrc" in paths(home)


@pytest.mark.parametrize("text", ["", "a\n", "a", "a\r\n"])
def test_a_block_is_added_once_and_taken_back(text):
    once = with_block(text, "x\n", "/.local/bin")
    assert with_block(once, "x\n", "/.local/bin") == once
    changed = with_block(once, "y\n", "/.local/bin")
    assert changed.count("BEGIN") == 1 and "y\n" in changed
    assert with_block(once, "", "/.local/bin").rstrip("\n") == text.rstrip("\n")


def test_check_mode_predicts_and_writes_nothing(home):
    predicted = converge(home, check=True)
    assert texts(home) == {}
    assert converge(home) == predicted
    assert converge(home, present=False, check=True) == converge(home, present=False)


def test_the_diff_shows_the_block_and_nothing_else_of_a_file(home):
    (home / ".bashrc").write_text("export API_TOKEN=hunter2\n")
    changes = [*converge(home), *converge(home, present=False)]
    assert [bool(change.before) for change in changes] == [False, False, True, True]
    assert all("hunter2" not in change.before + change.after for change in changes)
    assert all("pipx" in change.before + change.after for change in changes)


@pytest.mark.parametrize("shell", ["/bin/bash", "/bin/zsh", "/usr/bin/fish", "/bin/sh"])
def test_removal_takes_everything_back(home, shell):
    (home / ".bashrc").write_bytes(b"# caf\xe9\r\nalias ll='ls -l'\n")
    (home / ".bashrc").chmod(0o600)
    (home / "dotfiles").write_text("umask 077\n")
    (home / ".zshrc").symlink_to("dotfiles")
    before = texts(home)
    assert paths(home, shell=shell)
    assert texts(home) != before
    assert (home / ".zshrc").is_symlink()
    paths(home, shell=shell, present=False)
    assert texts(home) == before
    assert (home / ".bashrc").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("shell", ["fish", "zsh"])
def test_other_shells_have_their_own_files(home, shell):
    expected = {
        "fish": [".config/fish/conf.d/pipx.fish"],
        "zsh": [".zprofile", ".zshrc"],
    }
    assert paths(home, shell="/usr/bin/" + shell) == expected[shell]


def test_a_fifo_is_not_read(home):
    os.mkfifo(str(home / ".bashrc"))
    converge(home, check=True)


def test_leftovers_of_pipx_are_removed_with_the_last_application(home):
    for name in (
        ".local/share/pipx/shared/bin",
        ".local/share/pipx/venvs/other",
        ".local/state/pipx/log",
        ".cache/pipx",
    ):
        (home / name).mkdir(parents=True)
    (
        home / ".local/share/pipx/venvs/.other.lock"
    ).touch()  # newer releases of pipx leave it
    assert paths(home, present=False) == []
    assert paths(
        home, present=False, check=True, applications=("Other",)
    )  # it is about to be removed
    shutil.rmtree(str(home / ".local/share/pipx/venvs/other"))
    assert paths(home, present=False)
    assert [path for path in home.rglob("*") if "pipx" in path.name] == []


def install_pipx(home, script):
    directory = home / ".local/bin"
    directory.mkdir(parents=True)
    for name, text in (
        ("pipx", script),
        ("register-python-argcomplete", 'echo "_python_argcomplete $*"'),
    ):
        (directory / name).write_text("#!/bin/sh\n%s\n" % text)
        (directory / name).chmod(0o755)


def test_completion(home, monkeypatch):
    row = shell_integration.COMPLETIONS[0]._replace(packaged=())
    monkeypatch.setattr(shell_integration, "COMPLETIONS", (row,))
    assert paths(home, path=False, completion=True) == [
        row.of_user
    ]  # pipx is not installed yet
    assert texts(home) == {}
    install_pipx(home, "echo 1.7.1")
    assert paths(home, path=False, completion=True) == [row.of_user]
    assert (home / row.of_user).read_text() == "_python_argcomplete --shell bash pipx\n"
    assert paths(home, path=False, completion=True) == []
    paths(home, present=False)
    assert not (home / row.of_user).exists()


@pytest.mark.parametrize(
    ("script", "version"),
    [
        ("echo 1.7.1", "1.7.1"),
        ("echo note >&2; echo 1.18.4", "1.18.4"),
        ("echo 1.7.1; exit 3", ""),
    ],
)
def test_pipx_is_started(home, script, version):
    install_pipx(home, script)
    directory = str(home / ".local/bin")
    login = LoginShell("", str(home), "/bin/bash")
    found = check_pipx(run, login, directory + "/pipx", directory)
    assert (found.version, found.on_path) == (version, False)
    assert version in found.output
    converge(home)
    assert check_pipx(run, login, directory + "/pipx", directory).on_path is True
    assert check_pipx(run, login, "/nowhere/pipx", directory).version == ""
