# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate the applications of the role app_venv, read the host, and return what the role has to do there.

One task, because each further task costs every host its share; and an action, because Ansible loads it once before it
forks a worker for each host, while each worker would load filters again.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any, Optional

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.changes import (
    predict_changes,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.plan import (
    plan_applications,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.staged_files import (
    find_staged,
    redirect_environment,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.role_variables import (
    find_unknown_variables,
)

_SCRIPT = Path(__file__).resolve().parents[2] / "roles/app_venv/files/gather.sh"
_OPTIONS = {
    "apps": {"type": "list", "elements": "dict", "required": True},
    "root": {"type": "path", "required": True},
    "defaults": {"type": "dict", "default": {}},
    "full_validation": {"type": "bool", "default": False},
    "validate": {"type": "bool", "default": True},
}


class ActionModule(ActionBase):
    """Plans on the controller, reads the host with a shell script, and compares the two."""

    TRANSFERS_FILES = False

    def run(
        self, tmp: Any = None, task_vars: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Return the plan and the changes; fail with a sentence for each error."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, options = self.validate_argument_spec(_OPTIONS)
        unknown = list(find_unknown_variables(self._task, variables))
        if unknown:
            raise AnsibleActionFail("\n".join(unknown))
        plan = plan_applications(
            options["apps"],
            root=options["root"],
            playbook=str(variables.get("playbook_dir", ".")),
            defaults=options["defaults"],
            full_validation=options["full_validation"],
        )
        changes = predict_changes(
            plan, self._gather(plan["questions"]), bool(self._task.check_mode)
        )
        errors = [*plan["errors"], *changes.pop("errors")]
        if errors and options["validate"]:
            raise AnsibleActionFail("\n".join(errors))
        applications = plan["applications"]
        result["staged"] = ""
        result["environments"] = [row["environment"] for row in applications]
        if self._task.check_mode:
            result.update(self._prepare_check_mode(applications, changes))
        result["verify_environments"] = [
            _as_installed(environment) for environment in result["environments"]
        ]
        # The result holds variables of applications and credentials of indexes: it is for the role alone.
        return {
            **result,
            "applications": applications,
            **changes,
            "changed": False,
            "_ansible_no_log": True,
        }

    def _prepare_check_mode(
        self, applications: list[dict[str, Any]], changes: dict[str, Any]
    ) -> dict[str, Any]:
        """Return `environments` that the module can predict, and `staged`, the directory with temporary copies."""
        staged = find_staged(changes, applications)
        top = self._stage(staged) if staged else ""
        directories = {
            directory: f"{top}/{os.path.basename(directory)}" for directory in staged
        }
        # The module cannot be asked about an application that waits for a user.
        ready = [
            row["environment"]
            for row in applications
            if row["name"] not in changes["awaiting_users"]
        ]
        return {
            "environments": [redirect_environment(each, directories) for each in ready],
            "staged": top,
        }

    def _stage(self, staged: dict[str, list[str]]) -> str:
        """Copy files into a new directory on the host, which the user who runs the module owns; return its path."""
        top = self._run_shell("mktemp -d /tmp/pyfleet-check-mode.XXXXXXXX")
        transferred = self._make_tmp_path()
        try:
            for directory, files in staged.items():
                target = f"{top}/{os.path.basename(directory)}"
                self._run_shell(shlex.join(["mkdir", target]))
                for path in files:
                    remote = self._connection._shell.join_path(
                        transferred, os.path.basename(path)
                    )
                    self._transfer_file(path, remote)
                    self._fixup_perms2((transferred, remote), execute=False)
                    self._run_shell(shlex.join(["cp", remote, target]))
            self._run_shell(shlex.join(["chmod", "-R", "u=rwX,go=rX", top]))
        finally:
            self._remove_tmp_path(transferred)
        return top

    def _run_shell(self, command: str) -> str:
        answer = self._low_level_execute_command(command, executable="/bin/sh")
        if answer["rc"] != 0:
            raise AnsibleActionFail(
                f"Cannot copy files for check mode: {answer['stderr'].strip()}"
            )
        return str(answer["stdout"]).strip()

    def _gather(self, questions: list[str]) -> list[str]:
        """Return the lines that gather.sh prints; none where there is nothing to ask."""
        if not questions:
            return []
        # No module: a shell starts in a tenth of the time of Python.
        command = shlex.join(
            ["sh", "-c", _SCRIPT.read_text(encoding="utf-8"), _SCRIPT.name, *questions]
        )
        answer = self._low_level_execute_command(command, executable="/bin/sh")
        if answer["rc"] != 0:
            cause = (answer["stderr"] or answer["stdout"]).strip()
            raise AnsibleActionFail(f"Cannot read the host: {cause}")
        return list(answer["stdout_lines"])


def _as_installed(environment: dict[str, Any]) -> dict[str, Any]:
    """Return the options for a check of what is installed: newer versions on the index do not make it outdated."""
    if environment.get("state") == "latest":
        return {**environment, "state": "present"}
    return environment
