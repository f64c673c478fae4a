# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `pyenv_python`, and its results."""

from __future__ import annotations

from typing import Any, Dict, List, NoReturn

from .._process.commands import OperationError
from .._process.run_text import run_text
from .._pyenv.converge import converge
from .._pyenv.libraries import BY_EXTENSION, package_of
from .._pyenv.plan import BUILT, REBUILT, REMOVED
from .._pyenv.result import PyenvResult, log_path
from .._pyenv.spec import PyenvSpec, make_argument_spec, make_spec, validate_options
from .._scan.serialize.text import safe_text
from .credentials_module import Module
from .failure import fail
from .refusal import refuse

PYENV_PYTHON_ARGUMENTS = make_argument_spec()
_DONE = {BUILT: "built", REBUILT: "rebuilt", REMOVED: "removed"}


def run(module: Module) -> NoReturn:
    """Bring a pyenv root to what the options ask for, and end the module."""
    for problem in validate_options(module.params):
        refuse(module, problem.option, problem.message, problem.hint)
    spec = make_spec(module.params)
    try:
        result = converge(run_text, spec, module.check_mode)
    except OperationError as exc:
        fail(module, exc)
    module.exit_json(**serialize_result(spec, result, with_diff=module._diff))


def serialize_result(
    spec: PyenvSpec, result: PyenvResult, with_diff: bool
) -> Dict[str, Any]:
    """Return what the module returns."""
    plan = result.plan
    answer: Dict[str, Any] = {
        "changed": plan.changes(),
        "root": safe_text(spec.root),
        "versions": _serialize_versions(spec, result),
        "installed": [safe_text(name) for name in plan.installed_after],
        "global": [safe_text(name) for name in plan.global_after],
        "unresolved": safe_text(result.unresolved, 1000),
        "msg": safe_text(_summarize(result), 1000),
    }
    if with_diff:
        answer["diff"] = {
            "before_header": safe_text(spec.root),
            "after_header": safe_text(spec.root),
            "before": _describe(plan.installed_before, plan.global_before),
            "after": _describe(plan.installed_after, plan.global_after),
        }
    return answer


def _serialize_versions(spec: PyenvSpec, result: PyenvResult) -> List[Dict[str, Any]]:
    builds = {row.name: row for row in result.builds}
    rows = []
    for row in result.plan.versions:
        path = "%s/versions/%s" % (spec.root, row.name)
        log = log_path(spec.root, row.name) if row.action in (BUILT, REBUILT) else ""
        build = builds.get(row.name)
        missing = build.missing_extensions if build else ()
        rows.append(
            {
                "request": safe_text(row.request),
                "version": safe_text(row.name),
                "action": row.action,
                "path": safe_text(path),
                "python": safe_text(path + "/bin/python"),
                "log": safe_text(log),
                "seconds": build.seconds if build else 0.0,
                "missing_extensions": [
                    _serialize_missing(name, result.manager) for name in missing
                ],
            }
        )
    return rows


def _serialize_missing(name: str, manager: str) -> Dict[str, str]:
    row = BY_EXTENSION.get(name)
    return {
        "extension": safe_text(name),
        "library": row.title if row else "",
        "package": package_of(row, manager),
    }


def _summarize(result: PyenvResult) -> str:
    plan = result.plan
    parts = []
    for action, word in _DONE.items():
        names = [row.name for row in plan.versions if row.action == action]
        if names:
            parts.append("%s %s" % (word, ", ".join(names)))
    if plan.recovered:
        parts.append("undid the killed build of %s" % ", ".join(plan.recovered))
    if plan.global_before != plan.global_after:
        parts.append("global is %s" % (" ".join(plan.global_after) or "not set"))
    lacking = [
        "%s lacks %s" % (row.name, ", ".join(row.missing_extensions))
        for row in result.builds
        if row.missing_extensions
    ]
    return "; ".join([*parts, *lacking]) or "everything is as requested"


def _describe(installed: Any, chosen: Any) -> str:
    lines = ["installed %s" % name for name in sorted(installed)]
    lines += ["global %s" % name for name in chosen]
    return "".join("%s\n" % safe_text(line) for line in lines)
