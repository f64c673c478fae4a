# SPDX-License-Identifier: GPL-3.0-or-later
"""The environments that a host rebuilds by itself: a list that root wrote, taken by nobody else's word.

    {"schema": 1, "environments": [{"path": "/opt/web/venv", "owner": "web", "find_links": ["/srv/wheels"],
                                    "no_index": true, "services": ["web.service"]}]}

Each entry holds options of the module `venv` by their names, all but `path` optional, and
`services` and `service_record`. Whether it holds
credentials, which it must not, is for who reads it to tell.
"""

from __future__ import annotations

import re
from typing import Any, Mapping, NamedTuple

from .._host.host import MIB, Host
from .._scan.read.trusted_json import Unusable, read_trusted_json
from .spec import OPTIONS as VENV_OPTIONS
from .spec import EnvironmentSpec, HealthCheck, Link

SCHEMA = 1
_LIMIT = 4 * MIB
_DEFAULTS: Mapping[str, Any] = EnvironmentSpec("")._asdict()
#: The options that an entry may have.
OPTIONS = tuple(row.name for row in VENV_OPTIONS if row.in_rebuild_list)
_NOT_OPTIONS = ("services", "service_record")
_SERVICE = re.compile(r"[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*")


class Listed(NamedTuple):
    """One environment of the list."""

    spec: EnvironmentSpec
    services: tuple[str, ...] = ()  # to be restarted when it was rebuilt
    service_record: str = ""  # the file in which the role app_venv records what the service was started with


def read_environment_list(host: Host, path: str) -> tuple[Listed, ...]:
    """Read the list at ``path``; raise Unusable if it is missing, malformed, or others could have written it."""
    found = read_trusted_json(host, path, _LIMIT)
    if (
        not isinstance(found, dict)
        or found.get("schema") != SCHEMA
        or not isinstance(found.get("environments"), list)
    ):
        raise Unusable("%s is not a list of environments of schema %d" % (path, SCHEMA))
    try:
        return tuple(_parse(row) for row in found["environments"])
    except ValueError as exc:
        raise Unusable("%s: %s" % (path, exc)) from None


def _parse(row: Any) -> Listed:
    """Return the spec of an entry; raise ValueError with what is wrong."""
    if not isinstance(row, dict) or not isinstance(row.get("path"), str):
        raise ValueError("an entry has no path")
    where = "the entry of %s: " % row["path"]
    services = row.get("services", [])
    if not isinstance(services, list) or not all(
        isinstance(x, str) and _SERVICE.fullmatch(x) for x in services
    ):
        raise ValueError(where + "services is not a list of service names")
    try:
        options = {
            key: _option(key, value)
            for key, value in row.items()
            if key not in _NOT_OPTIONS
        }
    except ValueError as exc:
        raise ValueError(where + str(exc)) from None
    record = row.get("service_record", "")
    if not isinstance(record, str) or (record and not record.startswith("/")):
        raise ValueError(where + "service_record is not an absolute path")
    return Listed(EnvironmentSpec(**options), tuple(services), record)


def _option(key: str, value: Any) -> Any:
    """Check one option by the type of its default, and return it as a spec has it."""
    if key not in OPTIONS:
        raise ValueError("it has no option %r" % key)
    default = _DEFAULTS[key]
    if key in ("links", "health_check"):
        return _links(value) if key == "links" else _health_check(value)
    if isinstance(default, tuple):
        if _is_list_of_strings(value):
            return tuple(value)
        raise ValueError("%s is not a list of strings" % key)
    if (
        isinstance(default, float)
        and isinstance(value, int)
        and not isinstance(value, bool)
    ):
        value = float(value)
    if type(value) is not type(default):
        kind = {"str": "string", "bool": "boolean"}.get(
            type(default).__name__, "number"
        )
        raise ValueError("%s is not a %s" % (key, kind))
    return value


def _is_list_of_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _links(rows: Any) -> tuple[Link, ...]:
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        texts = [
            (
                row.get("name"),
                row.get("directory", "/usr/local/bin"),
                row.get("as") or "",
            )
            for row in rows
        ]
        if all(isinstance(word, str) for row in texts for word in row):
            return tuple(Link(*row) for row in texts)
    raise ValueError("links is not a list of name, directory and as")


def _health_check(row: Any) -> HealthCheck:
    """Read what a release must pass; as in the module, a number may be the value of a variable."""
    if not isinstance(row, dict) or set(row) - set(HealthCheck._fields):
        raise ValueError(
            "health_check does not consist of command, user, timeout and environment"
        )
    command: Any = row.get("command")
    variables = row.get("environment", {})
    if not _is_list_of_strings(command):
        raise ValueError("health_check.command is not a list of strings")
    if not isinstance(variables, dict) or not all(
        isinstance(value, (str, int)) for value in variables.values()
    ):
        raise ValueError("health_check.environment is not a mapping of strings")
    user, seconds = row.get("user", ""), row.get("timeout", 60.0)
    if (
        not isinstance(user, str)
        or isinstance(seconds, bool)
        or not isinstance(seconds, (int, float))
    ):
        raise ValueError(
            "health_check.user is not a string, or health_check.timeout not a number"
        )
    return HealthCheck(
        tuple(command),
        user,
        float(seconds),
        {key: str(value) for key, value in variables.items()},
    )
