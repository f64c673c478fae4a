# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `pipx_app`, how its applications converge, and what it answers."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._pipx.fast_path import Order, Outcome, settle
from .._pipx.plan import parse_requirement
from .._pipx.plan import refuse as refuse_wish
from .._pipx.spec import PipxAppSpec, Requirement
from .._process.commands import OperationError
from .._process.secrets import Credential, strip_text
from .._scan.serialize.text import safe_text
from .credentials_module import INDEX_ARGUMENTS, Module, command_runner
from .scan_options import refuse

if TYPE_CHECKING:
    from .._process.accounts import Account

__all__ = ["PIPX_ARGUMENTS", "Module", "converge"]

APP_ARGUMENTS: Dict[str, Any] = {
    "name": {"type": "str"},
    "version": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "latest", "absent"], "default": "present"},
    "inject": {"type": "list", "elements": "str"},
    "inject_apps": {"type": "bool"},
    "python": {"type": "str"},
    "scope": {"type": "str", "choices": ["global", "user"]},
    "user": {"type": "str"},
    "suffix": {"type": "str", "default": ""},
    "system_site_packages": {"type": "bool"},
    "include_dependencies": {"type": "bool"},
    "pin": {"type": "bool"},
    "backend": {"type": "str", "choices": ["pip", "uv", "auto"], "default": "pip"},
    "executable": {"type": "path"},
    "lock_timeout": {"type": "float", "default": 300.0},
    **INDEX_ARGUMENTS,
}
PIPX_ARGUMENTS: Dict[str, Any] = {**APP_ARGUMENTS, "apps": {"type": "list", "elements": "dict"}}


def converge(module: Module) -> None:
    """Converge every application that the module is asked for, and end it."""
    items = module.params["apps"]
    given = [module.params] if items is None else [_merge(module, number, item) for number, item in enumerate(items)]
    orders = [_read_order(module, each) for each in given]
    seen = set()
    for order in orders:
        key = (order.homes, order.wish.requirement.name or order.wish.requirement.text, order.wish.suffix)
        if key in seen:
            message = "%s is named twice" % order.label
            refuse(module, "apps", message, "Name each application once for a user, or give it a suffix.")
        seen.add(key)
    rows = [tell_outcome(settle(order) or _work(module, order), module._diff) for order in orders]
    _answer(module, rows, items is None)


def _work(module: Module, order: Order) -> Outcome:
    from .._pipx.converge import Convergence

    return Convergence(command_runner(module), module.check_mode).converge(order)


def _merge(module: Module, number: int, item: Mapping[str, Any]) -> Dict[str, Any]:
    """Give the options of one of many: its own, checked as the module's are, and else the module's."""
    spec = {
        name: {key: value for key, value in rule.items() if key != "default"}
        for name, rule in copy.deepcopy(APP_ARGUMENTS).items()
    }
    result = ArgumentSpecValidator(spec).validate(dict(item))
    if result.error_messages:
        message = "apps[%d]: %s" % (number, "; ".join(result.error_messages))
        refuse(module, "apps", message, "Its options are those of the module itself.")
    own = {name: value for name, value in result.validated_parameters.items() if value is not None}
    return {**{name: module.params[name] for name in APP_ARGUMENTS}, "name": None, **own}


def _read_order(module: Module, params: Mapping[str, Any]) -> Order:
    credentials = [Credential(row["host"], row["username"], row["password"]) for row in params["index_credentials"]]
    index = {}
    for option in ("index_url", "extra_index_urls", "find_links"):
        words = params[option] if isinstance(params[option], list) else [params[option] or ""]
        stripped = [strip_text(word) for word in words]
        credentials += [credential for _text, found in stripped for credential in found]
        texts = [text for text, _found in stripped if text]
        index[option] = texts if option != "index_url" else "".join(texts)
    index.update(no_index=params["no_index"], ca_bundle=params["ca_bundle"], timeout=params["timeout"])
    if index["no_index"] and (index["index_url"] or index["extra_index_urls"]):
        refuse(module, "no_index", "no_index and an index contradict each other", "Leave one of them out.")
    wish = _read_wish(module, params, credentials)
    for problem in refuse_wish(wish):
        refuse(module, *problem)
    scope, account, places = _read_place(module, params)
    return Order(
        wish,
        (params["name"] if not credentials else wish.requirement.text) + wish.suffix,
        scope,
        account,
        *places,
        index,
        tuple(credentials),
        params["python"] or "",
        params["backend"],
        params["executable"] or "",
        params["lock_timeout"],
    )


