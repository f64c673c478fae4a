# SPDX-License-Identifier: GPL-3.0-or-later
"""The host that a module runs on: `Host`, with its commands."""

from __future__ import annotations

import os
from typing import Any, Sequence

from .._host.host import Host, Limits
from .._process.run_process import run_command

#: Commands are trusted ones, called by their full path; what they call themselves is the system's own.
_ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "PYTHONHOME": "",
    "PYTHONPATH": "",
}


def open_host(module: Any) -> Host:
    """Return the host that ``root``, ``execute`` and ``time_limit`` of a module describe; the caller closes it."""

    def run(argv: Sequence[str], seconds: float) -> tuple[int, bytes, bytes]:
        return run_command(argv, {**os.environ, **_ENVIRONMENT}, None, seconds)

    params = module.params
    may_run = params["execute"] != "never"
    return Host(
        root=params["root"],
        run=run if may_run else None,
        limits=Limits(seconds=params["time_limit"]),
    )
