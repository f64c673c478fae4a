# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that a new release must pass before the switch."""

from __future__ import annotations

import os
from typing import Optional

from .._process.accounts import Account, find_account
from .._process.commands import CommandResult, OperationError, Run
from .._process.environment import clean_environment
from .._process.privilege_drop import run_in_child
from .spec import HealthCheck

_WORDS = 10_000  # characters of what the command said that are kept, the last


def find_checker(check: HealthCheck, owner: Optional[Account]) -> Optional[Account]:
    """Return who runs the check, or None for the caller; raise OperationError if this user cannot run it."""
    if not check.user:
        return owner
    account = find_account(check.user)
    if account.uid == os.geteuid():
        return None
    if os.geteuid() != 0:
        message = "only root can run a health check as another user: %s" % check.user
        raise OperationError(
            "not-root", message, "Set become: true, or omit health_check.user."
        )
    return account


def check_health(
    run: Run, check: HealthCheck, prefix: str, account: Optional[Account]
) -> None:
    """Run the check in the environment at ``prefix``, which is activated for it; raises Failed unless it succeeds."""
    environment, _credentials = clean_environment(account, {})
    scripts = os.path.join(prefix, "bin")
    environment.update(
        PATH="%s:%s" % (scripts, environment["PATH"]), VIRTUAL_ENV=prefix
    )
    environment.update(check.environment)
    try:
        answer = run_in_child(
            lambda say: run(check.command, environment, "/", 0),
            account,
            environment,
            seconds=check.timeout,
        )
    except OperationError as failed:
        what = (
            "took longer than %g s" % check.timeout
            if failed.code == "time-out"
            else failed.message
        )
        raise _unhealthy(check, what, failed.output) from None
    status, output, errors = answer
    done = CommandResult(int(status), str(output), str(errors))
    if done.status:
        how = (
            "ended with status %d" % done.status
            if done.status > 0
            else "ended by signal %d" % -done.status
        )
        raise _unhealthy(check, how, (done.output + done.errors)[-_WORDS:])


def _unhealthy(check: HealthCheck, what: str, output: str) -> OperationError:
    message = "the new release is not healthy: %s %s" % (check.command[0], what)
    return OperationError(
        "health-check",
        message,
        "The current release stays in use. See the output of the command.",
        output,
    )
