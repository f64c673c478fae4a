# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user meets at login: commands in a login's environment, the PATH of the login shell, and pipx itself."""

from __future__ import annotations

import os
import re
from typing import List, NamedTuple, Sequence

from .._process.commands import CommandResult, Run

_TIMEOUT = 60.0  # seconds
_PATH = "/usr/bin:/bin"
_OUTPUT_LIMIT = 1 << 20


class LoginShell(NamedTuple):
    """Whose login it is; ``user`` and ``home`` are '' for anybody."""

    user: str
    home: str
    shell: str


class PipxCheck(NamedTuple):
    """What starting pipx and a login shell showed."""

    version: str  # '' where it does not start
    output: str
    on_path: bool  # a login shell searches the directory for commands


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
