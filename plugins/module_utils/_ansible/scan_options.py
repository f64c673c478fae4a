# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules that scan have in common: their options (paired with the fragment _scan), and how they are checked."""

from __future__ import annotations

import os
from typing import Any, NoReturn, Sequence

from .._scan.model import Request

SCAN_ARGUMENTS: dict[str, Any] = {
    "root": {"type": "path", "default": "/"},
    "paths": {"type": "list", "elements": "path", "default": []},
    "environment_roots": {"type": "list", "elements": "path", "default": []},
    "depth": {"type": "int", "default": 4},
    "users": {"type": "list", "elements": "str"},
    "execute": {"type": "str", "default": "never", "choices": ["never", "package_managers", "trusted"]},
    "time_limit": {"type": "float", "default": 60.0},
}


def read_request(module: Any, subset: Sequence[str]) -> Request:
    """Return the request of a scan; end the module with a message if an option is invalid."""
    params = module.params
    root, users = params["root"], params["users"]
    if not os.path.isabs(root) or not os.path.isdir(root):
        refuse(
            module, "root", "root is not a directory: %s" % root, "Set it to the directory where the image is mounted."
        )
    for option in ("paths", "environment_roots"):
        for path in params[option]:
            if not os.path.isabs(path):
                message = "%s contains a path that is not absolute: %s" % (option, path)
                refuse(module, option, message, "Start it with a slash.")
    for option, hint in (("depth", "0 searches only the roots themselves."), ("time_limit", "0 sets no limit.")):
        if params[option] < 0:
            refuse(module, option, "%s is negative: %g" % (option, params[option]), hint)
    return Request(
        subset=tuple(subset),
        paths=tuple(params["paths"]),
        environment_roots=tuple(params["environment_roots"]),
        depth=params["depth"],
        users=None if users is None else tuple(users),
        execute=params["execute"],
    )


def refuse(module: Any, option: str, message: str, hint: str) -> NoReturn:
    """End the module: one sentence on what is wrong, one on what to do, and the same for programs."""
    problem = {"code": "bad-option", "option": option, "message": message, "hint": hint}
    module.fail_json(msg="%s. %s" % (message, hint), problem=problem)
    raise AssertionError("fail_json came back")  # for the type checker: it does not
