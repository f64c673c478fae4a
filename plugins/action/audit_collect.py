# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect the result that a host wrote when it audited itself, and return a summary."""

from __future__ import annotations

import shlex
import time
from typing import Any, ClassVar, Mapping

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.host_result import (
    SIZE_LIMIT,
    InvalidResultError,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.collected import (
    parse_collected,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.host_action import (
    Gathered,
    HostResultAction,
)


class ActionModule(HostResultAction):
    """Reads one file of the host; no module runs there, so that a host costs one command."""

    ARGUMENTS: ClassVar[Mapping[str, Any]] = {
        "path": {"type": "str", "default": "/var/lib/pyfleet/audit/result.json"},
        "max_age": {"type": "int", "default": 172800},
    }

    def gather(
        self, options: Mapping[str, Any], task_vars: Mapping[str, Any]
    ) -> Gathered:
        """Return what the host wrote; a failure where it wrote nothing, something else, or nothing recently."""
        command = make_command(options["path"])
        answer = self._low_level_execute_command(command, executable="/bin/sh")
        if answer["rc"] != 0:
            cause = (answer["stderr"] or answer["stdout"]).strip()
            return Gathered(
                {
                    "failed": True,
                    "msg": f"the host's own result cannot be read: {cause}",
                }
            )
        try:
            collected = parse_collected(
                answer["stdout"], time.time(), options["max_age"]
            )
        except InvalidResultError as exc:
            return Gathered({"failed": True, "msg": str(exc)})
        return Gathered(collected.result, collected.facts, collected.time)


def make_command(path: str) -> str:
    """Return the command that prints a regular file; it waits for no writer of a pipe."""
    file = shlex.quote(path)
    # One byte more than is allowed, so that a file that is cut is no JSON.
    head = shlex.join(["head", "-c", str(SIZE_LIMIT + 1), path])
    return f"if [ -e {file} ] && [ ! -f {file} ]; then echo {file} is not a regular file >&2; exit 1; fi; {head}"
