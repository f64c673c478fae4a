# SPDX-License-Identifier: GPL-3.0-or-later
"""The host that a module runs on: the core's door, with commands run by Ansible's own run_command."""

from __future__ import annotations

import errno
import threading
from typing import Any, Callable, Sequence

from .._host.host import Host, Limits

#: Commands are trusted ones, called by their full path; what they call themselves is the system's own.
_ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "PYTHONHOME": "",
    "PYTHONPATH": "",
}


def open_host(module: Any) -> Host:
    """Give the host that ``root``, ``execute`` and ``time_limit`` of a module ask for; the caller closes it."""
    params = module.params
    run = None if params["execute"] == "never" else command_runner(module)
    return Host(root=params["root"], run=run, limits=Limits(seconds=params["time_limit"]))


def command_runner(module: Any) -> Callable[[Sequence[str], float], tuple[int, bytes, bytes]]:
    """Give what runs a command with a time limit, and raises OSError where it can't start or is late.

    run_command has no time limit of its own, replaces ``$HOME`` and ``~`` in arguments, and ends the module when a
    command is not there; all three are turned off here.
    """

    def run(argv: Sequence[str], seconds: float) -> tuple[int, bytes, bytes]:
        late = threading.Event()
        timers = []

        def watch(process: Any) -> None:
            def kill() -> None:
                late.set()
                process.kill()

            timers.append(threading.Timer(seconds, kill))
            timers[0].daemon = True
            timers[0].start()

        try:
            status, output, errors = module.run_command(
                list(argv),
                encoding=None,
                environ_update=_ENVIRONMENT,
                expand_user_and_vars=False,
                handle_exceptions=False,
                before_communicate_callback=watch,
            )
        finally:
            for timer in timers:
                timer.cancel()
        if late.is_set():
            raise OSError(errno.ETIMEDOUT, "%s took longer than %g s" % (argv[0], seconds))
        return status, output, errors

    return run
