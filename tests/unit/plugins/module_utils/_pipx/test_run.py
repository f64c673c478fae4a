# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done around pipx, on real directories: moving aside, healing, sweeping; and what pip is told."""

from __future__ import annotations

import os

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pipx.run import (
    Work,
    heal,
    index_environment,
    kept_aside,
    sweep,
)


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


def test_healing_after_a_kill(venv):
    os.rename(str(venv), str(venv.parents[1] / ".pyfleet-black"))
    venv.mkdir()
    heal(str(venv))
    assert (venv / "bin/black").read_text() == "old"


def test_healing_what_was_only_at_work_leaves_what_it_made(venv):
    heal(str(venv))
    assert (venv / "bin/black").read_text() == "old"


@pytest.mark.parametrize(("every", "left"), [(False, {"black", "foreign", "file"}), (True, {"foreign", "file"})])
def test_sweeping(venv, tmp_path, every, left):
    place, man = tmp_path / "bin", tmp_path / "share/man"
    place.mkdir()
    (man / "man1").mkdir(parents=True)
    (place / "black").symlink_to(venv / "bin/black")
    (place / "gone").symlink_to(venv / "bin/gone")
    (place / "foreign").symlink_to(str(venv) + "-2/bin/gone")
    (place / "file").write_text("")
    (man / "man1/black.1").symlink_to(venv / "share/man/man1/black.1")
    sweep(Work("", {}, str(place), str(man), directory=str(venv)), every)
    assert set(os.listdir(str(place))) == left
    assert os.listdir(str(man / "man1")) == []


def test_what_pip_and_uv_are_told():
    told = index_environment({"find_links": ["/a b", "https://x/l"], "no_index": True, "timeout": 30.0})
    assert told["PIP_FIND_LINKS"] == "file:///a%20b https://x/l"
    assert told["UV_FIND_LINKS"] == "file:///a%20b,https://x/l"
    assert (told["PIP_NO_INDEX"], told["PIP_DEFAULT_TIMEOUT"]) == ("1", "30")
    assert index_environment({}) == {}
