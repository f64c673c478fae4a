# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of an environment that was rebuilt: running and failed ones are restarted; stopped ones stay stopped."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import Iterator, Sequence, Tuple

from .._host.host import Host
from .._process.commands import Run
from .._process.write_file import replace_file

_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
_RUNNING = frozenset(["active", "activating", "reloading", "failed"])
_SECONDS = 120.0
_RECORD_LIMIT = 65536  # bytes; a record has some hundred


def restart(names: Sequence[str], run: Run) -> Iterator[Tuple[str, str]]:
    """Restart services with systemd; gives of each its name and what went wrong, '' if nothing."""
    for name in names:
        if not os.path.isdir("/run/systemd/system"):
            yield name, "this host has no systemd"
            continue
        try:
            state = run(
                ["systemctl", "show", "--property=ActiveState", "--value", name],
                _ENVIRONMENT,
                "/",
                _SECONDS,
            )
            if state.output.strip() in _RUNNING:
                done = run(["systemctl", "restart", name], _ENVIRONMENT, "/", _SECONDS)
                yield (
                    name,
                    (done.errors.strip() or "systemctl failed") if done.status else "",
                )
        except OSError as exc:
            yield name, str(exc)


def record_release(path: str, release: str) -> None:
    """Write into the record of a service that it was started with a release, so that its next play does not restart it.

    A record that is not there or cannot be read is left alone: then the next play restarts the service. Its directory may
    be another user's, who leads root nowhere with links.
    """
    with suppress(OSError, ValueError, TypeError, RecursionError):
        with Host() as host:
            parts = dict(json.loads(host.content(path, _RECORD_LIMIT) or b""))
        parts["release"] = release
        replace_file(path, json.dumps(parts, sort_keys=True) + "\n", 0o644)
