# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: externally_managed_hint
type: aggregate
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Name the cure for pip's error externally-managed-environment
description:
  - Searches the results of failed tasks for C(externally-managed-environment) (PEP 668), for
    C(ensurepip is not available), and for a missing C(venv), C(virtualenv), C(packaging) or pip. At the end of the run
    it prints what to use instead on these hosts.
  - Uses the facts of a host, gathered or cached, to name its distribution. Without facts the hint is general.
  - Changes nothing, and prints nothing when no task fails for these reasons. Failures that C(ignore_errors) covers do
    not count.
requirements:
  - enabled in the configuration, with C(callbacks_enabled = pyfleet.python.externally_managed_hint)
seealso:
  - module: pyfleet.python.source_audit
    description: Finds the tasks before they fail.
"""

from typing import Any

from ansible.plugins.callback import CallbackBase

from ansible_collections.pyfleet.python.plugins.plugin_utils.failure_hint.cures import (
    System,
    describe_cure,
    read_system,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.failure_hint.problems import (
    Problem,
    find_problem,
)

#: Hosts that a hint names; of further ones it gives the number.
MAX_HOSTS = 10


class CallbackModule(CallbackBase):
    """Keeps failures by task, problem and system, and prints a hint for each at the end."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "pyfleet.python.externally_managed_hint"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._play: Any = None
        self._hosts: dict[tuple[str, Problem, System], list[str]] = {}

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._play = play

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        # ansible-core 2.19 renamed _result, _host and _task.
        outcome = result.result if hasattr(result, "result") else result._result
        problem = None if ignore_errors else find_problem(outcome)
        if problem is None:
            return
        host = result.host if hasattr(result, "host") else result._host
        task = result.task if hasattr(result, "task") else result._task
        key = (task.get_name(), problem, read_system(self._find_facts(host)))
        self._hosts.setdefault(key, []).append(host.get_name())

    def v2_playbook_on_stats(self, stats: Any) -> None:
        for (task, problem, system), hosts in self._hosts.items():
            names = ", ".join(sorted(hosts)[:MAX_HOSTS])
            if len(hosts) > MAX_HOSTS:
                names += f" and {len(hosts) - MAX_HOSTS} more"
            self._display.display(
                f"\nHINT for the task '{task}' on {names}:", color="bright yellow"
            )
            for line in describe_cure(problem, system):
                self._display.display(f"  {line}")

    def _find_facts(self, host: Any) -> dict[str, Any]:
        """Return the facts of a host, gathered or cached; without any, an empty dictionary."""
        if self._play is None:
            return {}
        variables = self._play.get_variable_manager().get_vars(
            play=self._play, host=host
        )
        facts = variables.get("ansible_facts")
        return dict(facts) if facts else {}
