# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a pyenv root to a spec, as the owner of the root; without changes, nothing is started."""

from __future__ import annotations

import os
from typing import Optional

from .._host.host import Host
from .._process.accounts import Account, find_account
from .._process.commands import OperationError, Run
from .._process.effective_user import effective_user
from .plan import plan_pyenv
from .result import PyenvResult
from .spec import PyenvSpec
from .state import read_state


def converge(run: Run, spec: PyenvSpec, check: bool) -> PyenvResult:
    """Bring a root to a spec; in check mode predict. Raises OperationError."""
    account = find_owner(spec.root)
    if account is None and os.geteuid() == 0:
        # A link on the way that a user could change leads nowhere else from here on.
        spec = spec._replace(root=os.path.realpath(spec.root))
    with effective_user(account), Host() as host:
        plan = plan_pyenv(spec, read_state(host, spec))
    if not plan.changes() and not plan.problems:
        return PyenvResult(plan)
    # Importing this costs more time than all of the above, so it waits until something is to be changed.
    from .change import change

    return change(run, spec, account, check)


def find_owner(root: str) -> Optional[Account]:
    """Return the account that owns a root; None where it is the caller. Raises OperationError for another's."""
    uid = os.geteuid()
    try:
        owner = os.stat(root).st_uid
    except OSError:
        return None
    if owner == uid:
        return None
    if uid == 0:
        return find_account(str(owner))
    if os.access(root, os.W_OK):
        return None
    raise OperationError(
        "not-owner",
        "%s belongs to the user %d" % (root, owner),
        "Run the task as root or as that user: set become and become_user.",
    )
