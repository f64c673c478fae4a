# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way in which modules run a command: Ansible's own run_command, with a time limit and nothing expanded."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import contextmanager
from typing import Any, Iterator, Mapping, Sequence


def run_command(
    module: Any,
    argv: Sequence[str],
    environment: Mapping[str, str],
    directory: str | None,
    seconds: float,
) -> tuple[int, bytes, bytes]:
    """Run a command in the environment given, and in no other; return its status, output and errors.

    AnsibleModule.run_command has no time limit, replaces ``$HOME`` and ``~`` in arguments, and ends the module when a
    command does not exist; all three are turned off here.

    :param seconds: after which it is killed; 0: no limit.
    :raises OSError: it can't be started, or was killed (errno ETIMEDOUT).
    """
    late = threading.Event()
    timers: list[threading.Timer] = []

    def start_timer(process: Any) -> None:
        def kill() -> None:
            late.set()
            process.kill()

        if seconds:
            timer = threading.Timer(seconds, kill)
            timer.daemon = True
            timer.start()
            timers.append(timer)

    with _environment(environment):
        try:
            status, output, errors = module.run_command(
                list(argv),
                cwd=directory,
                encoding=None,
                expand_user_and_vars=False,
                handle_exceptions=False,
                before_communicate_callback=start_timer,
            )
        finally:
            for timer in timers:
                timer.cancel()
    if late.is_set():
        raise OSError(errno.ETIMEDOUT, "%s took longer than %g s" % (argv[0], seconds))
    return status, output, errors


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Replace this process's environment for a while: run_command can only add to it."""
    kept = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)
