# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module audit, for those who pass them on."""

from __future__ import annotations

import json
from typing import Any, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ...module_utils._scan.invalid_option import InvalidOption
from ...module_utils._scan.judge.policy import make_policy
from ...module_utils._scan.scan_request import make_request
from ...module_utils._zipapp.audit_config import ARGUMENTS, SCHEMA_VERSION

__all__ = [
    "ARGUMENTS",
    "InvalidOptionsError",
    "make_config",
]

#: What node_exporter reads: https://github.com/prometheus/node_exporter#textfile-collector
TEXTFILE = "pyfleet_python_audit.prom"


class InvalidOptionsError(ValueError):
    """Options of an audit cannot be used; the message has one sentence for each reason."""


def make_config(
    options: Mapping[str, Any], *, result: str, textfile_directory: str, inventory: str
) -> str:
    """Return the configuration of a host that audits itself, as JSON.

    :raises InvalidOptionsError: if the module audit would reject the options.
    """
    for place in filter(None, (result, textfile_directory)):
        if not place.startswith("/") or "\0" in place:
            raise InvalidOptionsError(f"{place!r} is not an absolute path")
    values = {
        "schema_version": SCHEMA_VERSION,
        "options": validate_options(options),
        "result": result,
        "textfile": f"{textfile_directory.rstrip('/')}/{TEXTFILE}"
        if textfile_directory
        else "",
        "inventory": inventory,
    }
    return json.dumps(values, indent=1, sort_keys=True) + "\n"


def validate_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options of the module audit with types and defaults as the module has them."""
    given = {name: value for name, value in options.items() if value is not None}
    checked = ArgumentSpecValidator(dict(ARGUMENTS)).validate(given)
    if checked.error_messages:
        raise InvalidOptionsError(" ".join(checked.error_messages))
    found: dict[str, Any] = checked.validated_parameters
    try:
        make_policy(found)
        make_request(found, ())
    except InvalidOption as exc:
        raise InvalidOptionsError(str(exc)) from exc
    return found
