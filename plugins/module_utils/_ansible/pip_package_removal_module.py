# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `pip_package_removal`, and its results."""

from __future__ import annotations

import os
from typing import Any, Dict, NoReturn, Sequence

from .._host.host import Host
from .._pip_removal.converge import PipRemovalResult, converge
from .._pip_removal.spec import OPTION_TABLE, make_spec, validate_options
from .._process.commands import OperationError
from .._process.run_process import run_command
from .._process.run_text import run_text
from .._scan.serialize.text import safe_text
from .credentials_module import Module
from .failure import fail
from .refusal import refuse

PIP_PACKAGE_REMOVAL_ARGUMENTS: Dict[str, Any] = dict(OPTION_TABLE)


def run(module: Module) -> NoReturn:
    """Remove the distributions that the options name, and end the module."""
    for problem in validate_options(module.params):
        refuse(module, problem.option, problem.message, problem.hint)
    if os.geteuid() != 0:
        problem_of_user = {
            "code": "not-root",
            "message": "only root can remove them",
            "hint": "Add become: true.",
        }
        module.fail_json(
            msg="only root can remove them. Add become: true.", problem=problem_of_user
        )
    spec = make_spec(module.params)
    try:
        result = converge(run_text, lambda: _open_host(module), spec, module.check_mode)
    except OperationError as exc:
        fail(module, exc)
    module.exit_json(**serialize_result(result, with_diff=module._diff))


def _open_host(module: Module) -> Host:
    """Return this host; a package manager whose database cannot be read as files may be run once."""

    def run_manager(argv: Sequence[str], seconds: float) -> tuple[int, bytes, bytes]:
        environment = {
            **os.environ,
            "LC_ALL": "C",
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        }
        return run_command(argv, environment, None, seconds)

    return Host(run=run_manager)


def serialize_result(result: PipRemovalResult, with_diff: bool) -> Dict[str, Any]:
    """Return what the module returns."""
    plan = result.plan
    removed = []
    for row in plan.removals:
        removed.append(
            {
                "name": safe_text(row.distribution.name),
                "version": safe_text(row.distribution.version),
                "location": safe_text(row.distribution.location),
                "overwrites": safe_text(row.distribution.overwrites[1]),
                "files": len(row.files),
            }
        )
    reinstalled = []
    for manager, package, version in plan.reinstalled:
        reinstalled.append(
            {
                "manager": manager,
                "package": safe_text(package),
                "version": safe_text(version),
            }
        )
    kept = []
    for each in plan.kept:
        distribution, reason = each.distribution, safe_text(each.reason, 1000)
        row_kept = {
            "name": safe_text(distribution.name),
            "location": safe_text(distribution.location),
        }
        kept.append({**row_kept, "reason": reason})
    answer: Dict[str, Any] = {
        "changed": result.changed,
        "removed": removed,
        "reinstalled": reinstalled,
        "kept": kept,
    }
    if with_diff:
        answer["diff"] = _make_diff(result)
    return answer


def _make_diff(result: PipRemovalResult) -> Dict[str, str]:
    """Return the distributions and their files that are removed, and the packages that replace them."""
    before, after = [], []
    for row in result.plan.removals:
        before.append("%s %s" % (row.distribution.name, row.distribution.version))
        before += ["  " + path for path in row.files]
    for _manager, package, version in result.plan.reinstalled:
        after.append("%s %s" % (package, version))
    return {
        "before_header": "installed by pip",
        "after_header": "reinstalled by the package manager",
        "before": "".join("%s\n" % safe_text(line) for line in before),
        "after": "".join("%s\n" % safe_text(line) for line in after),
    }
