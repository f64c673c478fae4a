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


@contextmanager
def locked(path: str, seconds: float, uid: int) -> Iterator[None]:
    """Hold the lock on a path; raises Failed where another run holds it for longer than ``seconds``."""
    place = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    name = hashlib.sha256(os.fsencode(place)).hexdigest()[:32] + ".lock"
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    fd = os.open(os.path.join(_directory(uid), name), flags, 0o600)
    try:
        deadline = time.monotonic() + seconds
        while not _try(fd):
            if time.monotonic() >= deadline:
                holder = os.pread(fd, 20, 0).decode("ascii", "replace").strip() or "unknown"
                message = "another run (process %s) has worked on %s for %g s" % (holder, path, seconds)
                raise OperationError("locked", message, "Wait for it, or increase lock_timeout.")
            time.sleep(_POLL)
        os.ftruncate(fd, 0)
        os.pwrite(fd, b"%d\n" % os.getpid(), 0)
        yield
    finally:
        os.close(fd)


def _try(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        if exc.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    return True


def _directory(uid: int) -> str:
    """Give the run-time directory, made where it does not exist; nobody else may own or write it."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    places = ["/run/user/%d" % uid, *([runtime] if runtime.startswith("/") else [])]
    top = next((each for each in places if _is_private(each, uid)), "")
    if uid == 0:
        top = "/run" if os.path.isdir("/run") else "/var/run"
    path = os.path.join(top, "pyfleet-python") if top else "/tmp/pyfleet-python-%d" % uid
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)
    if not _is_private(path, uid):
        message = "%s is not a private directory of this user" % path
        raise OperationError("lock-directory", message, "Remove it; the next run creates it again.")
    return path


def _is_private(path: str, uid: int) -> bool:
    try:
        info = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == uid and not info.st_mode & 0o077
