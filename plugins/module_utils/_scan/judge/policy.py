# SPDX-License-Identifier: GPL-3.0-or-later
"""The options by which an audit judges, and how they are checked."""

from __future__ import annotations

import datetime
import time
from typing import Any, Iterable, Mapping

from ..invalid_option import InvalidOption
from ..rules.registry import BY_KEY
from ..verdicts import Policy, Waiver

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


def make_policy(options: Mapping[str, Any]) -> Policy:
    """Return the policy of an audit; raise InvalidOption if a rule or a date is unknown.

    :param options: the options of ``POLICY_ARGUMENTS``, with their defaults.
    """
    for option in ("rules", "skip_rules"):
        _check_rules(option, options[option] or ())
    chosen = BY_KEY if options["rules"] is None else options["rules"]
    rules = tuple(rule for rule in BY_KEY if rule in chosen and rule not in options["skip_rules"])
    if not rules:
        raise InvalidOption(
            "rules", "no rule is left to evaluate", "Remove one from skip_rules, or omit rules to evaluate all."
        )
    waivers = tuple(_make_waiver(waiver) for waiver in options["waivers"])
    return Policy(rules=rules, threshold=options["threshold"], waivers=waivers)


def _make_waiver(waiver: Mapping[str, Any]) -> Waiver:
    _check_rules("waivers", (waiver["rule"],))
    until = waiver["until"] or ""
    if until and not _is_date(until):
        message = "waivers contains an invalid date: %s" % until
        hint = "Write until as YYYY-MM-DD, the last day (UTC) on which the waiver is valid."
        raise InvalidOption("waivers", message, hint)
    if not waiver["reason"].strip():
        message = "the waiver of %s has no reason" % waiver["rule"]
        raise InvalidOption("waivers", message, "Add the reason why the finding is accepted.")
    return Waiver(waiver["rule"], waiver["path"], waiver["reason"].strip(), until)


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_rules(option: str, names: Iterable[str]) -> None:
    for name in names:
        if name not in BY_KEY:
            import difflib

            near = difflib.get_close_matches(name.replace("_", "-"), BY_KEY, 1, 0.5)
            hint = "Did you mean %s?" % near[0] if near else "The rules are: %s." % ", ".join(BY_KEY)
            raise InvalidOption(option, "%s names a rule that does not exist: %s" % (option, name), hint)


def today(now: float) -> str:
    """Return the ISO date in UTC of seconds since the epoch."""
    return time.strftime("%Y-%m-%d", time.gmtime(now))
