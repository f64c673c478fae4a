# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `venv` as specs, and its outcomes as return values."""

from __future__ import annotations

import os
import sys
from typing import Any, Iterable, Mapping

from .._process.commands import describe_failure, serialize_error
from .._process.run_text import run_text
from .._process.secrets import Credential, split_userinfo, strip_text
from .._scan.select import is_understood
from .._scan.serialize.text import safe_text
from .._venv.fast_path import find_all_up_to_date
from .._venv.outcome import Outcome
from .._venv.spec import OPTIONS, ConvergeRequest, EnvironmentSpec, HealthCheck, Link
from .._venv.validate import validate_environment, validate_together
from .credentials_module import INDEX_ARGUMENTS, Module
from .option_defaults import merge_all_with_defaults
from .refusal import refuse

__all__ = ["VENV_ARGUMENTS", "Module", "converge"]

ENVIRONMENT_ARGUMENTS: dict[str, Any] = {
    **{row.name: row.argument() for row in OPTIONS},
    "index_credentials": INDEX_ARGUMENTS["index_credentials"],
    "extra_args": {"type": "raw"},
}
VENV_ARGUMENTS: dict[str, Any] = {
    **ENVIRONMENT_ARGUMENTS,
    "environments": {"type": "list", "elements": "dict"},
}

_INSTEAD = "Use one of these options: index_url, find_links, only_binary, require_hashes, build_environment, …"


def converge(module: Module) -> None:
    """Converge the environments that the options name, and end the module."""
    requests = _read_requests(module)
    outcomes = find_all_up_to_date(requests, check=module.check_mode)
    waiting = [
        request for request, outcome in zip(requests, outcomes) if outcome is None
    ]
    if waiting:
        # Importing this costs more time than the fast path, so it waits until something may have to be done.
        from .._venv.converge import Converger
        from .uv_provider import make_provider

        run = run_text
        converger = Converger(
            run,
            check=module.check_mode,
            default_python=_own_python(),
            log=module.log,
            provide_python=make_provider(run, module.check_mode),
        )
        converged = iter(converger.converge(waiting))
        outcomes = [outcome or next(converged) for outcome in outcomes]
    single = module.params["environments"] is None
    _end(module, [outcome for outcome in outcomes if outcome is not None], single)


