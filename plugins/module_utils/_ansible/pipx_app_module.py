# SPDX-License-Identifier: GPL-3.0-or-later
"""The module `pipx_app`: its options to requests, its results to return values."""

from __future__ import annotations

import os
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from .._install.spec import Index
from .._pipx.requirement import parse_requirement
from .._pipx.result import PipxAppResult, fast_result
from .._pipx.spec import (
    OPTIONS,
    PipxAppRequest,
    PipxAppSpec,
    Requirement,
    split_variant,
)
from .._pipx.validate import validate_spec
from .._process.commands import OperationError
from .._process.run_text import run_text
from .._process.secrets import Credential, strip_text
from .._scan.select import is_understood
from .._scan.serialize.text import safe_text
from .credentials_module import INDEX_ARGUMENTS, Module
from .option_defaults import merge_all_with_defaults
from .refusal import refuse

if TYPE_CHECKING:
    from .._process.accounts import Account

__all__ = ["PIPX_ARGUMENTS", "Module", "converge"]

APP_ARGUMENTS: Dict[str, Any] = {
    **{row.name: row.argument() for row in OPTIONS},
    **INDEX_ARGUMENTS,
}
PIPX_ARGUMENTS: Dict[str, Any] = {
    **APP_ARGUMENTS,
    "apps": {"type": "list", "elements": "dict"},
}


class Place(NamedTuple):
    """Where applications are installed, and for whom."""

    scope: str  # global or user
    account: Optional[Account]  # None: the caller
    homes: Tuple[str, ...]
    bin_directory: str
    man_directory: str
    missing_user: str = ""


def converge(module: Module) -> None:
    """Bring the applications that the options name to their requested state, and end the module."""
    rows = merge_all_with_defaults(module, APP_ARGUMENTS, "apps", key="name")
    requests = [_read_request(module, row) for row in rows]
    _reject_duplicates(module, requests)
    results = [
        fast_result(request) or _converge_one(module, request) for request in requests
    ]
    _end(
        module,
        [to_result(result, module._diff) for result in results],
        single=module.params["apps"] is None,
    )


def _converge_one(module: Module, request: PipxAppRequest) -> PipxAppResult:
    from .._pipx.converge import Converger
    from .uv_provider import make_provider

    run = run_text
    provide_python = make_provider(run, module.check_mode)
    return Converger(run, module.check_mode, provide_python).converge(request)


def _reject_duplicates(module: Module, requests: Sequence[PipxAppRequest]) -> None:
    known = set()
    for request in requests:
        requirement = request.spec.requirement
        key = (request.homes, requirement.name or requirement.text, request.spec.suffix)
        if key in known:
            message = "%s is listed twice" % request.label
            refuse(
                module,
                "apps",
                message,
                "List each application once for a user, or set suffix.",
            )
        known.add(key)


def _read_request(module: Module, params: Mapping[str, Any]) -> PipxAppRequest:
    credentials = [
        Credential(row["host"], row["username"], row["password"])
        for row in params["index_credentials"]
    ]
    sources = _read_sources(module, params, credentials)
    spec = _read_spec(module, params, credentials)
    for problem in validate_spec(spec):
        refuse(module, *problem)
    place = _read_place(module, params)
    label = spec.requirement.text if credentials else params["name"]
    return PipxAppRequest(
        spec=spec,
        label=label + spec.suffix,
        scope=place.scope,
        account=place.account,
        homes=place.homes,
        bin_directory=place.bin_directory,
        man_directory=place.man_directory,
        sources=sources,
        credentials=tuple(credentials),
        python=spec.python and params["python"],
        backend=params["backend"],
        executable=params["executable"] or "",
        lock_timeout=params["lock_timeout"],
        missing_user=place.missing_user,
    )


def _read_sources(
    module: Module, params: Mapping[str, Any], credentials: List[Credential]
) -> Index:
    """Return the index options; append the credentials in their URLs to ``credentials``."""

    def clean(texts: Sequence[str]) -> List[str]:
        stripped = [strip_text(text) for text in texts]
        for _text, found in stripped:
            credentials.extend(found)
        return [text for text, _found in stripped if text]

    sources = Index(
        index_url="".join(clean([params["index_url"] or ""])),
        extra_index_urls=tuple(clean(params["extra_index_urls"])),
        find_links=tuple(clean(params["find_links"])),
        no_index=params["no_index"],
        ca_bundle=params["ca_bundle"] or "",
        timeout=params["timeout"],
    )
    if sources.no_index and (sources.index_url or sources.extra_index_urls):
        refuse(
            module,
            "no_index",
            "no_index and an index contradict each other",
            "Omit one of them.",
        )
    return sources


def _read_spec(
    module: Module, params: Mapping[str, Any], credentials: List[Credential]
) -> PipxAppSpec:
    def parse(option: str, text: str) -> Requirement:
        clean, found = strip_text(text)
        credentials.extend(found)
        requirement = parse_requirement(clean)
        if requirement is None:
            hint = "Use the name of a project, a requirement such as black>=24, a URL, or an absolute path."
            refuse(
                module,
                option,
                "%s is not valid: %s" % (option, clean or "(empty)"),
                hint,
            )
        return requirement

    requirement = parse("name", params["name"] or "")
    version = (params["version"] or "").strip()
    if version:
        if requirement.specifier or requirement.url:
            message = "version and the specifier in name contradict each other"
            refuse(module, "version", message, "Omit version, or use a plain name.")
        specifier = version if version[0] in "=<>!~" else "==" + version
        requirement = parse("version", "%s%s" % (params["name"], specifier))
    path, python_version = _read_python(module, params["python"] or "")
    inject = params["inject"]
    return PipxAppSpec(
        requirement=requirement,
        state=params["state"],
        suffix=params["suffix"],
        inject=None
        if inject is None
        else tuple(parse("inject", each) for each in inject),
        inject_apps=params["inject_apps"],
        python=path,
        python_version=python_version,
        python_source=params["python_source"],
        editable=params["editable"],
        reinstall=params["reinstall"],
        system_site_packages=params["system_site_packages"],
        include_dependencies=params["include_dependencies"],
        pin=params["pin"],
    )


