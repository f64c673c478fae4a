# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom work is done for."""

from __future__ import annotations

import grp
import os
import pwd
from typing import TYPE_CHECKING, NamedTuple, Optional, Tuple

from .commands import Failed

if TYPE_CHECKING:
    from .._core.read.release import Serving
    from .._core.wish import Wish


class Account(NamedTuple):
    """A user, with the group that files shall be of."""

    name: str
    uid: int
    gid: int
    groups: Tuple[int, ...]
    home: str


def find_account(name: str, group: str = "") -> Account:
    """Look a user up by name or number, and a group likewise; raises Failed where there is none."""
    try:
        user = pwd.getpwuid(int(name)) if name.isdecimal() else pwd.getpwnam(name)
    except (KeyError, ValueError):  # ValueError: a NUL in it
        raise Failed("no-such-user", "there is no user %s" % name, "Make the user before this task.") from None
    gid = user.pw_gid
    if group:
        try:
            gid = int(group) if group.isdecimal() else grp.getgrnam(group).gr_gid
        except (KeyError, ValueError):
            raise Failed("no-such-group", "there is no group %s" % group, "Make the group before this task.") from None
    groups = {*os.getgrouplist(user.pw_name, user.pw_gid), gid}
    return Account(user.pw_name, user.pw_uid, gid, tuple(sorted(groups)), user.pw_dir)


def account_of(wish: Wish) -> Optional[Account]:
    """Give the account that does the work for an environment, or None where the caller does it as itself."""
    if not wish.owner and not wish.group:
        return None
    account = find_account(wish.owner or str(os.geteuid()), wish.group)
    if os.geteuid() != 0:
        if account.uid != os.geteuid():
            raise Failed("not-root", "only root can work for another owner: %s" % wish.owner, "Add become: true.")
        return None if account.gid == os.getegid() else account
    return None if (account.uid, account.gid) == (0, os.getegid()) else account


def owns(wish: Wish, serving: Serving) -> bool:
    """Tell whether the files are of the owner and group that are wished; of no group in particular, any will do."""
    account = account_of(wish)
    uid, gid = (os.geteuid(), os.getegid()) if account is None else (account.uid, account.gid)
    return serving.uid == uid and (not wish.group or serving.gid == gid)
