# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run distro_package_info on a host with the rows of Debian's table that it needs, and not with the whole table."""

from __future__ import annotations

from typing import Any, Optional

from ansible.plugins.action import ActionBase

from ansible_collections.pyfleet.python.plugins.plugin_utils.distro_package.package_table import (
    read_table,
    select_rows,
)


class ActionModule(ActionBase):
    """Adds what the controller knows to the options of the module."""

    TRANSFERS_FILES = False

    def run(
        self, tmp: Any = None, task_vars: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Return the result of the module."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        options = dict(self._task.args)
        table = read_table()
        names = options.get("names") or []
        requirements = (
            names.split(",")
            if isinstance(names, str)
            else [str(name) for name in names]
        )
        options.setdefault(
            "packages_by_release",
            select_rows(table, requirements, str(options.get("search") or "")),
        )
        options.setdefault("table_dates", dict(table.dates))
        answer = self._execute_module(
            module_name="pyfleet.python.distro_package_info",
            module_args=options,
            task_vars=task_vars,
        )
        return {**result, **answer}
