# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `uv_python`, and its results."""

from __future__ import annotations

from typing import Any, Dict, List, NoReturn

from .._process.commands import describe_failure, serialize_error
from .._process.run_text import run_text
from .._scan.serialize.text import safe_text
from .._uv.converge import Converger, UvResult
from .._uv.plan import describe, python_path
from .._uv.spec import OPTION_TABLE, UvPythonSpec, make_spec, validate_options
from .credentials_module import Module
from .refusal import refuse

UV_PYTHON_ARGUMENTS: Dict[str, Any] = dict(OPTION_TABLE)


def run(module: Module) -> NoReturn:
    """Bring the Pythons of uv to what the options request, and end the module."""
    for problem in validate_options(module.params):
        refuse(module, *problem)
    spec = make_spec(module.params)
    result = Converger(run_text, module.check_mode).converge(spec)
    answer = serialize_result(spec, result, with_diff=module._diff)
    if result.failed is None:
        module.exit_json(**answer)
    failure = serialize_error(result.failed)
    module.fail_json(**answer, msg=describe_failure(failure), problem=failure)


def serialize_result(
    spec: UvPythonSpec, result: UvResult, with_diff: bool
) -> Dict[str, Any]:
    """Return what the module returns, every text in it safe to carry and to print."""
    answer: Dict[str, Any] = {
        "changed": result.changed,
        "install_dir": safe_text(result.directory),
        "executable": safe_text(result.executable),
        "pythons": _serialize_pythons(result),
        "unresolved": safe_text(result.unresolved, 1000),
    }
    if with_diff and result.before is not None and result.after is not None:
        answer["diff"] = {
            "before_header": answer["install_dir"],
            "after_header": answer["install_dir"],
            "before": safe_text(describe(result.before), 65536, lines=True),
            "after": safe_text(describe(result.after), 65536, lines=True),
        }
    return answer


def _serialize_pythons(result: UvResult) -> List[Dict[str, str]]:
    if result.plan is None or result.after is None:
        return []
    return [
        {
            "requested": row.request.text,
            "action": row.action,
            "version": row.name.version if row.name is not None else "",
            "previous": row.previous,
            "python": safe_text(python_path(result.after, row)),
        }
        for row in result.plan.pythons
    ]
