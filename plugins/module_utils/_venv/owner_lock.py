# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock that root takes for an owner: root's own, and the one that the owner takes when it works itself."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import Iterator

from .._process.environment import clean_environment
from .._process.locks import hold_foreign_lock, locked, prepare_lock
from .._process.privilege_drop import run_in_child
from .owner import find_owner
from .spec import EnvironmentSpec


@contextmanager
def environment_locked(spec: EnvironmentSpec) -> Iterator[None]:
    """Hold the locks on an environment for at most as many seconds of waiting as its lock_timeout says.

    The owner's lock lies in a directory of the owner. A child with the owner's rights creates it; root opens nothing
    there but a regular file of the owner, and writes nothing into it.
    """
    account = find_owner(spec)
    with ExitStack() as stack:
        stack.enter_context(locked(spec.path, spec.lock_timeout, os.geteuid()))
        if account is not None and account.uid != os.geteuid():
            environment, _credentials = clean_environment(account, {})
            uid = account.uid
            run_in_child(lambda say: prepare_lock(spec.path, uid), account, environment)
            stack.enter_context(hold_foreign_lock(spec.path, spec.lock_timeout, uid))
        yield
