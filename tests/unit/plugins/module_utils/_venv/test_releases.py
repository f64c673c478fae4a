# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Releases: switched in one step at any moment that a run may end at, removed and nothing else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv import releases
from ansible_collections.pyfleet.python.plugins.module_utils._venv.state import (
    RECORD,
    releases_directory,
)

ONE, TWO, THREE = (
    "20260101T000000-000001",
    "20260102T000000-000002",
    "20260103T000000-000003",
)
needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="root is needed, to make files of another user"
)


def release(path: Path, name: str, finished: bool = True) -> Path:
    place = Path(releases_directory(str(path))) / name
    (place / "bin").mkdir(parents=True)
    (place / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (place / "name").write_text(name)
    if finished:
        (place / RECORD).write_text("{}")
    return place


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "venv"
    for name in (ONE, TWO, THREE):
        release(found, name)
    return found


def test_ids_have_one_length_and_sort_by_time(tmp_path: Path) -> None:
    source = random.Random(1)
    names = [
        releases.new_release_id(str(tmp_path / "venv"), now, source)
        for now in (0, 1, 1e9, 1.9e9)
    ]
    assert names == sorted(names)
    assert {len(name) for name in names} == {22}
    assert names[0].startswith("19700101T000000-")


@pytest.mark.parametrize("now", [0, 1767398400, 1e9, 1.9e9])
def test_ids_sort_by_creation_even_if_the_clock_is_set_back(
    path: Path, now: float
) -> None:
    """A release that is older by name would be pruned although it is the one to return to."""
    name = releases.new_release_id(str(path), now, random.Random(1))
    assert name > THREE
    release(path, name)
    assert releases.new_release_id(str(path), 0, random.Random(2)) > name
    assert TWO < releases.earlier_release_id(THREE, random.Random(3)) < THREE


@pytest.mark.parametrize(
    "name",
    ["99991231T235959-000001", "20261399T000000-000001", "00000000T000000-000001"],
)
def test_a_name_that_is_no_possible_time_does_not_stop_the_next(
    tmp_path: Path, name: str
) -> None:
    release(tmp_path / "venv", name)
    assert releases.new_release_id(
        str(tmp_path / "venv"), 1.9e9, random.Random(1)
    ).startswith("20300317T")


def test_a_switch_makes_a_relative_link(path: Path) -> None:
    releases.switch(str(path), ONE)
    assert os.readlink(path) == ".venv.releases/" + ONE
    releases.switch(str(path), TWO)
    assert (path / "name").read_text() == TWO
    assert releases.current(str(path)) == TWO
    assert sorted(os.listdir(path.parent)) == [".venv.releases", "venv"]


@pytest.mark.parametrize("kind", ["directory", "file", "link", "dangling"])
def test_what_is_not_ours_is_neither_switched_nor_removed(
    path: Path, kind: str
) -> None:
    (path.parent / "other").mkdir()
    (path.parent / "other" / "file").write_text("")
    if kind == "directory":
        path.mkdir()
        (path / "file").write_text("")
    elif kind == "file":
        path.write_text("")
    else:
        path.symlink_to("other" if kind == "link" else "gone")
    for act in (
        lambda: releases.switch(str(path), ONE),
        lambda: releases.remove_environment(str(path)),
    ):
        with pytest.raises(OperationError):
            act()
    assert os.path.lexists(path)
    assert (path.parent / "other" / "file").exists()
    assert (path / "file").exists() == (kind in ("directory", "link"))


def test_an_environment_goes_with_its_releases_and_what_a_run_left(path: Path) -> None:
    releases.switch(str(path), ONE)
    (path.parent / "neighbour").mkdir()
    os.symlink("nowhere", releases_directory(str(path)) + ".new")
    releases.remove_environment(str(path))
    assert os.listdir(path.parent) == ["neighbour"]
    releases.remove_environment(str(path))
    path.mkdir()
    (path / "pyvenv.cfg").write_text("")
    releases.remove_environment(str(path))
    assert os.listdir(path.parent) == ["neighbour"]


def test_links_in_what_is_removed_are_not_followed(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("")
    (Path(releases_directory(str(path))) / ONE / "bin" / "away").symlink_to(kept)
    releases.remove_release(str(path), ONE)
    assert releases.list_releases(str(path)) == [TWO, THREE]
    shutil.rmtree(releases_directory(str(path)))
    os.symlink(kept, releases_directory(str(path)))
    releases.remove_environment(str(path))
    assert (kept / "file").exists()


def test_what_serves_is_not_removed(path: Path) -> None:
    releases.switch(str(path), TWO)
    releases.remove_release(str(path), TWO)
    releases.remove_release(str(path), "../../" + path.parent.name)
    assert (path / "name").read_text() == TWO
    releases.prune(str(path), 1)
    assert releases.list_releases(str(path)) == [TWO, THREE]
    releases.prune(str(path), 0)
    assert releases.list_releases(str(path)) == [TWO]


def test_a_release_that_is_half_removed_is_no_finished_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases.switch(str(path), TWO)
    monkeypatch.setattr(shutil, "rmtree", lambda *args, **more: None)  # ended here
    releases.remove_release(str(path), ONE)
    monkeypatch.undo()
    assert not (Path(releases_directory(str(path))) / ONE / RECORD).exists()
    releases.clean_leftovers(str(path))
    assert releases.list_releases(str(path)) == [TWO, THREE]


def test_leftovers_go_and_what_serves_stays(path: Path) -> None:
    four = "20260104T000000-000004"
    release(path, four, finished=False)
    (Path(releases_directory(str(path))) / THREE / RECORD).unlink()
    releases.switch(str(path), THREE)
    os.symlink("nowhere", releases_directory(str(path)) + ".new")
    releases.clean_leftovers(str(path))
    assert releases.list_releases(str(path)) == [ONE, TWO, THREE]
    assert sorted(os.listdir(path.parent)) == [".venv.releases", "venv"]


# -- a plain directory becomes a release -------------------------------------------------------------------------------
def plain(path: Path) -> None:
    path.mkdir()
    (path / "pyvenv.cfg").write_text("")
    (path / "name").write_text("plain")
    (path / RECORD).write_text("{}")


OLD = "20251231T000000-00000f"


def test_a_directory_is_exchanged_with_a_link(path: Path) -> None:
    plain(path)
    releases.adopt(str(path), ONE, OLD)
    assert releases.current(str(path)) == ONE
    assert (Path(releases_directory(str(path))) / OLD / "name").read_text() == "plain"
    assert sorted(os.listdir(path.parent)) == [".venv.releases", "venv"]


def test_where_no_exchange_is_possible_nothing_is_touched(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain(path)

    def refuse(one: str, other: str) -> None:
        raise OSError(22, "Invalid argument", other)

    monkeypatch.setattr(releases, "_exchange", refuse)
    with pytest.raises(OperationError) as failed:
        releases.adopt(str(path), ONE, OLD)
    assert "in_place" in failed.value.hint
    assert (path / "name").read_text() == "plain"
    assert sorted(os.listdir(path.parent)) == [".venv.releases", "venv"]


def test_the_system_says_no_where_there_is_nothing_to_exchange(path: Path) -> None:
    with pytest.raises(OperationError) as failed:
        releases.adopt(str(path), ONE, OLD)
    assert failed.value.code == "no-exchange"
    assert os.listdir(path.parent) == [".venv.releases"]


def calls_of(act: Callable[[], None]) -> int:
    """Count the calls that touch names, before each of which a process may end."""
    count = [0]
    with interrupted(lambda: count.__setitem__(0, count[0] + 1)):
        act()
    return count[0]


def ending_at(moment: int) -> Callable[[], None]:
    left = iter(range(moment))

    def end() -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    return end


class interrupted:
    """Does something before each call of the system that changes a name."""

    NAMES = ("rename", "unlink", "symlink", "rmdir", "mkdir")

    def __init__(self, before: Callable[[], None]) -> None:
        self.before = before

    def __enter__(self) -> None:
        self.kept = {name: getattr(os, name) for name in self.NAMES}
        self.exchange = releases._exchange
        for name, call in self.kept.items():
            setattr(os, name, self.wrap(call))
        releases._exchange = self.wrap(self.exchange)  # type: ignore[assignment]

    def wrap(self, call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*args: object, **more: object) -> object:
            self.before()
            return call(*args, **more)

        return wrapped

    def __exit__(self, *_exc: object) -> None:
        for name, call in self.kept.items():
            setattr(os, name, call)
        releases._exchange = self.exchange


@pytest.mark.parametrize("kind", ["switch", "adopt"])
def test_a_run_that_ends_at_any_call_leaves_something_serving(
    tmp_path: Path, kind: str
) -> None:
    def prepare(parent: Path) -> Path:
        found = parent / "venv"
        for name in (ONE, TWO):
            release(found, name)
        if kind == "adopt":
            plain(found)
        else:
            releases.switch(str(found), ONE)
        return found

    def act(found: Path) -> None:
        if kind == "adopt":
            releases.adopt(str(found), TWO, OLD)
        else:
            releases.switch(str(found), TWO)

    counted = prepare(tmp_path / "count")
    calls = calls_of(lambda: act(counted))
    assert calls >= 3
    served = set()
    for moment in range(calls):
        found = prepare(tmp_path / str(moment))
        pid = os.fork()
        if pid == 0:
            try:
                with interrupted(ending_at(moment)):
                    act(found)
            finally:
                os._exit(0)
        assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
        before = (found / "name").read_text()
        assert before in ("plain" if kind == "adopt" else ONE, TWO)
        served.add(before)
        releases.clean_leftovers(str(found))
        assert (found / "name").read_text() == before
        assert sorted(os.listdir(found.parent)) == [".venv.releases", "venv"]
        kept = Path(releases_directory(str(found)))
        names = {
            (kept / each / "name").read_text()
            for each in releases.list_releases(str(found))
        }
        assert names | {before} == {ONE, TWO} | (
            {"plain"} if kind == "adopt" else set()
        )
        if kind == "adopt" and before == "plain":
            releases.adopt(str(found), TWO, OLD)
        else:
            releases.switch(str(found), TWO)
        assert (found / "name").read_text() == TWO
    assert len(served) == (2 if kind == "adopt" else 1)


def test_somebody_always_finds_it_while_it_is_switched(path: Path) -> None:
    plain(path)
    stop = path.parent / "stop"
    code = "import os, sys\nn = 0\nwhile not os.path.exists(sys.argv[2]): open(sys.argv[1]).read(); n += 1\nprint(n)"
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(path / "name"), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(0.2)
    releases.adopt(str(path), ONE, OLD)
    for number in range(1000):
        releases.switch(str(path), (ONE, TWO)[number % 2])
    stop.touch()
    output, errors = reader.communicate()
    assert not errors
    assert int(output) > 100
