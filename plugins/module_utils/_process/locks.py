# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time on one path: a lock in a directory that only root, or only the caller, can write."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import Iterator

from .commands import OperationError

_POLL = 0.1  # seconds
_FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
_DIRECTORY_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def locked(path: str, seconds: float, uid: int) -> Iterator[None]:
    """Hold the lock on a path; raises OperationError where another run holds it for longer than ``seconds``."""
    fd = os.open(
        os.path.join(_directory(uid), _file_name(path)), _FLAGS | os.O_CREAT, 0o600
    )
    try:
        _wait(fd, path, seconds)
        os.ftruncate(fd, 0)
        os.pwrite(fd, b"%d\n" % os.getpid(), 0)
        yield
    finally:
        os.close(fd)


def prepare_lock(path: str, uid: int) -> None:
    """Create the lock file on a path as its user, for `hold_foreign_lock`."""
    os.close(
        os.open(
            os.path.join(_directory(uid), _file_name(path)), _FLAGS | os.O_CREAT, 0o600
        )
    )


@contextmanager
def hold_foreign_lock(path: str, seconds: float, uid: int) -> Iterator[None]:
    """Hold, as root, the lock that another user takes on a path, after `prepare_lock` ran as that user.

    What that user put in place of the file can do no more than keep root waiting for ``seconds``: no link is followed
    below the directory of all users, only a regular file of that user is locked, and nothing is written.
    """
    fd = _open_foreign(path, uid)
    try:
        info = os.fstat(fd)
        if not stat.S_ISREG(info.st_mode) or info.st_uid != uid:
            message = "the lock of user %d on %s is not a regular file of that user" % (
                uid,
                path,
            )
            raise OperationError("lock-directory", message, "Remove it.")
        _wait(fd, path, seconds)
        yield
    finally:
        os.close(fd)


def _open_foreign(path: str, uid: int) -> int:
    """Open the lock file of another user; each step is relative to a directory that is already open."""
    top, name = os.path.split(_place(uid, ""))
    above = os.open(top, _DIRECTORY_FLAGS)
    try:
        directory = os.open(name, _DIRECTORY_FLAGS, dir_fd=above)
    finally:
        os.close(above)
    try:
        return os.open(_file_name(path), _FLAGS | os.O_NONBLOCK, dir_fd=directory)
    finally:
        os.close(directory)


def _file_name(path: str) -> str:
    place = os.path.join(
        os.path.realpath(os.path.dirname(path)), os.path.basename(path)
    )
    return hashlib.sha256(os.fsencode(place)).hexdigest()[:32] + ".lock"


def _wait(fd: int, path: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not _try(fd):
        if time.monotonic() >= deadline:
            holder = os.pread(fd, 20, 0).decode("ascii", "replace").strip() or "unknown"
            message = "another run (process %s) has worked on %s for %g s" % (
                holder,
                path,
                seconds,
            )
            raise OperationError(
                "locked", message, "Wait for it, or increase lock_timeout."
            )
        time.sleep(_POLL)


def _try(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        if exc.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    return True


def _directory(uid: int) -> str:
    """Return the directory of a user's locks, created if it is missing; nobody else may own or write it."""
    path = _place(uid, os.environ.get("XDG_RUNTIME_DIR", ""))
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)
    if not _is_private(path, uid):
        message = "%s is not a private directory of this user" % path
        raise OperationError(
            "lock-directory", message, "Remove it; the next run creates it again."
        )
    return path


def _place(uid: int, runtime: str) -> str:
    """Return the path of that directory; ``runtime`` is the XDG_RUNTIME_DIR of a process of the user."""
    if uid == 0:
        return os.path.join(
            "/run" if os.path.isdir("/run") else "/var/run", "pyfleet-python"
        )
    for top in ("/run/user/%d" % uid, runtime):
        if top.startswith("/") and _is_private(top, uid):
            return os.path.join(top, "pyfleet-python")
    return "/tmp/pyfleet-python-%d" % uid


def _is_private(path: str, uid: int) -> bool:
    try:
        info = os.lstat(path)
    except OSError:
        return False
    return (
        stat.S_ISDIR(info.st_mode) and info.st_uid == uid and not info.st_mode & 0o077
    )
