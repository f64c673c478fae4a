# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks in a directory of results: workers of Ansible run side by side."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import Iterator

_CLAIM_LIMIT = 4096  # bytes


@contextmanager
def lock_run(directory: str) -> Iterator[None]:
    """Hold the lock under which a run is started."""
    with _lock(directory, ".run.lock"):
        yield


@contextmanager
def claim_report(directory: str, task: str) -> Iterator[bool]:
    """Yield whether this worker is the first of a task to build the report; others wait until it is built.

    If the block fails, the next worker is the first.
    """
    with _lock(directory, ".report.lock") as descriptor:
        if os.read(descriptor, _CLAIM_LIMIT) == task.encode():
            yield False
            return
        yield True
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, task.encode())


@contextmanager
def _lock(directory: str, name: str) -> Iterator[int]:
    descriptor = os.open(
        os.path.join(directory, name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
