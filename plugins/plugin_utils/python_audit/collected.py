# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result that a host wrote when it audited itself; `module_utils/_zipapp/audit.py` writes it."""

from __future__ import annotations

import calendar
import json
import time
from typing import Any, Mapping, NamedTuple, Optional

from ..fleet_report.host_result import InvalidResultError, reduce_facts
from ..fleet_report.record_validation import validate_audit, validate_inventory

SCHEMA_VERSION = 1
_TIME = "%Y-%m-%dT%H:%M:%SZ"
#: Seconds by which the clocks of a host and the controller may differ. A result of the future would never be too old.
_CLOCK_DIFFERENCE = 3600


class Collected(NamedTuple):
    """A host's own result."""

    result: Mapping[
        str, Any
    ]  # as the module audit returns it; with `failed` where the host's audit failed
    facts: Optional[Mapping[str, Any]]
    time: str  # UTC in ISO 8601


def parse_collected(text: str, now: float, max_age: int) -> Collected:
    """Return what a host wrote; raise InvalidResultError if it is no result, or too old.

    :param now: seconds since the epoch.
    :param max_age: seconds.
    """
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidResultError("the host's own result is not JSON") from None
    if not isinstance(record, dict) or record.get("schema_version") != SCHEMA_VERSION:
        raise InvalidResultError(
            f"the host's own result has no schema_version {SCHEMA_VERSION}"
        )
    moment = str(record.get("time"))
    _check_age(moment, now, max_age)
    if record.get("state") != "scanned":
        message = str(record.get("message") or "no reason was given")
        return Collected(
            {"failed": True, "msg": f"the host's own audit failed: {message}"},
            None,
            moment,
        )
    validate_audit(record.get("audit"))
    facts = record.get("facts")
    if facts is not None:
        _validate_facts(facts)
    return Collected(record["audit"], facts, moment)


def _check_age(moment: str, now: float, max_age: int) -> None:
    try:
        age = now - calendar.timegm(time.strptime(moment, _TIME))
    except ValueError:
        raise InvalidResultError("the host's own result has no time") from None
    if age < -_CLOCK_DIFFERENCE:
        raise InvalidResultError(
            f"the host's own result is of {moment}, which is in the future: the clock of the host, or of the controller, is wrong"
        )
    if age > max_age:
        raise InvalidResultError(
            f"the host's own result is of {moment}, more than {max_age} seconds ago: its timer does not run, or fails"
        )


def _validate_facts(facts: Any) -> None:
    try:
        validate_inventory(reduce_facts(facts))
    except (AttributeError, TypeError):
        raise InvalidResultError(
            "the host's own result has facts of another shape"
        ) from None
