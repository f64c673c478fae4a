# SPDX-License-Identifier: GPL-3.0-or-later
"""The account that an environment's files belong to, and that does the work in it."""

from __future__ import annotations

import os
from typing import Optional

from .._process.accounts import Account, find_account
from .._process.commands import OperationError
from .spec import EnvironmentSpec
from .state import EnvironmentState


def account_of(spec: EnvironmentSpec) -> Optional[Account]:
    """Give the account that does the work for an environment, or None where the caller does it as itself."""
    if not spec.owner and not spec.group:
        return None
    account = find_account(spec.owner or str(os.geteuid()), spec.group)
    if os.geteuid() != 0:
        if account.uid != os.geteuid():
            raise OperationError(
                "not-root", "only root can work for another owner: %s" % spec.owner, "Add become: true."
            )
        return None if account.gid == os.getegid() else account
    return None if (account.uid, account.gid) == (0, os.getegid()) else account


def owns(spec: EnvironmentSpec, current: EnvironmentState) -> bool:
    """Tell whether the files are of the owner and group that are wished; of no group in particular, any will do."""
    account = account_of(spec)
    uid, gid = (os.geteuid(), os.getegid()) if account is None else (account.uid, account.gid)
    return current.uid == uid and (not spec.group or current.gid == gid)
