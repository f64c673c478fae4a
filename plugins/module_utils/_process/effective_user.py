# SPDX-License-Identifier: GPL-3.0-or-later
"""Read files with the rights of another user, without a process of their own."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Iterator, Optional

from .accounts import Account


@contextmanager
def effective_user(account: Optional[Account]) -> Iterator[None]:
    """Assume the effective identity of a user while reading; for None, or a caller who is not root, change nothing.

    For reading data only: the saved identity stays root's, so nothing of the user's may run meanwhile. The user can
    neither signal nor trace the process, as its real and saved identities are root's (kill(2), ptrace(2)).
    """
    if account is None or os.geteuid() != 0 or account.uid == 0:
        yield
        return
    groups, gid = os.getgroups(), os.getegid()
    os.setgroups(_supported(account.groups))
    try:
        os.setegid(account.gid)
        os.seteuid(account.uid)
        yield
    finally:
        os.seteuid(0)
        os.setegid(gid)
        os.setgroups(groups)


def _supported(groups: tuple[int, ...]) -> tuple[int, ...]:
    """Return the groups that the platform takes at once: 16 on macOS, 65536 on Linux."""
    return groups[: os.sysconf("SC_NGROUPS_MAX")]
