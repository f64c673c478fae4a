# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build one report from a directory of results, once all hosts of the play have theirs."""

from __future__ import annotations

import os
from typing import Any, Mapping, Optional

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.baseline import (
    BaselineError,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.build import (
    FAIL_ON,
    FORMATS,
    ReportOutcome,
    ReportRequest,
    build_reports,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.host_result import (
    read_run_record,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.run import (
    find_hosts_without_result,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.run_lock import (
    claim_report,
)

_PROBLEMS_SHOWN = 20  # with --limit, each other host of the directory is one

_OPTIONS = {
    "results": {"type": "path", "required": True},
    "report": {"type": "path", "required": True},
    "formats": {
        "type": "list",
        "elements": "str",
        "choices": list(FORMATS),
        "default": ["html", "json"],
    },
    "baseline": {"type": "path", "default": ""},
    "fail_on": {
        "type": "list",
        "elements": "str",
        "choices": list(FAIL_ON),
        "default": [],
    },
    "title": {"type": "str", "default": "Python audit"},
    "wait": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):
    """Works on the controller alone."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(
        self, tmp: Any = None, task_vars: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Return the totals and the files; fail where ``fail_on`` says so."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(_OPTIONS)
        if "new" in options["fail_on"] and not options["baseline"]:
            raise AnsibleActionFail(
                "fail_on contains new: name the earlier results, or report.json, in baseline."
            )
        if not options["wait"]:
            return {**result, **_build(options)}
        waiting = _find_waiting(options["results"], task_vars or {})
        if waiting:
            return {
                **result,
                "changed": False,
                "skipped": True,
                "msg": f"{len(waiting)} hosts have no result yet",
            }
        # The task of one play of one ansible-playbook.
        name = f"{constants.DEFAULT_LOCAL_TMP} {self._task._uuid}"
        with claim_report(options["results"], name) as claimed:
            if not claimed:
                return {
                    **result,
                    "changed": False,
                    "skipped": True,
                    "msg": "another host built the report",
                }
            return {**result, **_build(options)}


def _find_waiting(directory: str, variables: Mapping[str, Any]) -> list[str]:
    """Return the hosts that are still in the play, with `serial` in a later batch, and have no result yet."""
    record = read_run_record(directory).record
    hosts = [str(name) for name in variables.get("ansible_play_hosts") or ()]
    return (
        hosts
        if record is None
        else list(find_hosts_without_result(directory, record.run, hosts))
    )


def _build(options: Mapping[str, Any]) -> dict[str, Any]:
    request = ReportRequest(
        results=options["results"],
        output=options["report"],
        formats=tuple(options["formats"]),
        baseline=options["baseline"],
        fail_on=tuple(options["fail_on"]),
        title=options["title"],
    )
    try:
        outcome = build_reports(request)
    except (BaselineError, OSError) as exc:
        raise AnsibleActionFail(f"The report cannot be built: {exc}") from exc
    if not outcome.totals["hosts"]["total"]:
        raise AnsibleActionFail(
            f"{options['results']} holds no result of a host, and no host is expected."
        )
    return _describe(outcome)


def _describe(outcome: ReportOutcome) -> dict[str, Any]:
    files = {name: os.path.abspath(path) for name, path in outcome.files.items()}
    lines = [
        outcome.message,
        *outcome.reasons,
        *(f"{name}: {path}" for name, path in files.items()),
    ]
    return {
        "changed": False,
        "failed": bool(outcome.reasons),
        "msg": "\n".join(lines),
        "files": files,
        "totals": outcome.totals,
        "problems": outcome.problems[:_PROBLEMS_SHOWN],
    }
