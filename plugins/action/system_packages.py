# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install packages of the distribution, predict that in check mode, and explain failures."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.pyfleet.python.plugins.plugin_utils.package_failure import (
    explain_package_failure,
)

_OPTIONS = {
    "names": {"type": "list", "elements": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "latest"], "default": "present"},
    "manager": {"type": "str", "default": ""},
    "update_cache": {"type": "bool", "default": False},
    "install_recommends": {"type": "bool"},
}
_CACHE_VALID_SECONDS = 3600
#: What modules say in check mode without the bindings of the package manager, which they would install in a real run.
_NO_BINDINGS = "to use check mode"
#: What apt says without its package lists, which it would download in a real run.
_NO_LISTS = "No package matching"


class ActionModule(ActionBase):
    """Runs `ansible.builtin.package`, which chooses the module of the package manager."""

    TRANSFERS_FILES = False

    def run(
        self, tmp: Any = None, task_vars: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Return the result of the package manager's module; fail with a sentence where that failed."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(_OPTIONS)
        names = options["names"]
        if not names:
            return {**result, "changed": False}
        # The database of dpkg is apt's.
        is_apt = options["manager"] in ("apt", "dpkg")
        answer = {**result, **self._install(make_arguments(options, is_apt), task_vars)}
        if not answer.get("failed"):
            return answer
        listed = " and ".join(names)
        said = str(answer.get("msg", ""))
        # The error that Ansible would display is the module's.
        answer.pop("exception", None)
        if self._task.check_mode and cannot_predict(said, is_apt):
            return {
                **answer,
                "failed": False,
                "changed": True,
                "msg": f"Would install {listed}. Check mode cannot tell more: {said}",
                "module_msg": said,
            }
        message = f"Cannot install {listed}: {explain_package_failure(answer)}"
        # In a result, Ansible prefers `msg` to the message of the error.
        raise AnsibleActionFail(
            message, result={**answer, "msg": message, "module_msg": said}
        )

    def _install(
        self, arguments: Mapping[str, Any], task_vars: Optional[dict[str, Any]]
    ) -> dict[str, Any]:
        task = self._task.copy()
        task.args = dict(arguments)
        action = self._shared_loader_obj.action_loader.get(
            "ansible.builtin.package",
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        try:
            answer: dict[str, Any] = action.run(task_vars=task_vars)
        except AnsibleActionFail as error:
            # There is no module for the package manager, or its name cannot be found out.
            return {**error.result, "failed": True, "msg": error.message}
        finally:
            action.cleanup()
        return answer


def make_arguments(options: Mapping[str, Any], is_apt: bool) -> dict[str, Any]:
    """Return the options of `ansible.builtin.package`, with those that only apt has where it is apt."""
    arguments = {"name": options["names"], "state": options["state"]}
    if not is_apt:
        return arguments
    arguments["use"] = "apt"
    if options["update_cache"]:
        arguments.update(update_cache=True, cache_valid_time=_CACHE_VALID_SECONDS)
    if options["install_recommends"] is not None:
        arguments["install_recommends"] = options["install_recommends"]
    return arguments


def cannot_predict(message: str, is_apt: bool) -> bool:
    """Return whether a module failed in check mode alone: a real run would first install or download what it lacks."""
    return _NO_BINDINGS in message or (is_apt and _NO_LISTS in message)
