# SPDX-License-Identifier: GPL-3.0-or-later
"""The account that owns an environment's files and works in it."""

from __future__ import annotations

import os
from typing import Optional

from .._process.accounts import Account, find_worker
from .spec import EnvironmentSpec
from .state import EnvironmentState


def find_owner(spec: EnvironmentSpec) -> Optional[Account]:
    """Return the account that works for an environment, or None where the caller works as itself.

    Raises OperationError where the account does not exist, or only root can work for it.
    """
    return find_worker(spec.owner, spec.group)


def has_requested_owner(spec: EnvironmentSpec, current: EnvironmentState) -> bool:
    """Return whether the files belong to the requested owner and group; without a requested group, any is right."""
    account = find_owner(spec)
    gid = os.getegid() if account is None else account.gid
    return current.uid == owner_uid(account) and (not spec.group or current.gid == gid)


def owner_uid(account: Optional[Account]) -> int:
    """Return the uid of an account; None stands for the caller."""
    return os.geteuid() if account is None else account.uid
