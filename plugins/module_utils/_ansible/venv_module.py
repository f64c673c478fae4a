# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `venv`, and what it answers."""

from __future__ import annotations

import copy
import os
import sys
from typing import Any, Iterable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._process.commands import serialize_error
from .._process.secrets import Credential, split_userinfo, strip_text
from .._scan.select import is_understood
from .._scan.serialize.text import safe_text
from .._venv.fast_path import Order, Outcome, look
from .._venv.spec import EnvironmentSpec, HealthCheck, Link
from .._venv.validate import refuse as refuse_wish
from .._venv.validate import refuse_together
from .credentials_module import INDEX_ARGUMENTS, Module, command_runner
from .scan_options import refuse

__all__ = ["VENV_ARGUMENTS", "Module", "converge"]

ENVIRONMENT_ARGUMENTS: dict[str, Any] = {
    "path": {"type": "path"},
    "state": {"type": "str", "choices": ["present", "latest", "absent"], "default": "present"},
    "python": {"type": "str"},
    "packages": {"type": "list", "elements": "str", "default": []},
    "requirements": {"type": "list", "elements": "path", "default": []},
    "lock": {"type": "path"},
    "constraints": {"type": "list", "elements": "path", "default": []},
    "exact": {"type": "bool", "default": False},
    "require_hashes": {"type": "bool", "default": False},
    "only_binary": {"type": "list", "elements": "str", "default": []},
    "no_binary": {"type": "list", "elements": "str", "default": []},
    "system_site_packages": {"type": "bool", "default": False},
    "pip": {"type": "bool", "default": True},
    "installer": {"type": "str", "choices": ["auto", "pip", "uv"], "default": "auto"},
    **INDEX_ARGUMENTS,
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw"},
    "strategy": {"type": "str", "choices": ["atomic", "in_place"], "default": "atomic"},
    "keep": {"type": "int", "default": 2},
    "release": {"type": "str"},
    "links": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "directory": {"type": "path", "default": "/usr/local/bin"},
            "as": {"type": "str"},
        },
    },
    "build_environment": {"type": "dict", "default": {}},
    "verify": {"type": "str", "choices": ["quick", "full"], "default": "quick"},
    "lock_timeout": {"type": "float", "default": 300.0},
    "health_check": {
        "type": "dict",
        "options": {
            "command": {"type": "list", "elements": "str", "required": True},
            "user": {"type": "str"},
            "timeout": {"type": "float", "default": 60.0},
            "environment": {"type": "dict", "default": {}},
        },
    },
    "extra_args": {"type": "raw"},
}
VENV_ARGUMENTS: dict[str, Any] = {**ENVIRONMENT_ARGUMENTS, "environments": {"type": "list", "elements": "dict"}}

_INSTEAD = "Use the option for it: index_url, find_links, only_binary, require_hashes, build_environment, …"


def converge(module: Module) -> None:
    """Converge what the module is asked for, and end it."""
    orders = _read_orders(module)
    outcomes = look(orders)
    waiting = [order for order, outcome in zip(orders, outcomes) if outcome is None]
    if waiting:
        # Most of the code is compiled where it is imported, and only where something is to be done.
        from .._venv.converge import Converger

        run = command_runner(module)
        made = iter(Converger(run, module.check_mode, _own_python(), module.log).converge(waiting))
        outcomes = [outcome or next(made) for outcome in outcomes]
    single = module.params["environments"] is None
    _answer(module, [outcome for outcome in outcomes if outcome is not None], single)


