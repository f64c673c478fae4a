# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands whose output is text: what every file that changes a host is given as `_process.commands.Run`."""

from __future__ import annotations

from typing import Mapping, Optional, Sequence

from .commands import CommandResult
from .run_process import run_command


def run_text(
    argv: Sequence[str],
    environment: Mapping[str, str],
    directory: Optional[str],
    seconds: float,
) -> CommandResult:
    """Run a command; see `_process.commands.Run`."""
    status, *printed = run_command(argv, environment, directory, seconds)
    output, errors = (text.decode("utf-8", "surrogateescape") for text in printed)
    return CommandResult(status, output, errors)
