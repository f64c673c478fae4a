# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit a host, write its result into a directory on the controller, and return a summary."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping

from ansible_collections.pyfleet.python.plugins.module_utils._scan.scan_request import (
    INVENTORY_SUBSETS,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.host_action import (
    Gathered,
    HostResultAction,
)


class ActionModule(HostResultAction):
    """Runs the module audit on the host."""

    ARGUMENTS: ClassVar[Mapping[str, Any]] = {
        "options": {"type": "dict", "default": {}},
        "fail_on": {
            "type": "list",
            "elements": "str",
            "choices": ["fail", "incomplete"],
            "default": [],
        },
        "inventory": {
            "type": "str",
            "choices": list(INVENTORY_SUBSETS),
            "default": "packages",
        },
    }

    def gather(
        self, options: Mapping[str, Any], task_vars: Mapping[str, Any]
    ) -> Gathered:
        """Return what the module audit returns, in one scan of the host."""
        given = {
            name: value
            for name, value in options["options"].items()
            if value is not None
        }
        arguments = {
            **given,
            "output": "full",
            "fail_on": options["fail_on"],
            "inventory": options["inventory"],
        }
        result: dict[str, Any] = self._execute_module(
            "pyfleet.python.audit", arguments, task_vars=dict(task_vars)
        )
        return Gathered(result, result.pop("facts", None))
