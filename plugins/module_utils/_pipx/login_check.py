# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether pipx starts at a user's login, and whether the login shell finds its commands."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from .._process.commands import CommandResult, Run
from .._process.login_shell import LoginShell, login_path, run_at_login


class PipxCheck(NamedTuple):
    """What starting pipx and a login shell showed."""

    version: str  # '' where it does not start
    output: str
    on_path: bool  # a login shell searches the directory for commands


def check_pipx(
    run: Run, login: LoginShell, executable: str, bin_directory: str
) -> PipxCheck:
    """Start pipx and a login shell, and return what they show."""
    try:
        done = run_at_login(run, login, [executable, "--version"])
    except OSError as exc:
        done = CommandResult(1, "", str(exc))
    output = done.output + done.errors
    found = re.findall(r"(?m)^\d+(?:\.\d+)+", output) if not done.status else []
    on_path = not os.path.isdir(bin_directory) or bin_directory in login_path(
        run, login
    )
    return PipxCheck(
        version="".join(found[-1:]), output=output.strip()[-1000:], on_path=on_path
    )
