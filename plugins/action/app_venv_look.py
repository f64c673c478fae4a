# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at a host for the role app_venv: what it has to do there, or why it is refused.

One task, because each task more is one for each host; and an action, because Ansible loads it once before it forks a
worker for each host, while each worker would load filters again.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, Optional

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.changes import find_changes
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.plan import make_plan

_LOOK = Path(__file__).resolve().parents[2] / "roles/app_venv/files/look.sh"
_OPTIONS = {
    "apps": {"type": "list", "elements": "dict", "required": True},
    "root": {"type": "path", "required": True},
    "defaults": {"type": "dict", "default": {}},
    "thorough": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):
    """Plans on the controller, asks the host with a shell script, and holds the one against the other."""

    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        """Give the plan and what is to be changed; fails with a sentence for each cause of a refusal."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(_OPTIONS)
        playbook = str((task_vars or {}).get("playbook_dir", "."))
        plan = make_plan(options["apps"], options["root"], playbook, options["defaults"], options["thorough"])
        changes = find_changes(plan, self._ask(plan["asked"]))
        refusals = plan["refusals"] + changes.pop("refusals")
        if refusals:
            raise AnsibleActionFail("\n".join(refusals))
        # What waits for a file or a user cannot be asked for in check mode: it counts as changed.
        waiting = changes["pending"] if self._task.check_mode else []
        applications = plan["applications"]
        result["environments"] = [row["environment"] for row in applications if row["name"] not in waiting]
        # Variables of applications and credentials of indexes are in it: it is for the role, and nobody sees it.
        return {**result, "applications": applications, **changes, "changed": False, "_ansible_no_log": True}

    def _ask(self, asked: list[str]) -> list[str]:
        """Give what look.sh says; nothing where there is nothing to ask."""
        if not asked:
            return []
        # No module, as a shell starts in a tenth of the time of Python.
        command = shlex.join(["sh", "-c", _LOOK.read_text(encoding="utf-8"), _LOOK.name, *asked])
        answer = self._low_level_execute_command(command, executable="/bin/sh")
        if answer["rc"] != 0:
            cause = (answer["stderr"] or answer["stdout"]).strip()
            raise AnsibleActionFail("the host could not be looked at: %s" % cause)
        return list(answer["stdout_lines"])
