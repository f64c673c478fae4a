# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gather the Pythons of a host for the role venv_support, validate its variables, and return what is missing."""

from __future__ import annotations

from typing import Any, Optional

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.pyfleet.python.plugins.plugin_utils.role_variables import (
    find_unknown_variables,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.venv_support import (
    VenvSupportOptions,
    VenvSupportPlan,
    describe_missing,
    find_untrusted,
    plan_venv_support,
)

_OPTIONS = {
    "versions": {"type": "list", "elements": "str", "default": []},
    "pip": {"type": "bool", "default": False},
    "virtualenv": {"type": "bool", "default": False},
    "packages": {"type": "dict", "required": True},
    "require": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):
    """Runs python_facts on the host and plans on the controller."""

    TRANSFERS_FILES = False

    def run(
        self, tmp: Any = None, task_vars: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Return the Pythons, the missing packages and the facts; fail with a sentence for each error."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, given = self.validate_argument_spec(_OPTIONS)
        require = given.pop("require")
        options = VenvSupportOptions(**given)
        _fail_for(find_unknown_variables(self._task, task_vars or {}))
        facts = self._gather(options, task_vars)
        plan = plan_venv_support(facts["ansible_facts"]["pyfleet_python"], options)
        _fail_for(plan.errors)
        if require:
            self._require(plan)
        elif plan.missing:
            self._require_root(plan.missing)
        return {
            **result,
            "changed": False,
            "ansible_facts": facts["ansible_facts"],
            "missing": plan.missing,
            "pythons": [row["path"] for row in plan.pythons],
            "manager": (plan.system.get("package") or {}).get("manager", ""),
        }

    def _gather(
        self, options: VenvSupportOptions, task_vars: Optional[dict[str, Any]]
    ) -> dict[str, Any]:
        arguments = {
            "gather_subset": ["installations", "packages"]
            if options.requested
            else ["installations"],
            # Package managers install for everybody: what users have at home does not matter here.
            "users": ["root"],
            "execute": "package_managers",
        }
        facts: dict[str, Any] = self._execute_module(
            "pyfleet.python.python_facts", arguments, task_vars=task_vars
        )
        if facts.get("failed") or "ansible_facts" not in facts:
            raise AnsibleActionFail(
                facts.get("msg", "python_facts returned no facts"), result=facts
            )
        return facts

    def _require(self, plan: VenvSupportPlan) -> None:
        if plan.missing:
            raise AnsibleActionFail(describe_missing(plan))
        _fail_for(find_untrusted(plan))

    def _require_root(self, missing: list[str]) -> None:
        answer = self._low_level_execute_command("id -u", executable="/bin/sh")
        if answer["stdout"].strip() != "0":
            names = " and ".join(missing)
            raise AnsibleActionFail(
                f"Only root can install {names}: play this host with `become: true`."
            )


def _fail_for(errors: Any) -> None:
    text = "\n".join(errors)
    if text:
        raise AnsibleActionFail(text)
