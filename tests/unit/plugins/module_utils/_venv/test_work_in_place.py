# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rebuild in place that is killed at any call loses neither the old environment nor, once it is done, the new one."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any, Callable

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._venv.releases import (
    remove_environment,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.state import (
    read_environment_state,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.work_in_place import (
    previous_contents_aside,
    restore_previous_contents,
)

CALLS = ("mkdir", "rename", "unlink", "rmdir", "listdir", "symlink")
OLD = {"pyvenv.cfg": "old", "lib/module.py": "old", "bin/python": "old"}
NEW = {"pyvenv.cfg": "new", "lib/module.py": "new", "share/more": "new"}


def write(directory: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)


def read(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): path.read_text()
        for path in directory.rglob("*")
        if path.is_file()
    }


def rebuild(directory: Path) -> None:
    with previous_contents_aside(str(directory)):
        os.symlink("lib", directory / "lib64")  # a call in the middle of the build
        write(directory, NEW)
        (directory / "lib64").unlink()


def killed_at(moment: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a child that is killed before its ``moment``-th call; return whether it was."""
    pid = os.fork()
    if pid == 0:
        left = [moment]

        def wrap(call: Callable[..., Any]) -> Callable[..., Any]:
            def wrapped(*args: Any, **more: Any) -> Any:
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1
                return call(*args, **more)

            return wrapped

        for name in CALLS:
            setattr(os, name, wrap(getattr(os, name)))
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def test_killed_at_any_call_of_a_rebuild_and_of_its_restoration(tmp_path: Path) -> None:
    seen = []
    moment = 0
    while True:
        directory = tmp_path / str(moment)
        write(directory, OLD)
        if not killed_at(moment, partial(rebuild, directory)):
            break
        again = 0
        while killed_at(again, partial(restore_previous_contents, str(directory))):
            again += 1
        found = read(directory)
        assert found in (OLD, NEW), (moment, found)
        seen.append(found == NEW)
        moment += 1
    assert read(directory) == NEW
    assert seen == sorted(seen) and set(seen) == {False, True}, (
        "first the old one, then the new one"
    )


def test_a_rebuild_that_fails_restores_what_was_there(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    with pytest.raises(OSError, match="full"), previous_contents_aside(str(tmp_path)):
        write(tmp_path, NEW)
        raise OSError("full")
    assert read(tmp_path) == OLD


def test_an_interrupted_rebuild_is_an_environment_that_needs_work(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "venv"
    write(directory, OLD)
    assert killed_at(6, lambda: rebuild(directory))
    assert {".pyfleet-aside"} <= set(os.listdir(directory))
    with Host() as host:
        state = read_environment_state(host, str(directory))
    assert (state.kind, state.interrupted) == ("directory", True)
    remove_environment(str(directory))
    assert not directory.exists()
