# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit files on the controller for what brings externally-managed-environment to hosts."""

from __future__ import annotations

import os
from typing import Any, Optional

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.audit_source import (
    audit_paths,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.serialize import (
    to_result,
)

_OPTIONS = {
    "path": {"type": "list", "elements": "str", "default": ["."]},
    "exclude": {"type": "list", "elements": "str", "default": []},
    "fail_on": {
        "type": "list",
        "elements": "str",
        "choices": ["fail", "incomplete"],
        "default": [],
    },
}


class ActionModule(ActionBase):
    """Reads the files of the controller; the host of the task is not contacted."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True

    def run(
        self, tmp: Any = None, task_vars: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Return the report; fail for a path that does not exist, and for the verdicts of ``fail_on``."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(_OPTIONS)
        paths = [os.path.expanduser(path) for path in options["path"]]
        for path in paths:
            if not os.path.lexists(path):
                raise AnsibleActionFail(f"{path} does not exist on the controller.")
        found = to_result(audit_paths(paths, options["exclude"]))
        result.update(
            found, changed=False, failed=found["verdict"] in options["fail_on"]
        )
        return result
