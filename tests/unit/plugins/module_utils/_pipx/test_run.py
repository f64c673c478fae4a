# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done around pipx, on real directories: environments set aside, links; and the index options of pip."""

from __future__ import annotations

import os

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pipx.app_links import (
    create_links,
    remove_links,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.plan import Step
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.run import (
    Pipx,
    PipxJob,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.set_aside import (
    kept_aside,
    restore_aside,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
)


def test_libraries_and_tools_are_injected_together():
    """pipx fails with --include-apps where a package has no commands, though it has injected it."""
    calls = []

    def run(argv, environment, directory, seconds):
        calls.append(" ".join(argv[1:]))
        failed = "--include-apps" in argv and argv[-1] == "idna"
        return CommandResult(
            1 if failed else 0,
            "",
            "No apps associated with package idna" if failed else "",
        )

    pipx = Pipx(
        run, PipxJob("/usr/bin/pipx", {}, "/bin", "/man", "black"), "/nonexistent"
    )
    pipx.carry_out([Step("inject", ("--include-apps", "idna", "isort"))])
    assert calls == [
        "inject --include-apps -- black idna",
        "inject --force -- black idna",
        "inject --include-apps -- black isort",
    ]


@pytest.fixture
def venv(tmp_path):
    directory = tmp_path / "home/venvs/black"
    (directory / "bin").mkdir(parents=True)
    (directory / "bin/black").write_text("old")
    return directory


def test_what_fails_puts_back_what_was_there(venv):
    with pytest.raises(RuntimeError), kept_aside(str(venv)):
        venv.mkdir()
        raise RuntimeError
    assert (venv / "bin/black").read_text() == "old"
    assert os.listdir(str(venv.parents[1])) == ["venvs"]


def test_what_succeeds_leaves_the_new_one_only(venv):
    with kept_aside(str(venv)):
        venv.mkdir()
    assert os.listdir(str(venv)) == []
    assert os.listdir(str(venv.parents[1])) == ["venvs"]


def test_a_kill_is_repaired(venv):
    os.rename(str(venv), str(venv.parents[1] / ".pyfleet-black"))
    venv.mkdir()
    restore_aside(str(venv))
    assert (venv / "bin/black").read_text() == "old"


def test_a_run_that_has_ended_meanwhile_is_left_alone(venv):
    restore_aside(str(venv))
    assert (venv / "bin/black").read_text() == "old"


@pytest.mark.parametrize(
    ("dangling_only", "left"),
    [(True, {"black", "foreign", "file"}), (False, {"foreign", "file"})],
)
def test_removing_links(venv, tmp_path, dangling_only, left):
    place, man = tmp_path / "bin", tmp_path / "share/man"
    place.mkdir()
    (man / "man1").mkdir(parents=True)
    (place / "black").symlink_to(venv / "bin/black")
    (place / "gone").symlink_to(venv / "bin/gone")
    (place / "foreign").symlink_to(str(venv) + "-2/bin/gone")
    (place / "file").write_text("")
    (man / "man1/black.1").symlink_to(venv / "share/man/man1/black.1")
    remove_links(str(venv), str(place), str(man), dangling_only)
    assert set(os.listdir(str(place))) == left
    assert os.listdir(str(man / "man1")) == []


def test_links_are_created_where_nothing_is(venv, tmp_path):
    place = tmp_path / "bin"
    place.mkdir()
    (venv / "bin/tool.py").write_text("")
    (place / "black_1").symlink_to("/nowhere")
    (place / "taken").write_text("")
    create_links(
        str(venv), str(place), ["black_1", "tool_1.py", "tool.py_1", "taken", "absent"]
    )
    assert os.readlink(str(place / "black_1")) == str(venv / "bin/black")
    assert os.readlink(str(place / "tool_1.py")) == str(venv / "bin/tool.py")
    assert os.readlink(str(place / "tool.py_1")) == str(venv / "bin/tool.py")
    assert sorted(os.listdir(str(place))) == [
        "black_1",
        "taken",
        "tool.py_1",
        "tool_1.py",
    ]
