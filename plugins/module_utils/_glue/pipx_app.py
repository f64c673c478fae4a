# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `pipx_app`, how its applications converge, and what it answers."""

from __future__ import annotations

import copy
import os
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._act.accounts import Account, find_account
from .._act.commands import Failed
from .._act.demoted import clean_environment, run_in_child
from .._act.pipx import Work, index_environment, with_pipx
from .._act.secrets import Credential, strip_text
from .._core.application import Application, AppWish, Requirement
from .._core.classify.environment import classify_environment
from .._core.host import Host
from .._core.judge.environment_health import LOW, judge_environment
from .._core.plan.pipx_app import Plan, Step, describe, foresee, parse_requirement, plan
from .._core.plan.pipx_app import refuse as refuse_wish
from .._core.read.application import canonical, find_directory, find_links, read_application
from .._core.read.pyvenv_cfg import parse_shebang
from .._core.read.trust import TrustReader
from .._core.report.text import tell
from .._core.version import at_least
from .arguments import refuse
from .module import INDEX_ARGUMENTS, Module, command_runner

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
    **INDEX_ARGUMENTS,
}
PIPX_ARGUMENTS: Dict[str, Any] = {**APP_ARGUMENTS, "apps": {"type": "list", "elements": "dict"}}
_PLACES = ("/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin")
_ROUNDS = 4


class Order(NamedTuple):
    """One application, and where and how it is to be."""

    wish: AppWish
    label: str
    scope: str
    account: Optional[Account]  # None: the caller
    homes: Tuple[str, ...]
    bin_directory: str
    man_directory: str
    variables: Mapping[str, str]
    credentials: Tuple[Credential, ...]
    python: str
    backend: str
    executable: str


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
    rows = [_converge_one(module, order) for order in orders]
    _answer(module, rows, items is None)


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
        index_environment(index),
        tuple(credentials),
        params["python"] or "",
        params["backend"],
        params["executable"] or "",
    )


