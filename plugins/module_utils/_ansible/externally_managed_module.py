# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `externally_managed`, and its results."""

from __future__ import annotations

import os
from typing import Any, Dict, List, NoReturn, Sequence

from .._host.host import Host
from .._marker.converge import Converger, MarkerResult
from .._marker.spec import OPTION_TABLE, MarkerSpec, validate_spec
from .._marker.state import HostMarkers
from .._process.commands import describe_failure, serialize_error
from .._process.run_process import run_command
from .._process.run_text import run_text
from .._scan.serialize.text import safe_text
from .credentials_module import Module
from .refusal import refuse

EXTERNALLY_MANAGED_ARGUMENTS: Dict[str, Any] = dict(OPTION_TABLE)


def run(module: Module) -> NoReturn:
    """Bring the EXTERNALLY-MANAGED files to what the options ask for, and end the module."""
    params = module.params
    for language, text in params["localized_error_messages"].items():
        if not isinstance(text, str):
            message = (
                "localized_error_messages: the text for %s is not a string" % language
            )
            refuse(module, "localized_error_messages", message, "Quote it.")
    spec = MarkerSpec(
        pythons=tuple(params["pythons"]),
        diversions=params["diversions"],
        site_marker=params["site_marker"]
        or ("present" if params["error_message"] else "keep"),
        message=params["error_message"] or "",
        localized_messages={
            str(key): value for key, value in params["localized_error_messages"].items()
        },
    )
    for problem in validate_spec(spec, params["state"]):
        refuse(module, problem.option, problem.message, problem.hint)
    converger = Converger(run_text, lambda: _open_host(module), module.check_mode)
    results, found = converger.converge(spec)
    answer = serialize_results(results, found, with_diff=module._diff)
    if answer["failures"]:
        module.fail_json(msg="; ".join(answer.pop("failures")), **answer)
    answer.pop("failures")
    module.exit_json(**answer)


def _open_host(module: Module) -> Host:
    """Return this host; a package manager whose database cannot be read as files may be run once."""

    def run(argv: Sequence[str], seconds: float) -> tuple[int, bytes, bytes]:
        environment = {
            **os.environ,
            "LC_ALL": "C",
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        }
        return run_command(argv, environment, None, seconds)

    return Host(run=run)


def serialize_results(
    results: Sequence[MarkerResult], found: HostMarkers, with_diff: bool
) -> Dict[str, Any]:
    """Return what the module returns, with ``failures``: a sentence for each place that failed."""
    failures: List[str] = []
    for path in found.not_found:
        failures.append(
            "%s is not a Python that was found: name its executable" % safe_text(path)
        )
    rows = []
    for result in results:
        row = _serialize_result(result)
        rows.append(row)
        if result.failed:
            failures.append(describe_failure(row["problem"]))
    answer: Dict[str, Any] = {
        "changed": any(result.changed for result in results),
        "markers": rows,
        "failures": failures,
    }
    if with_diff:
        answer["diff"] = [
            {
                "before_header": row["path"],
                "after_header": row["path"],
                "before": "%s\n" % row["before"],
                "after": "%s\n" % row["state"],
            }
            for row in rows
            if row["changed"]
        ]
    return answer


def _serialize_result(result: MarkerResult) -> Dict[str, Any]:
    marker = result.plan.marker
    row: Dict[str, Any] = {
        "path": safe_text(marker.path),
        "pythons": [safe_text(path) for path in marker.pythons],
        "before": marker.state,
        "state": result.state,
        "because": safe_text(marker.because, 1000),
        "package": safe_text(marker.package),
        "manager": marker.manager,
        "actions": [step.kind for step in result.plan.steps],
        "kept": safe_text(result.plan.kept, 1000),
        "changed": result.changed,
    }
    if result.failed:
        row["problem"] = serialize_error(result.failed)
    return row
