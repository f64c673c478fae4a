# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of a host that audits itself: a file that root wrote.

    {"schema_version": 1, "options": {"threshold": "high"}, "result": "/var/lib/pyfleet/audit/result.json",
     "textfile": "/var/lib/prometheus/node-exporter/pyfleet_python_audit.prom", "inventory": "packages"}

`options` are options of the module audit by their names, all of them optional. `textfile` is empty for none.
`inventory` says what the result holds besides the findings, for reports: none, pythons, or packages.
"""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, NamedTuple, Sequence

from .._host.host import MIB, Host
from .._scan.judge.policy import POLICY_ARGUMENTS
from .._scan.read.trust import TrustReader
from .._scan.scan_request import SCAN_ARGUMENTS

SCHEMA_VERSION = 1
ARGUMENTS: Mapping[str, Any] = {**SCAN_ARGUMENTS, **POLICY_ARGUMENTS}
#: What python_facts gathers for each value of `inventory`.
INVENTORY_SUBSETS: Mapping[str, Sequence[str]] = {
    "none": (),
    "pythons": ("installations", "environments"),
    "packages": ("installations", "environments", "packages"),
}
_LIMIT = 4 * MIB


class AuditConfig(NamedTuple):
    """How a host audits itself, and where the result goes."""

    options: Mapping[str, Any]
    result: str
    textfile: str  # '' for none
    inventory: str  # a key of INVENTORY_SUBSETS


class Unusable(Exception):
    """The configuration can't be used; the text is one sentence that says why."""


def read_config(path: str) -> AuditConfig:
    """Read the file at ``path``; raise Unusable if it is missing, malformed, or others could have written it."""
    with Host() as host:
        real = host.real(path)
        if real is None:
            raise Unusable("%s does not exist" % path)
        trust = TrustReader(host).judge([real])
        if not trust.trusted:
            raise Unusable(
                "other users can write %s: %s" % (path, "; ".join(trust.because))
            )
        data = host.content(real, _LIMIT)
    if data is None:
        raise Unusable("%s cannot be read" % path)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as exc:
        raise Unusable("%s is not valid JSON: %s" % (path, exc)) from None
    if not isinstance(found, dict) or found.get("schema_version") != SCHEMA_VERSION:
        raise Unusable("%s has no schema_version %d" % (path, SCHEMA_VERSION))
    return AuditConfig(
        options=add_defaults(found.get("options", {}), ARGUMENTS),
        result=found["result"],
        textfile=found.get("textfile", ""),
        inventory=found.get("inventory", "none"),
    )


def add_defaults(
    options: Mapping[str, Any], arguments: Mapping[str, Any]
) -> Dict[str, Any]:
    """Return options with the defaults of an argument spec, also in lists; raise Unusable for unknown ones."""
    unknown = sorted(set(options) - set(arguments))
    if unknown:
        raise Unusable("audit has no option %s" % ", ".join(unknown))
    complete = {
        name: options.get(name, argument.get("default"))
        for name, argument in arguments.items()
    }
    for name, argument in arguments.items():
        if "options" in argument:
            complete[name] = [
                add_defaults(row, argument["options"]) for row in complete[name] or ()
            ]
    return complete
