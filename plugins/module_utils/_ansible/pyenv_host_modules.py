# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules of the role pyenv: `pyenv_info`, `pyenv_root` and `pyenv_shell_integration`."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Sequence

from ansible.module_utils.basic import AnsibleModule

from .._process.commands import OperationError
from .._process.login_shell import LoginShell, login_path, run_at_login
from .._process.managed_files import ManagedFiles
from .._process.run_text import run_text
from .._process.secrets import has_credentials
from .._pyenv.checkout import Checkout, require_way_of_root
from .._pyenv.program_source import (
    PyenvPlace,
    PyenvSource,
    SourceRequest,
    find_place,
    find_source,
    read_revision,
)
from .._pyenv.shell_integration import ShellIntegration
from .._scan.serialize.text import safe_text
from .failure import fail
from .refusal import refuse
from .run_as import run_as, serialize_change

PLACE_ARGUMENTS: Dict[str, Any] = {
    "user": {"type": "str", "default": ""},
    "root": {"type": "str", "default": ""},
}
INFO_ARGUMENTS: Dict[str, Any] = {
    **PLACE_ARGUMENTS,
    "source": {
        "type": "str",
        "choices": ["auto", "distribution", "repository"],
        "default": "auto",
    },
    "minimum_version": {"type": "str", "default": "0"},
    "commit": {"type": "str", "default": ""},
    "build_packages": {"type": "dict", "default": {}},
    "extra_packages": {"type": "list", "elements": "str", "default": []},
    "start": {"type": "bool", "default": False},
}
ROOT_ARGUMENTS: Dict[str, Any] = {
    **PLACE_ARGUMENTS,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "repository": {"type": "str", "default": ""},
    "tag": {"type": "str", "default": ""},
    "commit": {"type": "str", "default": ""},
}
SHELL_ARGUMENTS: Dict[str, Any] = {
    **PLACE_ARGUMENTS,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "programs": {"type": "bool", "default": False},
}


def _place_of(module: AnsibleModule) -> PyenvPlace:
    return find_place(module.params["user"], module.params["root"].rstrip("/"))


def gather_info(module: AnsibleModule) -> None:
    """Return where pyenv comes from and what is missing; if asked to, start it."""
    params = module.params
    request = SourceRequest(
        source=params["source"],
        minimum_version=params["minimum_version"],
        commit=params["commit"],
        build_packages={
            manager: [str(name) for name in names]
            for manager, names in params["build_packages"].items()
        },
        extra_packages=params["extra_packages"],
    )
    try:
        place = _place_of(module)
        found = find_source(run_text, place, request)
    except OperationError as exc:
        fail(module, exc)
    started = _start(module, place, found) if params["start"] else {}
    module.exit_json(
        changed=False,
        **{key: safe_text(value) for key, value in place._asdict().items()},
        **{**found._asdict(), "package": found.package._asdict()},
        **{"version": "", "output": "", "on_path": False, **started},
    )


def _start(
    module: AnsibleModule, place: PyenvPlace, found: PyenvSource
) -> Dict[str, Any]:
    """Start pyenv and a login shell as the user; for everyone, as one without any rights."""
    run = run_text
    login = LoginShell(place.user, place.home, place.shell)

    def work() -> Dict[str, Any]:
        done = run_at_login(run, login, [found.executable, "--version"])
        output = done.output.strip() or done.errors.strip()
        version = "" if done.status else output.rpartition(" ")[2]
        on_path = place.root + "/shims" in login_path(run, login)
        return {"version": version, "output": output, "on_path": on_path}

    user = place.user
    if not user and os.geteuid() == 0:
        user = "nobody"
    answer = run_as(module, user, work)
    return {
        "version": safe_text(answer["version"]),
        "output": safe_text(answer["output"], 1000, True),
        "on_path": bool(answer["on_path"]),
    }


def manage_root(module: AnsibleModule) -> None:
    """Bring the root, and the pyenv in it, to the requested state, with the rights of its owner."""
    params = module.params
    if has_credentials(params["repository"]):
        refuse(
            module,
            "repository",
            "repository has credentials, which git would show in the process list",
            "Store them in a git credential helper.",
        )
    try:
        place = _place_of(module)
        before = _describe_root(place)
    except OperationError as exc:
        fail(module, exc)
    after = _expected_root(params)
    # A directory is enough for a pyenv that is elsewhere: what else is in it stays.
    is_same = before == after or bool(before and after == "directory")
    if not is_same and not module.check_mode:
        checkout = Checkout(run_text, place.root)

        def work() -> None:
            if params["state"] == "absent":
                checkout.remove()
            elif params["commit"]:
                checkout.update(params["repository"], params["tag"], params["commit"])
            else:
                checkout.create_directory()

        run_as(module, place.user, work)
    result: Dict[str, Any] = {"changed": not is_same, "root": safe_text(place.root)}
    if module._diff:
        after = before if is_same else after
        result["diff"] = [serialize_change(place.root, before + "\n", after + "\n")]
    module.exit_json(**result)


def _describe_root(place: PyenvPlace) -> str:
    if not os.path.isdir(place.root):
        return ""
    return read_revision(place) or "directory"


def _expected_root(params: Dict[str, Any]) -> str:
    if params["state"] == "absent":
        return ""
    return str(params["commit"]) or "directory"


def integrate_shells(module: AnsibleModule) -> None:
    """Bring the files of shells to the requested state, those of a user with that user's rights."""
    params = module.params
    try:
        place = _place_of(module)
    except OperationError as exc:
        fail(module, exc)

    def work() -> List[Sequence[str]]:
        if params["state"] == "present" and not place.home:
            require_way_of_root(place.root)  # everyone's PATH is root's too
        files = ManagedFiles(module.check_mode)
        ShellIntegration(place, params["programs"], files).converge(
            params["state"] == "present"
        )
        return [list(change) for change in files.changes]

    changes = run_as(module, place.user, work)
    result: Dict[str, Any] = {
        "changed": bool(changes),
        "files": [safe_text(change[0]) for change in changes],
    }
    if module._diff:
        result["diff"] = [serialize_change(*change) for change in changes]
    module.exit_json(**result)