def _own_python() -> str:
    """Give the interpreter that Ansible uses here; of one in an environment, the one that it stands on."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    return os.path.realpath(base if sys.prefix != sys.base_prefix else sys.executable)


def _read_orders(module: Module) -> list[Order]:
    params = module.params
    items = params["environments"]
    given = [params] if items is None else [_merge(module, params, number, item) for number, item in enumerate(items)]
    orders = [_read_order(module, each) for each in given]
    for problem in refuse_together([order.spec for order in orders]):
        refuse(module, *problem)
    return orders


def _merge(module: Module, defaults: dict[str, Any], number: int, item: dict[str, Any]) -> dict[str, Any]:
    """Give the options of one of many: its own, checked as the module's are, and else the module's."""
    spec = {
        name: {key: value for key, value in rule.items() if key != "default"}
        for name, rule in copy.deepcopy(ENVIRONMENT_ARGUMENTS).items()
    }
    result = ArgumentSpecValidator(spec).validate(item)
    if result.error_messages:
        message = "environments[%d]: %s" % (number, "; ".join(result.error_messages))
        refuse(module, "environments", message, "Its options are those of the module itself.")
    own = {name: value for name, value in result.validated_parameters.items() if value is not None}
    return {**{name: defaults[name] for name in ENVIRONMENT_ARGUMENTS}, "path": None, **own}


def _read_order(module: Module, params: dict[str, Any]) -> Order:
    if params["extra_args"] is not None:
        refuse(module, "extra_args", "extra_args is not supported: what it does could not be foreseen", _INSTEAD)
    if not params["path"]:
        refuse(module, "path", "an environment has no path", "Say where it is to be.")
    python = params["python"] or ""
    if python and not is_understood(python):
        hint = 'Give a path, a version such as "3.12", or a specifier such as ">=3.11".'
        refuse(module, "python", "python is not understood: %s" % python, hint)
    if not isinstance(params["mode"], (str, type(None))):
        refuse(module, "mode", "mode is a number, which YAML may have read as octal", "Quote it: '0755'.")
    credentials = [Credential(row["host"], row["username"], row["password"]) for row in params["index_credentials"]]
    spec = _read_spec(params, credentials)
    for problem in refuse_wish(spec):
        refuse(module, *problem)
    return Order(spec, tuple(credentials))


def _read_spec(params: dict[str, Any], credentials: list[Credential]) -> EnvironmentSpec:
    """Make the record of what is asked; credentials in URLs go into the list instead."""

    def clean(url: str) -> str:
        found, credential = split_userinfo(url)
        credentials.extend([credential] if credential else [])
        return found

    def clean_all(texts: Iterable[str]) -> tuple[str, ...]:
        cleaned = [strip_text(text) for text in texts]
        credentials.extend(credential for _text, found in cleaned for credential in found)
        return tuple(text for text, _found in cleaned)

    same = "state exact require_hashes system_site_packages pip installer no_index timeout strategy keep verify"
    lists = "requirements constraints only_binary no_binary"
    texts = "python lock ca_bundle owner group mode release"
    return EnvironmentSpec(
        path=os.path.normpath(params["path"]) if params["path"].startswith("/") else params["path"],
        packages=clean_all(params["packages"]),
        index_url=clean(params["index_url"] or ""),
        extra_index_urls=tuple(clean(url) for url in params["extra_index_urls"]),
        find_links=tuple(clean(url) for url in params["find_links"]),
        links=tuple(
            Link(row["name"], row["directory"] or "/usr/local/bin", row["as"] or "") for row in params["links"]
        ),
        health_check=_read_health_check(params["health_check"]),
        build_environment={str(key): str(value) for key, value in params["build_environment"].items()},
        **{name: params[name] for name in (*same.split(), "lock_timeout")},
        **{name: tuple(params[name]) for name in lists.split()},
        **{name: params[name] or "" for name in texts.split()},
    )


def _read_health_check(given: dict[str, Any] | None) -> HealthCheck | None:
    if given is None:
        return None
    variables = {str(key): str(value) for key, value in given["environment"].items()}
    return HealthCheck(tuple(given["command"]), given["user"] or "", given["timeout"], variables)


def _answer(module: Module, outcomes: list[Outcome], single: bool) -> None:
    rows = [tell_outcome(outcome) for outcome in outcomes]
    answer: dict[str, Any] = dict(rows[0]) if single else {}
    answer.update(changed=any(row["changed"] for row in rows), environments=rows)
    if module._diff:
        answer["diff"] = [_diff(outcome) for outcome in outcomes if outcome.changed]
    failed = [outcome for outcome in outcomes if outcome.failed is not None]
    if not failed:
        module.exit_json(**answer)
    first = next(row for row in rows if "problem" in row)
    many = "" if len(failed) < 2 else "%d of %d environments failed; the first: " % (len(failed), len(rows))
    where = "" if single else "%s: " % first["path"]
    answer["problem"] = first["problem"]
    module.fail_json(**{**answer, "msg": many + where + first["msg"]})


def tell_outcome(outcome: Outcome) -> dict[str, Any]:
    """Give what is returned of one environment, every text in it safe to carry and to print."""
    row: dict[str, Any] = {
        name: safe_text(getattr(outcome, name))
        for name in ("path", "python", "version", "release", "previous", "installer", "unresolved")
    }
    row.update(changed=outcome.changed, done=list(outcome.done), duration=outcome.duration)
    row["rebuilt"] = [safe_text(text) for text in outcome.rebuilt]
    for kind, changes in outcome.difference._asdict().items():
        row[kind] = [{"name": safe_text(n), "before": safe_text(b), "after": safe_text(a)} for n, b, a in changes]
    if outcome.failed is not None:
        row["problem"] = serialize_error(outcome.failed)
        row["msg"] = ("%s. %s" % (row["problem"]["message"].rstrip("."), row["problem"]["hint"])).strip()
    return row


def _diff(outcome: Outcome) -> dict[str, str]:
    def text(packages: Any) -> str:
        return "".join("%s==%s\n" % (safe_text(name), safe_text(version)) for name, version in sorted(packages.items()))

    after = outcome.after
    return {
        "before_header": safe_text(outcome.path),
        "after_header": safe_text(outcome.path),
        "before": text(outcome.before),
        "after": text(after),
    }
