# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands, run by the standard library alone."""

from __future__ import annotations

import errno
import subprocess
from typing import Mapping, Sequence

from .._process.commands import CommandResult


def run(
    argv: Sequence[str], environment: Mapping[str, str], directory: str, seconds: float
) -> CommandResult:
    """Run a command in the environment that it is given, and in no other; see `_process.commands.Run`."""
    # There is no Ansible, and no run_command, where this runs.
    with subprocess.Popen(  # pylint: disable=ansible-bad-function
        list(argv), env=dict(environment), cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, encoding="utf-8", errors="surrogateescape",
    ) as process:  # fmt: skip
        try:
            output, errors = process.communicate(timeout=seconds or None)
        except BaseException as exc:
            process.kill()  # what it started goes with the session that all of them are in
            if isinstance(exc, subprocess.TimeoutExpired):
                raise OSError(
                    errno.ETIMEDOUT, "%s took longer than %g s" % (argv[0], seconds)
                ) from None
            raise
    return CommandResult(process.returncode, output, errors)
