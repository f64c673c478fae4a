# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of a host that audits itself: a file that root wrote.

    {"schema_version": 1, "options": {"threshold": "high"}, "result": "/var/lib/pyfleet/audit/result.json",
     "textfile": "/var/lib/prometheus/node-exporter/pyfleet_python_audit.prom", "inventory": "packages"}

`options` are options of the module audit by their names, all of them optional. `textfile` is empty for none.
`inventory` says what the result holds besides the findings, for reports: none, pythons, or packages.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, NamedTuple

from .._host.host import MIB, Host
from .._scan.judge.policy import POLICY_ARGUMENTS
from .._scan.read.trusted_json import Unusable, read_trusted_json
from .._scan.scan_request import INVENTORY_SUBSETS, SCAN_ARGUMENTS

SCHEMA_VERSION = 1
ARGUMENTS: Mapping[str, Any] = {**SCAN_ARGUMENTS, **POLICY_ARGUMENTS}
_LIMIT = 4 * MIB


class AuditConfig(NamedTuple):
    """How a host audits itself, and where the result goes."""

    options: Mapping[str, Any]
    result: str
    textfile: str  # '' for none
    inventory: str  # a key of INVENTORY_SUBSETS


def read_config(path: str) -> AuditConfig:
    """Read the file at ``path``; raise Unusable if it is missing, malformed, or others could have written it."""
    with Host() as host:
        found = read_trusted_json(host, path, _LIMIT)
    if not isinstance(found, dict) or found.get("schema_version") != SCHEMA_VERSION:
        raise Unusable("%s has no schema_version %d" % (path, SCHEMA_VERSION))
    options, result = found.get("options", {}), found.get("result")
    if not isinstance(options, dict) or not isinstance(result, str):
        raise Unusable("%s has no valid options, or no result" % path)
    textfile = found.get("textfile", "")
    for place in (result, textfile) if textfile else (result,):
        if not isinstance(place, str) or not place.startswith("/") or "\0" in place:
            raise Unusable("%s: %r is not an absolute path" % (path, place))
    inventory = found.get("inventory", "none")
    if inventory not in list(INVENTORY_SUBSETS):
        choices = ", ".join(INVENTORY_SUBSETS)
        raise Unusable("%s: inventory is none of %s" % (path, choices))
    return AuditConfig(
        options=add_defaults(options, ARGUMENTS),
        result=result,
        textfile=textfile,
        inventory=inventory,
    )


def add_defaults(
    options: Mapping[str, Any], arguments: Mapping[str, Any]
) -> Dict[str, Any]:
    """Return options with the defaults of an argument spec, also in lists; raise Unusable for unknown ones."""
    if not isinstance(options, dict):
        raise Unusable("%r is not a dictionary of options" % options)
    unknown = sorted(set(options) - set(arguments))
    if unknown:
        raise Unusable("audit has no option %s" % ", ".join(unknown))
    complete = {
        name: options.get(name, argument.get("default"))
        for name, argument in arguments.items()
    }
    for name, argument in arguments.items():
        if "options" in argument:
            rows = complete[name] or []
            if not isinstance(rows, list):
                raise Unusable("audit: %s is not a list" % name)
            complete[name] = [add_defaults(row, argument["options"]) for row in rows]
    return complete
