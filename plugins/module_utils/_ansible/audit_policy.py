# SPDX-License-Identifier: GPL-3.0-or-later
"""The options by which an audit judges, and how they are checked."""

from __future__ import annotations

import datetime
import time
from typing import Any, Iterable

from .._scan.rules.registry import BY_KEY
from .._scan.verdicts import Policy, Waiver
from .scan_options import refuse

POLICY_ARGUMENTS: dict[str, Any] = {
    "rules": {"type": "list", "elements": "str"},
    "skip_rules": {"type": "list", "elements": "str", "default": []},
    "threshold": {"type": "str", "default": "medium", "choices": ["low", "medium", "high"]},
    "waivers": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "rule": {"type": "str", "required": True},
            "path": {"type": "str", "default": "*"},
            "reason": {"type": "str", "required": True},
            "until": {"type": "str"},
        },
    },
}


def read_policy(module: Any) -> Policy:
    """Return the policy of an audit; end the module with a message if a rule or a date is unknown."""
    params = module.params
    for option in ("rules", "skip_rules"):
        _check_rules(module, option, params[option] or ())
    chosen = BY_KEY if params["rules"] is None else params["rules"]
    rules = tuple(rule for rule in BY_KEY if rule in chosen and rule not in params["skip_rules"])
    if not rules:
        refuse(
            module, "rules", "no rule is left to evaluate", "Remove one from skip_rules, or omit rules to evaluate all."
        )
    waivers = tuple(_read_waiver(module, waiver) for waiver in params["waivers"])
    return Policy(rules=rules, threshold=params["threshold"], waivers=waivers)


def _read_waiver(module: Any, waiver: dict[str, Any]) -> Waiver:
    _check_rules(module, "waivers", (waiver["rule"],))
    until = waiver["until"] or ""
    if until and not _is_date(until):
        message = "waivers contains an invalid date: %s" % until
        refuse(
            module, "waivers", message, "Write until as YYYY-MM-DD, the last day (UTC) on which the waiver is valid."
        )
    if not waiver["reason"].strip():
        refuse(
            module,
            "waivers",
            "the waiver of %s has no reason" % waiver["rule"],
            "Add the reason why the finding is accepted.",
        )
    return Waiver(waiver["rule"], waiver["path"], waiver["reason"].strip(), until)


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_rules(module: Any, option: str, names: Iterable[str]) -> None:
    for name in names:
        if name not in BY_KEY:
            import difflib

            near = difflib.get_close_matches(name.replace("_", "-"), BY_KEY, 1, 0.5)
            hint = "Did you mean %s?" % near[0] if near else "The rules are: %s." % ", ".join(BY_KEY)
            refuse(module, option, "%s names a rule that does not exist: %s" % (option, name), hint)


def today(now: float) -> str:
    """Return the ISO date in UTC of seconds since the epoch."""
    return time.strftime("%Y-%m-%d", time.gmtime(now))