def _read_python(module: Module, python: str) -> Tuple[str, str]:
    """Return the canonical path, or the version, that the option `python` names."""
    if python.startswith("/"):
        return os.path.realpath(python), ""
    wanted = python[len("python") :] if python.startswith("python") else python
    if python and not is_understood(split_variant(wanted)[0]):
        hint = 'Use a path, a version such as "3.12", "3.13.5" or "3.13t", or a specifier such as ">=3.11".'
        refuse(module, "python", "python is not valid: %s" % python, hint)
    return "", wanted


def _read_place(module: Module, params: Mapping[str, Any]) -> Place:
    uid = os.geteuid()
    scope = params["scope"] or ("user" if uid or params["user"] else "global")
    if scope == "user":
        return _read_place_of_user(module, params["user"] or str(uid))
    if params["user"]:
        refuse(
            module,
            "user",
            "scope=global and user contradict each other",
            "Use scope=user, or omit user.",
        )
    variables = os.environ
    home = variables.get("PIPX_GLOBAL_HOME", "/opt/pipx")
    if uid and not variables.get("PIPX_GLOBAL_HOME"):
        refuse(
            module,
            "scope",
            "only root can install for all users",
            "Set become, or use scope=user.",
        )
    return Place(
        scope=scope,
        account=None,
        homes=(home,),
        bin_directory=variables.get("PIPX_GLOBAL_BIN_DIR", "/usr/local/bin"),
        man_directory=variables.get("PIPX_GLOBAL_MAN_DIR", "/usr/local/share/man"),
    )


def _read_place_of_user(module: Module, user: str) -> Place:
    from .._process.accounts import find_account

    uid = os.geteuid()
    try:
        account = find_account(user)
    except OperationError as exc:
        if module.check_mode and not uid:
            return Place(
                "user",
                None,
                homes=("~" + user,),
                bin_directory="",
                man_directory="",
                missing_user=user,
            )
        refuse(module, "user", exc.message, exc.hint)
    if uid and account.uid != uid:
        refuse(module, "user", "only root can install for another user", "Set become.")
    home = account.home.rstrip("/")
    variables: Mapping[str, str] = os.environ if account.uid == uid else {}
    data = variables.get("XDG_DATA_HOME") or home + "/.local/share"
    homes = [home + "/.local/pipx", data + "/pipx", home + "/.local/share/pipx"]
    homes.append(home + "/Library/Application Support/pipx")
    if variables.get("PIPX_HOME"):
        homes = [variables["PIPX_HOME"]]
    return Place(
        scope="user",
        account=account if account.uid != uid else None,
        homes=tuple(dict.fromkeys(homes)),
        bin_directory=variables.get("PIPX_BIN_DIR", home + "/.local/bin"),
        man_directory=variables.get("PIPX_MAN_DIR", data + "/man"),
    )


def to_result(result: PipxAppResult, diff: bool) -> Dict[str, Any]:
    """Return what the module returns of one application, every text in it safe to carry and to print."""
    request, application, problem = (
        result.request,
        result.state.application,
        result.failed,
    )
    requirement = request.spec.requirement
    name = application.name if application is not None else ""
    row: Dict[str, Any] = {
        "name": safe_text(name or requirement.name or request.label),
        "suffix": request.spec.suffix,
        "scope": request.scope,
        "version": "",
        "python": "",
        "location": "",
        "commands": [],
        "injected": [],
        "pinned": False,
        "changed": result.changed,
        "repaired": safe_text(result.repaired, 1000),
        "unresolved": safe_text(result.unresolved, 1000),
        "failed": problem is not None,
    }
    if application is not None:
        row.update(
            version=safe_text(application.version),
            python=safe_text(application.python),
            location=safe_text(result.state.directory),
            commands=[safe_text(each) for each in application.commands],
            injected=[
                {"name": safe_text(each.name), "version": safe_text(each.version)}
                for each in application.injected
            ],
            pinned=application.pinned,
        )
    if problem is not None:
        message = safe_text("%s: %s" % (request.label, problem.message), 1000)
        hint = safe_text(problem.hint, 1000)
        row["msg"] = ("%s. %s" % (message.rstrip("."), hint)).strip()
        row["output"] = safe_text(problem.output, 16384, True)
        row["problem"] = {"code": problem.code, "message": message, "hint": hint}
    if diff:
        row["diff"] = {
            key: safe_text(getattr(result, key), 65536, True)
            for key in ("before", "after")
        }
    return row


def _end(module: Module, rows: Sequence[Dict[str, Any]], single: bool) -> None:
    failed = [row for row in rows if row["failed"]]
    result: Dict[str, Any] = {
        "changed": any(row["changed"] for row in rows),
        "apps": list(rows),
    }
    if module._diff:
        result["diff"] = {
            key: "".join(row["diff"][key] for row in rows)
            for key in ("before", "after")
        }
    if single:
        result.update(
            {
                key: value
                for key, value in rows[0].items()
                if key not in ("failed", "diff", "changed")
            }
        )
    if not failed:
        module.exit_json(**result)
    count = (
        "%d of %d applications failed. " % (len(failed), len(rows))
        if len(rows) > 1
        else ""
    )
    result["problem"] = failed[0]["problem"]
    result["msg"] = count + " ".join(row["msg"] for row in failed)
    module.fail_json(**result)
