# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reject variables that have a role's prefix and are none of its variables."""

from __future__ import annotations

from typing import Any, Optional

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.pyfleet.python.plugins.plugin_utils.role_variables import (
    find_unknown_variables,
)


class ActionModule(ActionBase):
    """Compares the names of a host's variables with those of the role that the task belongs to."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(
        self, tmp: Any = None, task_vars: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Return a result without a change; fail with a sentence for each unknown variable."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.validate_argument_spec({})
        unknown = list(find_unknown_variables(self._task, task_vars or {}))
        if unknown:
            raise AnsibleActionFail("\n".join(unknown))
        return {**result, "changed": False}