def _read_wish(module: Module, params: Mapping[str, Any], credentials: List[Credential]) -> PipxAppSpec:
    def requirement(option: str, text: str) -> Requirement:
        clean, found = strip_text(text)
        credentials.extend(found)
        parsed = parse_requirement(clean)
        if parsed is None:
            hint = "Give a project's name, a specification such as black>=24, a URL, or an absolute path."
            refuse(module, option, "%s is not understood: %s" % (option, clean or "(empty)"), hint)
        return parsed

    wanted, version = requirement("name", params["name"] or ""), (params["version"] or "").strip()
    if version:
        if wanted.specifier or wanted.url:
            message = "version and the specification in name contradict each other"
            refuse(module, "version", message, "Leave version out, or give a plain name.")
        exact = version if version[0] in "=<>!~" else "==" + version
        wanted = requirement("version", "%s%s" % (params["name"], exact))
    python = params["python"] or ""
    language = python[6:] if python.startswith("python") else python
    is_path = python.startswith("/")
    if python and not is_path and not language.replace(".", "").isdigit():
        refuse(module, "python", "python is not understood: %s" % python, 'Give a path, or a version such as "3.12".')
    inject = params["inject"]
    return PipxAppSpec(
        requirement=wanted,
        state=params["state"],
        suffix=params["suffix"],
        inject=None if inject is None else tuple(requirement("inject", each) for each in inject),
        inject_apps=params["inject_apps"],
        python=os.path.realpath(python) if is_path else "",
        language="" if is_path else language,
        system_site_packages=params["system_site_packages"],
        include_dependencies=params["include_dependencies"],
        pin=params["pin"],
    )


def _read_place(module: Module, params: Mapping[str, Any]) -> Tuple[str, Optional[Account], Tuple[Any, ...]]:
    """Give the scope, whom the work is done for, and the directories: homes of pipx, commands, manual pages."""
    uid = os.geteuid()
    scope = params["scope"] or ("user" if uid or params["user"] else "global")
    if scope == "global" and params["user"]:
        refuse(module, "user", "scope=global and user contradict each other", "Take scope=user, or leave user out.")
    env = os.environ
    if scope == "global":
        home = env.get("PIPX_GLOBAL_HOME", "/opt/pipx")
        if uid and not env.get("PIPX_GLOBAL_HOME"):
            refuse(module, "scope", "only root can install for everyone", "Set become, or take scope=user.")
        man = env.get("PIPX_GLOBAL_MAN_DIR", "/usr/local/share/man")
        return scope, None, ((home,), env.get("PIPX_GLOBAL_BIN_DIR", "/usr/local/bin"), man)
    from .._process.accounts import find_account

    try:
        account = find_account(params["user"] or str(uid))
    except OperationError as exc:
        refuse(module, "user", exc.message, exc.hint)
    if uid and account.uid != uid:
        refuse(module, "user", "only root can do the work of another user", "Set become.")
    home = account.home.rstrip("/")
    own = env if account.uid == uid else {}
    data = own.get("XDG_DATA_HOME") or home + "/.local/share"
    homes = [home + "/.local/pipx", data + "/pipx", home + "/.local/share/pipx"]
    homes += [home + "/Library/Application Support/pipx"]
    homes = [own["PIPX_HOME"]] if own.get("PIPX_HOME") else list(dict.fromkeys(homes))
    places = tuple(homes), own.get("PIPX_BIN_DIR", home + "/.local/bin"), own.get("PIPX_MAN_DIR", data + "/man")
    return scope, account if account.uid != uid else None, places


def tell_outcome(outcome: Outcome, diff: bool) -> Dict[str, Any]:
    """Give what is returned of one application, every text in it safe to carry and to print."""
    order, found, problem = outcome.order, outcome.seen.found, outcome.failed
    row: Dict[str, Any] = {
        "name": safe_text((found.name if found is not None else "") or order.wish.requirement.name or order.label),
        "suffix": order.wish.suffix,
        "scope": order.scope,
        "version": safe_text(found.version) if found is not None else "",
        "python": safe_text(found.python) if found is not None else "",
        "location": safe_text(outcome.seen.directory) if found is not None else "",
        "commands": [safe_text(each) for each in found.commands] if found is not None else [],
        "injected": [],
        "pinned": found is not None and found.pinned,
        "changed": outcome.changed,
        "repaired": safe_text(outcome.repaired, 1000),
        "unresolved": outcome.unresolved,
        "failed": problem is not None,
    }
    for each in found.injected if found is not None else ():
        row["injected"].append({"name": safe_text(each.name), "version": safe_text(each.version)})
    if problem is not None:
        message, hint = safe_text("%s: %s" % (order.label, problem.message), 1000), safe_text(problem.hint, 1000)
        row["msg"] = ("%s. %s" % (message.rstrip("."), hint)).strip()
        row["output"] = safe_text(problem.output, 16384, True)
        row["problem"] = {"code": problem.code, "message": message, "hint": hint}
    if diff:
        row["diff"] = {"before": safe_text(outcome.before, 65536, True), "after": safe_text(outcome.after, 65536, True)}
    return row


def _answer(module: Module, rows: Sequence[Dict[str, Any]], single: bool) -> None:
    failed = [row for row in rows if row["failed"]]
    result: Dict[str, Any] = {"changed": any(row["changed"] for row in rows), "apps": list(rows)}
    if module._diff:
        result["diff"] = {key: "".join(row["diff"][key] for row in rows) for key in ("before", "after")}
    if single:
        result.update({key: value for key, value in rows[0].items() if key not in ("failed", "diff", "changed")})
    if failed:
        count = "%d of %d applications failed. " % (len(failed), len(rows)) if len(rows) > 1 else ""
        result["problem"] = failed[0]["problem"]
        module.fail_json(**{**result, "msg": count + " ".join(row["msg"] for row in failed)})
    module.exit_json(**result)
