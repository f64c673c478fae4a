# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `conda_env` as specs, and its outcomes as return values."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NoReturn

from .._conda.converge import Outcome, converge
from .._conda.match_spec import CondaPackage
from .._conda.spec import (
    EnvironmentSpec,
    make_argument_spec,
    validate_spec,
    validate_together,
)
from .._conda.state import EnvironmentState
from .._process.commands import describe_failure, serialize_error
from .._process.run_text import run_text
from .._scan.serialize.text import safe_text
from .credentials_module import Module
from .option_defaults import merge_all_with_defaults
from .refusal import refuse

CONDA_ENV_ARGUMENTS: Dict[str, Any] = {
    **make_argument_spec(),
    "environments": {"type": "list", "elements": "dict"},
}


def run(module: Module) -> NoReturn:
    """Bring the environments to what the options ask for, and end the module."""
    if module.params["environments"] is not None:
        for name in ("name", "prefix"):
            if module.params[name] is not None:
                message = "%s does not go with environments" % name
                refuse(module, name, message, "Move it into the entries of the list.")
    rows = merge_all_with_defaults(
        module, make_argument_spec(), "environments", key="prefix"
    )
    specs = [_read_spec(row) for row in rows]
    for spec in specs:
        for problem in validate_spec(spec):
            refuse(module, problem.option, problem.message, problem.hint)
    for problem in validate_together(specs):
        refuse(module, problem.option, problem.message, problem.hint)
    command = run_text
    outcomes = [converge(spec, command, module.check_mode) for spec in specs]
    _end(module, outcomes, single=module.params["environments"] is None)


def _read_spec(params: Mapping[str, Any]) -> EnvironmentSpec:
    values = {
        name: params[name]
        for name in EnvironmentSpec._fields
        if params[name] is not None
    }
    for name in ("packages", "channels"):
        values[name] = tuple(values[name])
    return EnvironmentSpec(**values)


def _end(module: Module, outcomes: List[Outcome], single: bool) -> NoReturn:
    rows = [to_result(outcome) for outcome in outcomes]
    answer: Dict[str, Any] = dict(rows[0]) if single else {}
    answer.update(changed=any(row["changed"] for row in rows), environments=rows)
    if module._diff:
        answer["diff"] = [_diff(outcome) for outcome in outcomes if outcome.changed]
    failed = [row for row in rows if "problem" in row]
    if not failed:
        module.exit_json(**answer)
        raise AssertionError("exit_json came back")
    many = ""
    if len(failed) > 1:
        many = "%d of %d environments failed; the first: " % (len(failed), len(rows))
    where = "" if single else "%s: " % failed[0]["prefix"]
    answer["problem"] = failed[0]["problem"]
    module.fail_json(**{**answer, "msg": many + where + failed[0]["msg"]})


def to_result(outcome: Outcome) -> Dict[str, Any]:
    """Return the return values of one environment; every text is safe to serialize and to print."""
    before = {each.name: each for each in outcome.before.packages}
    after = {each.name: each for each in outcome.after.packages}
    common = sorted(set(before) & set(after))
    row: Dict[str, Any] = {
        "prefix": safe_text(outcome.before.prefix),
        "name": safe_text(outcome.spec.name),
        "changed": outcome.changed,
        "steps": list(outcome.steps),
        "unresolved": safe_text(outcome.unresolved),
        "added": [_package(after[name]) for name in sorted(set(after) - set(before))],
        "removed": [
            _package(before[name]) for name in sorted(set(before) - set(after))
        ],
        "updated": [
            {**_package(after[name]), "before": safe_text(before[name].version)}
            for name in common
            if before[name][1:3] != after[name][1:3]
        ],
    }
    if outcome.failed is not None:
        row["problem"] = serialize_error(outcome.failed)
        row["msg"] = describe_failure(row["problem"])
    return row


def _package(package: CondaPackage) -> Dict[str, str]:
    return {
        "name": safe_text(package.name),
        "version": safe_text(package.version),
        "build": safe_text(package.build),
    }


def _diff(outcome: Outcome) -> Dict[str, str]:
    def text(state: EnvironmentState) -> str:
        return "".join(
            "%s=%s=%s\n" % tuple(map(safe_text, package[:3]))
            for package in state.packages
        )

    header = safe_text(outcome.before.prefix)
    return {
        "before_header": header,
        "after_header": header,
        "before": text(outcome.before),
        "after": text(outcome.after),
    }