def _read_wish(module: Module, params: Mapping[str, Any], credentials: List[Credential]) -> AppWish:
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
    return AppWish(
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
    try:
        account = find_account(params["user"] or str(uid))
    except Failed as exc:
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


class Seen(NamedTuple):
    """What one look found."""

    directory: str
    found: Optional[Application]
    links: Tuple[str, ...]


def _look(order: Order) -> Seen:
    """Read one application: no process is started."""
    with Host() as host:
        wanted = order.wish.requirement
        homes = [host.real(home) or home for home in order.homes]
        directory = find_directory(host, homes, wanted, order.wish.suffix)
        if not directory:
            places = [home + "/venvs/" + canonical(wanted.name + order.wish.suffix) for home in homes if wanted.name]
            return Seen(
                "", None, tuple(link for place in places for link in find_links(host, place, order.bin_directory))
            )
        found, reading = read_application(host, directory, order.bin_directory)
        if reading is not None:
            judged = judge_environment(classify_environment(reading, lambda path: ""))
            found = found._replace(problems=tuple(each.message for each in judged.problems if each.code not in LOW))
        return Seen(directory, found, find_links(host, directory, order.bin_directory))


def _converge_one(module: Module, order: Order) -> Dict[str, Any]:
    row: Dict[str, Any] = {"failed": False, "changed": False, "repaired": "", "unresolved": ""}
    seen = first = _look(order)
    after = None
    try:
        newer: Optional[bool] = None
        for turn in range(_ROUNDS):
            if turn == 0:
                newer = _ask_for_newer(module, order, seen)
            todo = plan(order.wish, seen.found, seen.links, newer)
            if not module.check_mode and "uninject" in [step.kind for step in todo.steps]:
                version = _in_child(module, order, _work(module, order, seen), lambda pipx: pipx.version())
                todo = plan(order.wish, seen.found, seen.links, newer, bool(at_least(str(version), "1.3")))
            _refuse_foreign(order, seen)
            row["repaired"] = row["repaired"] or todo.repaired
            if not todo.steps:
                break
            told = todo.steps != (Step("upgrade"),) or newer is True or module.check_mode
            row["changed"] = row["changed"] or told
            if module.check_mode:
                after = foresee(order.wish, seen.found, todo)
                if "upgrade" in [step.kind for step in todo.steps] and newer is None:
                    row["unresolved"] = "only an upgrade itself can tell whether there is a newer release"
                break
            _act(module, order, seen, todo)
            newer, seen = False, _look(order)
        else:
            message = "%s is not as it is wanted after all was done" % order.label
            raise Failed("not-converged", message, "See what pipx says of it: pipx list.")
    except Failed as exc:
        message = tell("%s: %s" % (order.label, exc.message), 1000)
        hint = tell(exc.hint, 1000)
        row.update(failed=True, msg=(message + ". " + hint).strip(), output=tell(exc.output, 16384, True))
        row["problem"] = {"code": exc.code, "message": message, "hint": hint}
        seen = _look(order) if not module.check_mode else seen
    before, after = describe(first.found), describe(seen.found) if after is None else after
    row["changed"] = bool(row["changed"] and not row["failed"]) or before != after
    return {**row, **_describe_row(order, seen, before, after, module)}


def _ask_for_newer(module: Module, order: Order, seen: Seen) -> Optional[bool]:
    """Tell whether an upgrade would change anything, so that check mode and the real run agree."""
    found, wish = seen.found, order.wish
    if wish.state != "latest" or found is None or found.problems or found.backend != "pip" or found.interrupted:
        return None
    if found.pinned and wish.pin is not False:
        return False
    work = _work(module, order, seen)
    recorded = parse_requirement(found.spec) or Requirement(found.spec, found.name)
    spec = (
        recorded.text if recorded.url else found.name + ("[%s]" % ",".join(recorded.extras) if recorded.extras else "")
    )
    others = [each.name for each in found.injected] if not any(each.specifier for each in wish.inject or ()) else []
    answer = _in_child(module, order, work, lambda pipx: pipx.newer([spec, *others]))
    return answer if isinstance(answer, bool) else None


def _refuse_foreign(order: Order, seen: Seen) -> None:
    if seen.found is not None and seen.found.foreign and order.wish.state != "absent":
        message = "%s is there, and is not its own" % seen.found.foreign[0]
        raise Failed("command-taken", message, "Move that away, or give the application a suffix.")


def _act(module: Module, order: Order, seen: Seen, todo: Plan) -> None:
    steps = [(step.kind, list(step.words)) for step in todo.steps]
    if not order.wish.requirement.name and steps[0][0] == "install":
        steps = steps[:1]  # its name is known only then
    if not any(each.specifier for each in order.wish.inject or ()):
        steps = [(kind, ["--include-injected"] if kind == "upgrade" else words) for kind, words in steps]
    work = _work(module, order, seen, remove=steps[0][0] == "remove")
    if not work.directory and steps[0][0] == "remove":
        name = canonical(order.wish.requirement.name + order.wish.suffix)
        for home in order.homes:
            place = work._replace(directory=home + "/venvs/" + name)
            _in_child(module, order, place, lambda pipx: pipx.carry_out(steps))
        return
    _in_child(module, order, work, lambda pipx: pipx.carry_out(steps))


def _in_child(module: Module, order: Order, work: Work, do: Any) -> Any:
    run, name = command_runner(module), canonical(order.wish.requirement.name + order.wish.suffix)
    return run_in_child(lambda say: with_pipx(run, work, name, do), order.account, work.environment)


def _work(module: Module, order: Order, seen: Seen, remove: bool = False) -> Work:
    executable = _find_pipx(order, remove)
    extra = {"USE_EMOJI": "0", "COLUMNS": "1000", "PIP_NO_INPUT": "1", "PIP_USER": "0", **order.variables}
    if order.scope == "global" or len(order.homes) == 1:
        extra["PIPX_HOME"] = order.homes[0]
    extra.update(PIPX_BIN_DIR=order.bin_directory, PIPX_MAN_DIR=order.man_directory)
    extra["PIPX_COMPLETION_DIR"] = os.path.dirname(order.man_directory)
    if order.backend != "auto":
        extra["PIPX_DEFAULT_BACKEND"] = order.backend
    environment, credentials = clean_environment(order.account, extra)
    wish, options = order.wish, []
    options += ["--suffix", wish.suffix] if wish.suffix else []
    python = order.python if order.python.startswith("/") else "python" + wish.language if wish.language else ""
    options += ["--python", python] if python else []
    found = seen.found or Application("", "", "", "")
    for option, asked, there in (
        ("--system-site-packages", wish.system_site_packages, found.system_site_packages),
        ("--include-deps", wish.include_dependencies, found.include_dependencies),
    ):
        options += [option] if (there if asked is None else asked) else []
    return Work(
        executable,
        environment,
        order.bin_directory,
        order.man_directory,
        (*order.credentials, *credentials),
        tuple(options),
        seen.directory,
        order.backend if seen.found is None else "pip",
    )


def _find_pipx(order: Order, optional: bool) -> str:
    """Give the pipx to run; where root runs it, only one that nobody else can have altered."""
    places = [place + "/pipx" for place in _PLACES]
    if order.scope == "user":
        places.append(order.bin_directory + "/pipx")
    places = [order.executable] if order.executable else places
    with Host() as host:
        path = next((path for path in places if host.is_file(path)), "")
        if not path and not optional:
            raise Failed(
                "no-pipx", "there is no pipx on this host", "Install it, as the role pyfleet.python.pipx does."
            )
        if path and os.geteuid() == 0 and (order.account is None or order.account.uid == 0):
            real = host.real(path) or path
            interpreter = parse_shebang(host.content(real, 4096, True) or b"")
            files = [os.path.join(os.path.realpath(os.path.dirname(path)), "pipx"), real, host.real(interpreter) or ""]
            trust = TrustReader(host).judge(each for each in files if each)
            if trust.trusted is not True:
                message = "root must not run %s: %s" % (path, "; ".join(trust.because))
                raise Failed("pipx-untrusted", message, "Install a pipx that only root can alter.")
    return path


def _describe_row(order: Order, seen: Seen, before: str, after: str, module: Module) -> Dict[str, Any]:
    found = seen.found
    there = found is not None
    row: Dict[str, Any] = {
        "name": tell((found.name if found is not None else "") or order.wish.requirement.name or order.label),
        "suffix": order.wish.suffix,
        "scope": order.scope,
        "version": tell(found.version) if found is not None else "",
        "python": tell(found.python) if found is not None else "",
        "location": tell(seen.directory) if there else "",
        "commands": [tell(each) for each in found.commands] if found is not None else [],
        "injected": [{"name": tell(each.name), "version": tell(each.version)} for each in found.injected]
        if found is not None
        else [],
        "pinned": bool(found is not None and found.pinned),
    }
    if module._diff:
        row["diff"] = {"before": tell(before, 65536, True), "after": tell(after, 65536, True)}
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