def _own_python() -> str:
    """Return the interpreter that Ansible uses here; of one in an environment, its base."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    return os.path.realpath(base if sys.prefix != sys.base_prefix else sys.executable)


def _read_requests(module: Module) -> list[ConvergeRequest]:
    rows = merge_all_with_defaults(
        module, ENVIRONMENT_ARGUMENTS, "environments", key="path"
    )
    requests = [_read_request(module, row) for row in rows]
    for problem in validate_together([request.spec for request in requests]):
        refuse(module, *problem)
    return requests


def _read_request(module: Module, params: Mapping[str, Any]) -> ConvergeRequest:
    if params["extra_args"] is not None:
        message = "extra_args is not supported: its effect cannot be predicted"
        refuse(module, "extra_args", message, _INSTEAD)
    if not params["path"]:
        refuse(module, "path", "an environment has no path", "Set path.")
    python = params["python"] or ""
    if python and not is_understood(python):
        hint = 'Use a path, a version such as "3.12", or a specifier such as ">=3.11".'
        refuse(module, "python", "python is not valid: %s" % python, hint)
    if not isinstance(params["mode"], (str, type(None))):
        refuse(
            module,
            "mode",
            "mode is a number, which YAML may have read as octal",
            "Quote it: '0755'.",
        )
    credentials = [
        Credential(row["host"], row["username"], row["password"])
        for row in params["index_credentials"]
    ]
    spec = _read_spec(params, credentials)
    for problem in validate_environment(spec):
        refuse(module, *problem)
    return ConvergeRequest(spec, tuple(credentials))


def _read_spec(
    params: Mapping[str, Any], credentials: list[Credential]
) -> EnvironmentSpec:
    """Return the requested state; append the credentials in URLs to ``credentials``."""

    def strip_url(url: str) -> str:
        stripped, credential = split_userinfo(url)
        credentials.extend([credential] if credential else [])
        return stripped

    def strip_packages(texts: Iterable[str]) -> tuple[str, ...]:
        stripped = [strip_text(text) for text in texts]
        for _text, found in stripped:
            credentials.extend(found)
        return tuple(text for text, _found in stripped)

    path = params["path"]
    converted = {
        "path": os.path.normpath(path) if path.startswith("/") else path,
        "packages": strip_packages(params["packages"]),
        "index_url": strip_url(params["index_url"] or ""),
        "extra_index_urls": tuple(strip_url(url) for url in params["extra_index_urls"]),
        "find_links": tuple(strip_url(url) for url in params["find_links"]),
        "links": _read_links(params["links"]),
        "health_check": _read_health_check(params["health_check"]),
        "build_environment": {
            str(key): str(value) for key, value in params["build_environment"].items()
        },
    }
    plain = {
        row.name: _plain_value(params[row.name])
        for row in OPTIONS
        if row.name not in converted
    }
    return EnvironmentSpec(**converted, **plain)


def _plain_value(value: Any) -> Any:
    """Return the value of an option as a field of a spec has it."""
    if value is None:
        return ""
    return tuple(value) if isinstance(value, list) else value


def _read_links(rows: Iterable[Mapping[str, Any]]) -> tuple[Link, ...]:
    return tuple(
        Link(row["name"], row["directory"] or "/usr/local/bin", row["as"] or "")
        for row in rows
    )


def _read_health_check(given: dict[str, Any] | None) -> HealthCheck | None:
    if given is None:
        return None
    variables = {str(key): str(value) for key, value in given["environment"].items()}
    return HealthCheck(
        tuple(given["command"]), given["user"] or "", given["timeout"], variables
    )


def _end(module: Module, outcomes: list[Outcome], single: bool) -> None:
    rows = [to_result(outcome) for outcome in outcomes]
    answer: dict[str, Any] = dict(rows[0]) if single else {}
    answer.update(changed=any(row["changed"] for row in rows), environments=rows)
    if module._diff:
        answer["diff"] = [_diff(outcome) for outcome in outcomes if outcome.changed]
    failed = [outcome for outcome in outcomes if outcome.failed is not None]
    if not failed:
        module.exit_json(**answer)
    first = next(row for row in rows if "problem" in row)
    many = (
        ""
        if len(failed) < 2
        else "%d of %d environments failed; the first: " % (len(failed), len(rows))
    )
    where = "" if single else "%s: " % first["path"]
    answer["problem"] = first["problem"]
    module.fail_json(**{**answer, "msg": many + where + first["msg"]})


def to_result(outcome: Outcome) -> dict[str, Any]:
    """Return the return values of one environment; every text is safe to serialize and to print."""
    row: dict[str, Any] = {
        name: safe_text(getattr(outcome, name))
        for name in (
            "path",
            "python",
            "version",
            "release",
            "previous",
            "installer",
            "unresolved",
        )
    }
    row.update(
        changed=outcome.changed, done=list(outcome.done), duration=outcome.duration
    )
    row["rebuilt"] = [safe_text(text) for text in outcome.rebuilt]
    for kind, changes in outcome.difference._asdict().items():
        row[kind] = [
            {"name": safe_text(n), "before": safe_text(b), "after": safe_text(a)}
            for n, b, a in changes
        ]
    if outcome.failed is not None:
        row["problem"] = serialize_error(outcome.failed)
        row["msg"] = describe_failure(row["problem"])
    return row


def _diff(outcome: Outcome) -> dict[str, str]:
    def text(packages: Any) -> str:
        return "".join(
            "%s==%s\n" % (safe_text(name), safe_text(version))
            for name, version in sorted(packages.items())
        )

    after = outcome.after
    return {
        "before_header": safe_text(outcome.path),
        "after_header": safe_text(outcome.path),
        "before": text(outcome.before),
        "after": text(after),
    }
