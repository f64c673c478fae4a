# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules for the shells of users share: work with the rights of a user, and what changed in files."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, Optional

from ansible.module_utils.basic import AnsibleModule

from .._process.accounts import Account, find_account
from .._process.commands import OperationError
from .._process.environment import clean_environment
from .._process.privilege_drop import run_in_child
from .._scan.serialize.text import safe_text
from .failure import fail


def run_as(module: AnsibleModule, user: str, work: Callable[[], Any]) -> Any:
    """Return what ``work`` returns in a child that has the rights of ``user``; '' is the caller."""
    try:
        account: Optional[Account] = find_account(user) if user else None
        if account is not None and account.uid == os.geteuid():
            account = None
        environment, _credentials = clean_environment(account, {})
        return run_in_child(lambda send: work(), account, environment)
    except OperationError as exc:
        message = "%s: %s" % (user or "for everyone", exc.message)
        fail(module, OperationError(exc.code, message, exc.hint, exc.output))


def serialize_change(path: str, before: str, after: str) -> Dict[str, str]:
    """Return what changed in a file, as a diff of Ansible."""
    header = safe_text(path)
    return {
        "before_header": header,
        "after_header": header,
        "before": safe_text(before, 65536, True),
        "after": safe_text(after, 65536, True),
    }
