# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What actions that write the result of one host have in common.

The file of a host is written in the worker that Ansible forks for it. What returns to the main process is a
summary: registered results of thousands of hosts would fill its memory and slow down each later task.
"""

from __future__ import annotations

import os
import time
from abc import abstractmethod
from typing import Any, ClassVar, Mapping, NamedTuple, Optional

from ansible import constants
from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from ..fleet_report.host_result import (
    HostResult,
    InvalidResultError,
    from_module_result,
    read_host_result,
    result_file_name,
    write_host_result,
)
from .run import Play, open_run

RUN_ARGUMENTS: dict[str, Any] = {
    "results": {"type": "path", "default": ""},
    "resume": {"type": "bool", "default": False},
}


class Gathered(NamedTuple):
    """What is known of a host."""

    result: Mapping[str, Any]  # of the module audit
    facts: Optional[Mapping[str, Any]] = None  # of python_facts
    time: str = ""  # when the host was audited, UTC in ISO 8601; empty for now


class HostResultAction(ActionBase):
    """Writes the file of the task's host, whatever happens to the host."""

    TRANSFERS_FILES = False
    ARGUMENTS: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def gather(
        self, options: Mapping[str, Any], task_vars: Mapping[str, Any]
    ) -> Gathered:
        """Return the result of the host."""

    def run(
        self, tmp: Any = None, task_vars: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Return the host's message, verdict and counts; fail if there is no verdict."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, options = self.validate_argument_spec(
            {**RUN_ARGUMENTS, **self.ARGUMENTS}
        )
        if not options["results"]:
            gathered = self.gather(options, variables)
            failed = bool(gathered.result.get("failed"))
            summary = _summarize(_make_record(gathered, "", variables))
            return {**result, **summary, "failed": failed or "verdict" not in summary}
        return {**result, **self._gather_into(options["results"], options, variables)}

    def _gather_into(
        self, directory: str, options: Mapping[str, Any], variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Write the file of the host, and return its summary."""
        host = str(variables["inventory_hostname"])
        run = open_run(
            directory, _describe_play(host, options["resume"], variables)
        ).run
        earlier = _read_scanned(directory, host, run) if options["resume"] else None
        if earlier is not None:
            return {**_summarize(earlier), "resumed": True}
        try:
            gathered = self.gather(options, variables)
            record = _make_record(gathered, run, variables)
        except (
            BaseException
        ) as exc:  # also the timeout of a task; nothing may end without the host's file
            failure = Gathered(
                {
                    "unreachable": isinstance(exc, AnsibleConnectionFailure),
                    "msg": str(exc),
                }
            )
            write_host_result(directory, _make_record(failure, run, variables))
            raise
        write_host_result(directory, record)
        return _summarize(record)


def _make_record(
    gathered: Gathered, run: str, variables: Mapping[str, Any]
) -> HostResult:
    return from_module_result(
        gathered.result,
        host=str(variables["inventory_hostname"]),
        groups=tuple(set(variables.get("group_names") or ()) - {"ungrouped"}),
        run=run,
        time=gathered.time or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        facts=gathered.facts,
    )


def _describe_play(host: str, resume: bool, variables: Mapping[str, Any]) -> Play:
    return Play(
        # A directory that Ansible makes at its start, for this ansible-playbook alone.
        session=str(constants.DEFAULT_LOCAL_TMP),
        host=host,
        hosts=[str(name) for name in variables.get("ansible_play_hosts_all") or [host]],
        groups=variables.get("groups") or {},
        resume=resume,
    )


def _read_scanned(directory: str, host: str, run: str) -> Optional[HostResult]:
    """Return the result that a run already has of a host; None if there is none, or it has no verdict."""
    try:
        found = read_host_result(os.path.join(directory, result_file_name(host)))
    except (FileNotFoundError, InvalidResultError):
        return None
    return found if found.run == run and found.audit is not None else None


def _summarize(record: HostResult) -> dict[str, Any]:
    """Return what a task's result says of a host; it fails if there is no verdict."""
    if record.audit is None:
        return {
            "changed": False,
            "resumed": False,
            "failed": True,
            "msg": record.message,
        }
    summary = {
        key: record.audit[key]
        for key in ("msg", "verdict", "summary")
        if key in record.audit
    }
    return {"changed": False, "resumed": False, **summary}
