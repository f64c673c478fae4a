# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `pip_config`, and its results."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Mapping, NoReturn, Sequence

from .._host.host import Host, User
from .._pip_config.converge import PipConfigResult, converge
from .._pip_config.option_values import OVERRIDE, normalize_key
from .._pip_config.overrides import find_overrides, is_variable_of
from .._pip_config.plan import FileChange, SettingChange
from .._pip_config.spec import (
    PipConfigSpec,
    Setting,
    make_argument_spec,
    make_values,
    overrides_pep668,
    validate_spec,
)
from .._process.commands import OperationError
from .._scan.classify.context import classify_context
from .._scan.read.context import read_context
from .._scan.read.installer_config import read_settings
from .._scan.read.variables import read_variables
from .._scan.serialize.text import safe_text
from .credentials_module import Module
from .failure import fail
from .refusal import refuse

PIP_CONFIG_ARGUMENTS = make_argument_spec()


def run(module: Module) -> NoReturn:
    """Bring the configuration files to what the options ask for, and end the module."""
    spec = _read_spec(module)
    for problem in validate_spec(spec, throwaway=_is_throwaway(spec)):
        refuse(module, problem.option, problem.message, problem.hint)
    try:
        result = converge(spec, module.check_mode)
    except OperationError as exc:
        fail(module, exc)
    module.exit_json(**serialize_result(spec, result, with_diff=module._diff))


def _read_spec(module: Module) -> PipConfigSpec:
    params = module.params
    rows = params["settings"]
    if rows is None:
        rows = [{}]
        if params["key"] is None:
            refuse(
                module,
                "key",
                "key or settings is required",
                "Name a key such as index-url.",
            )
    elif params["key"] is not None or params["value"] is not None:
        refuse(
            module,
            "settings",
            "key and value do not go with settings",
            "Move them into the list.",
        )
    default_scope = "global" if os.geteuid() == 0 else "user"
    return PipConfigSpec(
        tool=params["tool"],
        scope=params["scope"] or default_scope,
        user=params["user"] or "",
        prefix=(params["prefix"] or "").rstrip("/"),
        settings=tuple(_read_setting(module, row) for row in rows),
        acknowledge_risk=params["acknowledge_risk"],
        check_values=params["check_values"],
    )


def _read_setting(module: Module, row: Mapping[str, Any]) -> Setting:
    """Return one setting; what an item leaves out is taken from the module's options."""
    given = {name: value for name, value in row.items() if value is not None}
    merged: Dict[str, Any] = {
        name: module.params[name] for name in ("section", "key", "value", "state")
    }
    merged.update(given)
    values = ()
    if merged["state"] == "present":
        if merged["value"] is None:
            refuse(
                module,
                "value",
                "%s has no value" % merged["key"],
                "Set value, or set state to absent.",
            )
        try:
            values = make_values(merged["value"])
        except TypeError as exc:
            refuse(
                module,
                "value",
                "%s: %s" % (merged["key"], exc),
                "Write lists of values as a YAML list.",
            )
    return Setting(
        section=merged["section"],
        key=normalize_key(merged["key"]),
        values=values,
        state=merged["state"],
    )


def _is_throwaway(spec: PipConfigSpec) -> bool:
    """Return whether the host is thrown away after use; read only where that decides something."""
    if not any(
        setting.key == OVERRIDE and overrides_pep668(setting)
        for setting in spec.settings
    ):
        return False
    with Host() as host:
        return classify_context(read_context(host)).throwaway


def serialize_result(
    spec: PipConfigSpec, result: PipConfigResult, with_diff: bool
) -> Dict[str, Any]:
    """Return what the module returns, every text in it safe to carry and to print."""
    plan = result.plan
    answer: Dict[str, Any] = {
        "changed": plan.changed or bool(result.unresolved),
        "tool": spec.tool,
        "scope": spec.scope,
        "settings": [_serialize_setting(change) for change in plan.settings],
        "files": [
            {"path": safe_text(change.path), "changed": change.before != change.after}
            for change in plan.files
        ],
        "unresolved": safe_text(result.unresolved, 1000),
        "overridden_by": [] if result.unresolved else _serialize_overrides(spec),
    }
    if with_diff:
        answer["diff"] = [
            _serialize_diff(change)
            for change in plan.files
            if change.before != change.after
        ]
    return answer


def _serialize_setting(change: SettingChange) -> Dict[str, Any]:
    return {
        "section": safe_text(change.section),
        "key": safe_text(change.key),
        "path": safe_text(change.path),
        "before": _serialize_values(change.key, change.before),
        "after": _serialize_values(change.key, change.after),
        "changed": change.before != change.after,
    }


def _serialize_values(key: str, values: Any) -> Any:
    if values is None:
        return None
    prefix = "%s=" % key  # the name may say that the value is a secret
    return [safe_text(prefix + value)[len(prefix) :] for value in values]


def _serialize_diff(change: FileChange) -> Dict[str, str]:
    return {
        "before_header": safe_text(change.path),
        "after_header": safe_text(change.path),
        "before": safe_text(change.before or "", 65536, lines=True),
        "after": safe_text(change.after or "", 65536, lines=True),
    }


def _serialize_overrides(spec: PipConfigSpec) -> List[Dict[str, str]]:
    with Host() as host:
        prefixes = [spec.prefix] if spec.prefix else []
        users = _find_users(host, spec)
        caller = host.caller()
        settings = read_settings(host, users, prefixes)._replace(
            variables=read_variables(
                host, users, caller.name if caller else "", is_variable_of(spec)
            )
        )
    return [
        {name: safe_text(value) for name, value in override._asdict().items()}
        for override in find_overrides(spec, settings)
    ]


def _find_users(host: Host, spec: PipConfigSpec) -> Sequence[User]:
    return [
        user
        for user in host.users()
        if spec.user and spec.user in (user.name, str(user.uid))
    ]
