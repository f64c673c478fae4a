# SPDX-License-Identifier: GPL-3.0-or-later
"""Private temporary directories of a build. They may hold credentials, so those that a killed run left are removed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import Iterator, List

_WORK_PREFIX = "pyfleet-work-"
PIP_BOOTSTRAP_PREFIX = "pyfleet-pip-"
_DAY = 86400.0


def make_pip_bootstrap_directory(path: str) -> str:
    """Create and return a directory for an unpacked pip that the next environments are given as well.

    Where possible it is on the file system of the environment at ``path``, so that its files can be hard links: /tmp is
    often a file system of its own, in memory.
    """
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    device = os.stat(path).st_dev
    near = [
        top
        for top in _temporary()
        if os.stat(top).st_dev == device and os.access(top, os.W_OK)
    ]
    return tempfile.mkdtemp(prefix=PIP_BOOTSTRAP_PREFIX, dir=near[0] if near else None)


def _temporary() -> List[str]:
    return [top for top in (tempfile.gettempdir(), "/var/tmp") if os.path.isdir(top)]


@contextmanager
def private_directory() -> Iterator[str]:
    """Yield a private directory that is locked while it is in use and removed at the end.

    Remove the directories of killed processes first: their locks are free.
    """
    for top in _temporary():
        for name in os.listdir(top):
            if name.startswith(_WORK_PREFIX):
                _remove_abandoned(os.path.join(top, name), 1)
            elif name.startswith(PIP_BOOTSTRAP_PREFIX):
                _remove_abandoned(os.path.join(top, name), _DAY)
    path = tempfile.mkdtemp(prefix=_WORK_PREFIX)
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(fd)


def _remove_abandoned(path: str, age: float) -> None:
    """Remove a directory of this user that is older than ``age`` seconds and that no process holds a lock on."""
    with suppress(OSError):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            info = os.fstat(fd)
            if (
                info.st_uid == os.geteuid() and time.time() - info.st_ctime > age
            ):  # a new one has no lock yet
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(fd)
