# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit a host, write its result into a directory on the controller, and return a summary."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping

from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.host_action import (
    Gathered,
    HostResultAction,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.options import (
    INVENTORY_SUBSETS,
    select_scan_options,
)


class ActionModule(HostResultAction):
    """Runs the modules audit and python_facts on the host."""

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
        """Return what the modules return."""
        given = {
            name: value
            for name, value in options["options"].items()
            if value is not None
        }
        result = self._run(
            "pyfleet.python.audit",
            {**given, "output": "full", "fail_on": options["fail_on"]},
            task_vars,
        )
        subset = INVENTORY_SUBSETS[options["inventory"]]
        if "verdict" not in result or not subset:
            return Gathered(result)
        arguments = {**select_scan_options(given), "gather_subset": list(subset)}
        facts = self._run("pyfleet.python.python_facts", arguments, task_vars)
        if "ansible_facts" not in facts:
            # The report would lack the Pythons of a host that seems to be complete.
            reason = facts.get("msg") or "it returned no facts"
            return Gathered(
                {
                    "failed": True,
                    "msg": f"python_facts failed after the audit: {reason}",
                }
            )
        return Gathered(result, facts["ansible_facts"]["pyfleet_python"])

    def _run(
        self, name: str, arguments: dict[str, Any], task_vars: Mapping[str, Any]
    ) -> dict[str, Any]:
        found: dict[str, Any] = self._execute_module(
            name, arguments, task_vars=dict(task_vars)
        )
        return found
