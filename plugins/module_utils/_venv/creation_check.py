# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that a Python can create an environment: create one in a temporary directory, start its pip, and remove it."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Optional, Sequence

from .._process.accounts import Account, find_account
from .._process.commands import OperationError, Run
from .._process.environment import clean_environment
from .._process.privilege_drop import run_in_child

_SECONDS = 300.0  # for one command
#: The directories that the checks leave behind if they are killed start with this.
PREFIX = "pyfleet-venv-"


def find_unprivileged(name: str) -> Optional[Account]:
    """Return the user to check as where root calls this, None for the caller; raise OperationError where it is root."""
    if os.geteuid() != 0:
        return None
    account = find_account(name)
    if account.uid == 0:
        raise OperationError(
            "is-root", "%s is root" % name, "Set an unprivileged user."
        )
    return account


def check_creation(run: Run, python: str, account: Optional[Account]) -> str:
    """Return what the pip of a new environment prints as its version; raise OperationError where anything fails.

    All of it runs in a child that has the rights of ``account``, and knows of no configuration.
    """
    environment, _credentials = clean_environment(account, {})
    answer = run_in_child(
        lambda send: _create(run, python, environment["PATH"]),
        account,
        environment,
        umask=0o077,
    )
    return str(answer)


def _create(run: Run, python: str, path: str) -> str:
    directory = tempfile.mkdtemp(prefix=PREFIX)
    variables = {"HOME": directory, "LC_ALL": "C", "PATH": path, "TMPDIR": directory}
    new = os.path.join(directory, "environment")
    try:
        _run(run, [python, "-I", "-m", "venv", new], variables, directory)
        return _run(
            run,
            [os.path.join(new, "bin", "python"), "-I", "-m", "pip", "--version"],
            variables,
            directory,
        )
    finally:
        shutil.rmtree(directory)


def _run(
    run: Run, argv: Sequence[str], variables: dict[str, str], directory: str
) -> str:
    try:
        done = run(argv, variables, directory, _SECONDS)
    except OSError as exc:
        raise OperationError(
            "not-started", "%s: %s" % (" ".join(argv), exc.strerror or exc)
        ) from None
    output = (done.output + done.errors).strip()
    if done.status != 0:
        raise OperationError("failed", "%s: %s" % (" ".join(argv), output))
    return output
