# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom work is done for."""

from __future__ import annotations

import grp
import os
import pwd
from typing import Optional, Tuple

from .._host.record import NamedTuple
from .commands import OperationError


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
        raise OperationError(
            "no-such-user",
            "there is no user %s" % name,
            "Create the user before this task.",
        ) from None
    gid = user.pw_gid
    if group:
        try:
            gid = int(group) if group.isdecimal() else grp.getgrnam(group).gr_gid
        except (KeyError, ValueError):
            raise OperationError(
                "no-such-group",
                "there is no group %s" % group,
                "Create the group before this task.",
            ) from None
    groups = {*os.getgrouplist(user.pw_name, user.pw_gid), gid}
    return Account(user.pw_name, user.pw_uid, gid, tuple(sorted(groups)), user.pw_dir)


def find_worker(owner: str, group: str = "") -> Optional[Account]:
    """Return the account that works for an owner and a group, or None where the caller works as itself.

    Raises OperationError where the account does not exist, or only root can work for it.
    """
    if not owner and not group:
        return None
    account = find_account(owner or str(os.geteuid()), group)
    if os.geteuid() != 0:
        if account.uid != os.geteuid():
            raise OperationError(
                "not-root",
                "only root can work for another owner: %s" % owner,
                "Add become: true.",
            )
        return None if account.gid == os.getegid() else account
    return None if (account.uid, account.gid) == (0, os.getegid()) else account


def shell_of(account: Account) -> str:
    """Return the login shell of an account; /bin/sh where it has none."""
    return pwd.getpwuid(account.uid).pw_shell or "/bin/sh"
