# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user meets at login: commands in a login's environment, and the PATH of the login shell."""

from __future__ import annotations

import os
from typing import List, NamedTuple, Sequence

from .commands import CommandResult, Run

_TIMEOUT = 60.0  # seconds
_PATH = "/usr/bin:/bin"
_OUTPUT_LIMIT = 1 << 20


class LoginShell(NamedTuple):
    """Whose login it is; ``user`` and ``home`` are '' for anybody."""

    user: str
    home: str
    shell: str


def run_at_login(run: Run, login: LoginShell, command: Sequence[str]) -> CommandResult:
    """Run a command as after a login; raise OSError where it cannot be started or takes too long."""
    name = login.user or "nobody"
    environment = {
        "HOME": login.home or "/nonexistent",
        "LC_ALL": "C",
        "LOGNAME": name,
        "PATH": _PATH,
        "SHELL": login.shell,
        "USER": name,
    }
    done = run(command, environment, "/", _TIMEOUT)
    return done._replace(
        output=done.output[:_OUTPUT_LIMIT], errors=done.errors[:_OUTPUT_LIMIT]
    )


def login_path(run: Run, login: LoginShell) -> List[str]:
    """Return the directories on PATH in a login shell: the user's own shell, where logins are possible."""
    shell = login.shell
    if not os.access(shell, os.X_OK) or os.path.basename(shell) in ("false", "nologin"):
        shell = "/bin/sh"
    done = run_at_login(run, login, [shell, "-l", "-c", "env"])
    lines = [line for line in done.output.splitlines() if line.startswith("PATH=")]
    return lines[-1][len("PATH=") :].split(":") if lines else []
