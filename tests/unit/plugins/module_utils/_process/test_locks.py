# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock on a path: one at a time, let go by whoever dies, in a directory that nobody else can write."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process import locks
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.locks import (
    locked,
)

UID = os.geteuid()


def hold(path: str) -> int:
    """Fork a process that holds the lock until it is killed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        with locked(path, 0, UID):
            os.write(writing, b"x")
            time.sleep(60)
        os._exit(0)
    os.close(writing)
    assert os.read(reading, 1) == b"x"
    os.close(reading)
    return pid


def test_one_at_a_time_and_the_other_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "venv")
    pid = hold(path)
    try:
        with pytest.raises(OperationError) as failed, locked(path, 0.2, UID):
            pass
        assert failed.value.code == "locked"
        assert str(pid) in failed.value.message
        with locked(str(tmp_path / "other"), 0, UID):
            pass
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    with locked(path, 0, UID):
        pass


def test_who_waits_comes_next(tmp_path: Path) -> None:
    path = str(tmp_path / "venv")
    pid = hold(path)
    if os.fork() == 0:
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        os._exit(0)
    started = time.monotonic()
    with locked(path, 30, UID):
        assert 0.2 < time.monotonic() - started < 10
    os.wait()
    os.wait()


def test_two_names_of_one_directory_are_one_lock(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "alias").symlink_to("real")
    one, other = str(tmp_path / "real" / "venv"), str(tmp_path / "alias" / "venv")
    with locked(one, 0, UID), pytest.raises(OperationError), locked(other, 0, UID):
        pass


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o711])
def test_a_directory_that_others_may_enter_is_not_trusted(
    tmp_path: Path, mode: int
) -> None:
    tmp_path.chmod(0o700)
    assert locks._is_private(str(tmp_path), UID)
    assert not locks._is_private(str(tmp_path), UID + 1)
    (tmp_path / "link").symlink_to(tmp_path)
    assert not locks._is_private(str(tmp_path / "link"), UID)
    tmp_path.chmod(mode)
    assert not locks._is_private(str(tmp_path), UID)


@pytest.mark.skipif(UID != 0, reason="root is needed, to take the lock of another user")
@pytest.mark.parametrize(
    "kind", ["regular", "symlink", "fifo", "of-root", "missing", "directory-is-a-link"]
)
def test_root_takes_the_lock_of_an_owner_and_nothing_that_it_put_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    uid, path = 65534, str(tmp_path / "venv")
    directory = tmp_path / "locks"
    directory.mkdir(mode=0o700)
    os.chown(directory, uid, uid)
    monkeypatch.setattr(locks, "_place", lambda _uid, _runtime: str(directory))
    file = directory / locks._file_name(path)
    secret = tmp_path / "secret"
    secret.write_text("of root")
    if kind == "symlink":
        file.symlink_to(secret)
    elif kind == "fifo":
        os.mkfifo(file)
        os.chown(file, uid, uid)
    elif kind == "of-root":
        os.link(secret, file)
    elif kind != "missing":
        file.write_text("")
        os.chown(file, uid, uid)
    if kind == "directory-is-a-link":
        directory.rename(tmp_path / "moved")
        directory.symlink_to(tmp_path / "moved")
    if kind != "regular":
        with pytest.raises((OperationError, OSError)), locks.hold_foreign_lock(
            path, 1, uid
        ):
            pass
        assert secret.read_text() == "of root"
        return
    with locks.hold_foreign_lock(path, 0, uid):
        with pytest.raises(OperationError) as failed, locks.hold_foreign_lock(
            path, 0.2, uid
        ):
            pass
        assert failed.value.code == "locked"
    assert file.read_text() == ""
