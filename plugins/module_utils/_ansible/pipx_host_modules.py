# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules of the role pipx: `pipx_info`, `pipx_check` and `pipx_shell_integration`."""

from __future__ import annotations

import os
import pwd
from typing import Any, Dict, List, Sequence

from ansible.module_utils.basic import AnsibleModule

from .._pipx.installation_places import InstallationPlace, find_places
from .._pipx.login_check import check_pipx
from .._pipx.shell_integration import ShellIntegration, ShellSpec
from .._process.login_shell import LoginShell
from .._process.managed_files import ManagedFiles
from .._process.package_managers import PackagedProgram, find_package
from .._process.run_text import run_text
from .._scan.pep440 import parse as parse_version
from .._scan.serialize.text import safe_text
from .refusal import refuse
from .run_as import run_as, serialize_change

PIPX = PackagedProgram(
    command="pipx",
    packages={"apt": "pipx", "dnf": "pipx", "pacman": "python-pipx", "brew": "pipx"},
)
INFO_ARGUMENTS: Dict[str, Any] = {
    "scope": {"type": "str", "choices": ["global", "user"], "default": "global"},
    "users": {"type": "list", "elements": "str", "default": []},
    "minimum_version": {"type": "str", "default": "1.0"},
    "source": {
        "type": "str",
        "choices": ["auto", "distribution", "environment"],
        "default": "auto",
    },
}
PLACES_ARGUMENT: Dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "required": True,
    "options": {
        "user": {"type": "str", "default": ""},
        "home": {"type": "str", "default": ""},
        "shell": {"type": "str", "default": "/bin/sh"},
        "bin_directory": {"type": "str", "required": True},
        "executable": {"type": "str", "required": True},
    },
}
CHECK_ARGUMENTS: Dict[str, Any] = {"places": PLACES_ARGUMENT}
SHELL_ARGUMENTS: Dict[str, Any] = {
    "places": PLACES_ARGUMENT,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "path": {"type": "bool", "default": True},
    "completion": {"type": "bool", "default": False},
    "applications": {"type": "list", "elements": "str", "default": []},
}


def gather_info(module: AnsibleModule) -> None:
    """Return where pipx can come from, and the places that it is for."""
    params = module.params
    if parse_version(params["minimum_version"]) is None:
        message = "minimum_version is not a version: %s" % params["minimum_version"]
        refuse(module, "minimum_version", message, 'Write it as "1.6".')
    found = find_places(params["scope"], params["users"])
    has_environment = any(place.has_environment for place in found.places)
    query_available = params["source"] == "distribution" or (
        params["source"] == "auto" and not has_environment
    )
    package = find_package(run_text, PIPX, params["minimum_version"], query_available)
    module.exit_json(
        changed=False,
        package=package._asdict(),
        places=[_serialize_place(place) for place in found.places],
        unknown_users=[safe_text(name) for name in found.unknown_users],
        users_without_home=list(found.users_without_home),
        root=os.geteuid() == 0,
        user=pwd.getpwuid(os.geteuid()).pw_name,
    )


def _serialize_place(place: InstallationPlace) -> Dict[str, Any]:
    return {
        key: safe_text(value) if isinstance(value, str) else value
        for key, value in place._asdict().items()
    }


def check_places(module: AnsibleModule) -> None:
    """Start pipx and a login shell in every place, as its user; for everyone, as one without any rights."""
    run = run_text
    rows = []
    for place in module.params["places"]:
        login = _login_of(place)

        def work(
            login: LoginShell = login, place: Dict[str, Any] = place
        ) -> Dict[str, Any]:
            return check_pipx(
                run, login, place["executable"], place["bin_directory"]
            )._asdict()

        user = place["user"]
        if not user and os.geteuid() == 0:
            user = "nobody"
        found = run_as(module, user, work)
        rows.append(
            {
                "user": place["user"],
                "executable": place["executable"],
                "version": safe_text(found["version"]),
                "output": safe_text(found["output"], 1000, True),
                "on_path": bool(found["on_path"]),
            }
        )
    module.exit_json(changed=False, places=rows)


def integrate_shells(module: AnsibleModule) -> None:
    """Bring the files of shells to the requested state, those of a user with that user's rights."""
    params = module.params
    spec = ShellSpec(
        present=params["state"] == "present",
        path=params["path"],
        completion=params["completion"],
        applications=tuple(params["applications"]),
    )
    run = run_text
    changes: List[Sequence[str]] = []
    for place in params["places"]:

        def work(place: Dict[str, Any] = place) -> List[Sequence[str]]:
            files = ManagedFiles(module.check_mode)
            ShellIntegration(
                run,
                _login_of(place),
                place["bin_directory"],
                place["executable"],
                files,
            ).converge(spec)
            return [list(change) for change in files.changes]

        changes += run_as(module, place["user"], work)
    result: Dict[str, Any] = {
        "changed": bool(changes),
        "files": [safe_text(change[0]) for change in changes],
    }
    if module._diff:
        result["diff"] = [serialize_change(*change) for change in changes]
    module.exit_json(**result)


def _login_of(place: Dict[str, Any]) -> LoginShell:
    return LoginShell(user=place["user"], home=place["home"], shell=place["shell"])
