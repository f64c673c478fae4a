# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a scan (paired with the fragment _scan), and how they are checked."""

from __future__ import annotations

import os
from typing import Any, Mapping, Sequence

from .invalid_option import InvalidOption
from .model import Request

SCAN_ARGUMENTS: dict[str, Any] = {
    "root": {"type": "path", "default": "/"},
    "paths": {"type": "list", "elements": "path", "default": []},
    "environment_roots": {"type": "list", "elements": "path", "default": []},
    "depth": {"type": "int", "default": 4},
    "users": {"type": "list", "elements": "str"},
    "execute": {
        "type": "str",
        "default": "never",
        "choices": ["never", "package_managers", "trusted"],
    },
    "time_limit": {"type": "float", "default": 60.0},
}

#: The subsets of python_facts that a result of an audit holds besides the findings.
INVENTORY_SUBSETS: Mapping[str, Sequence[str]] = {
    "none": (),
    "pythons": ("installations", "environments"),
    "packages": ("installations", "environments", "packages"),
}


def make_request(options: Mapping[str, Any], subset: Sequence[str]) -> Request:
    """Return the request of a scan; raise InvalidOption for a relative path or a negative number.

    :param options: the options of ``SCAN_ARGUMENTS``, with their defaults.
    """
    for option in ("paths", "environment_roots"):
        for path in options[option]:
            if not os.path.isabs(path):
                message = "%s contains a path that is not absolute: %s" % (option, path)
                raise InvalidOption(option, message, "Start it with a slash.")
    for option, hint in (
        ("depth", "0 searches only the roots themselves."),
        ("time_limit", "0 sets no limit."),
    ):
        if options[option] < 0:
            raise InvalidOption(
                option, "%s is negative: %g" % (option, options[option]), hint
            )
    users = options["users"]
    return Request(
        subset=tuple(subset),
        paths=tuple(options["paths"]),
        environment_roots=tuple(options["environment_roots"]),
        depth=options["depth"],
        users=None if users is None else tuple(users),
        execute=options["execute"],
    )
