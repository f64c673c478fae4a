# SPDX-License-Identifier: GPL-3.0-or-later
"""What root must not run in an environment, and what no converge may remove."""

from __future__ import annotations

import os
import stat
from typing import Optional

from .._host.host import Host
from .._process.accounts import Account
from .._process.commands import OperationError
from .._scan.read.trust import TrustReader
from .foreign_content import reject_foreign_content
from .owner import owner_uid
from .plan import Plan
from .spec import EnvironmentSpec
from .state import EnvironmentState


def reject_shared_mode(spec: EnvironmentSpec, account: Optional[Account]) -> None:
    """Raise OperationError where others could write the directory of an environment that root builds and runs."""
    if not spec.mode or os.geteuid() != 0 or owner_uid(account) != 0:
        return
    mode = int(spec.mode, 8)
    group = os.getegid() if account is None else account.gid
    if mode & stat.S_IWOTH or (mode & stat.S_IWGRP and group != 0):
        message = "mode %s lets others write to %s, which root runs programs from" % (
            spec.mode,
            spec.path,
        )
        hint = "Set owner to a user who builds the environment, or use a mode that only its owner can write, as '0755'."
        raise OperationError("unsafe-mode", message, hint)


def find_untrusted_code(
    host: Host,
    spec: EnvironmentSpec,
    current: EnvironmentState,
    account: Optional[Account],
) -> str:
    """Return why root must not run the Python or pip of an environment, as others could change it; '' if it may.

    Raises OperationError where it would be rebuilt in a directory that others can write.
    """
    if os.geteuid() != 0 or owner_uid(account) != 0 or not current.prefix:
        return ""
    reader = TrustReader(host)
    if spec.strategy == "in_place":
        directory = reader.judge([current.prefix])
        if not directory.trusted:
            message = "others can change %s: %s" % (
                spec.path,
                "; ".join(directory.because),
            )
            hint = "Make its directory writable by root alone, or set owner to the user who builds the environment."
            raise OperationError("unsafe-place", message, hint)
    trust = reader.judge_environment(current.prefix)
    return (
        ""
        if trust.trusted
        else "Others could have changed its files: %s." % "; ".join(trust.because[:3])
    )


def reject_loss(
    host: Host, spec: EnvironmentSpec, current: EnvironmentState, plan: Plan
) -> None:
    """Raise OperationError where a plan would remove, or hide, files that belong to no environment."""
    if current.kind != "directory" or not current.prefix:
        return
    if plan.adopt:
        reject_foreign_content(host, current.prefix, "replaced by a link to a release")
    elif plan.base == "fresh":
        reject_foreign_content(host, current.prefix, "rebuilt")
