# SPDX-License-Identifier: GPL-3.0-or-later
"""An AnsibleModule whose options may hold credentials, and commands for what effects need."""

from __future__ import annotations

import errno
import os
import threading
from typing import Any, Mapping, Sequence

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from .._process.commands import CommandResult, Run
from .._process.secrets import find_secrets

#: Where distributions come from: options of every module that installs some.
INDEX_ARGUMENTS: dict[str, Any] = {
    "index_url": {"type": "str"},
    "extra_index_urls": {"type": "list", "elements": "str", "default": []},
    "index_credentials": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "host": {"type": "str", "required": True},
            "username": {"type": "str", "required": True},
            "password": {"type": "str", "default": "", "no_log": True},
        },
    },
    "find_links": {"type": "list", "elements": "str", "default": []},
    "no_index": {"type": "bool", "default": False},
    "ca_bundle": {"type": "path"},
    "timeout": {"type": "float", "default": 0.0},
}


class Module(AnsibleModule):
    """Registers the credentials in its options before anything is logged or answered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.no_log_values.update(find_secrets(self.params))

    def add_path_info(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Leave the answer as it is: what AnsibleModule adds beside a `path` would be of the link."""
        return kwargs

    def _log_invocation(self) -> None:
        """Log the options as AnsibleModule does, credentials in URLs and variables left out as well.

        They are taken out before: its own look for passwords cuts one that holds an @ in two, and half of it stays.
        """
        self.no_log_values.update(find_secrets(self.params))
        params = self.params
        self.params = remove_values(params, self.no_log_values)
        try:
            super()._log_invocation()
        finally:
            self.params = params


def command_runner(module: AnsibleModule) -> Run:
    """Give what runs a command in the environment that it is given, and in no other."""

    def run(argv: Sequence[str], environment: Mapping[str, str], directory: str, seconds: float) -> CommandResult:
        late = threading.Event()
        timers: list[threading.Timer] = []

        def watch(process: Any) -> None:
            def kill() -> None:
                late.set()
                process.kill()

            if seconds:
                timers.append(threading.Timer(seconds, kill))
                timers[0].daemon = True
                timers[0].start()

        kept = dict(os.environ)
        os.environ.clear()
        os.environ.update(environment)
        try:
            status, output, errors = module.run_command(
                list(argv),
                cwd=directory,
                encoding="utf-8",
                errors="surrogateescape",
                expand_user_and_vars=False,
                handle_exceptions=False,
                before_communicate_callback=watch,
            )
        finally:
            for timer in timers:
                timer.cancel()
            os.environ.clear()
            os.environ.update(kept)
        if late.is_set():
            raise OSError(errno.ETIMEDOUT, "%s took longer than %g s" % (argv[0], seconds))
        return CommandResult(status, output, errors)

    return run
