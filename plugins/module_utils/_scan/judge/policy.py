# SPDX-License-Identifier: GPL-3.0-or-later
"""The options by which an audit judges, and how they are checked."""

from __future__ import annotations

import datetime
import re
import time
from typing import Any, Iterable, Mapping, Sequence

from ..invalid_option import InvalidOption
from ..project_name import canonicalize_name
from ..rules.registry import BY_KEY
from ..verdicts import ListedPackage, Policy, Waiver

_LISTED = "listed-package"
_PROJECT_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
POLICY_ARGUMENTS: dict[str, Any] = {
    "rules": {"type": "list", "elements": "str"},
    "skip_rules": {"type": "list", "elements": "str", "default": []},
    "threshold": {
        "type": "str",
        "default": "medium",
        "choices": ["low", "medium", "high"],
    },
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
    "listed_packages": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "versions": {"type": "str", "default": ""},
            "reason": {"type": "str", "required": True},
            "severity": {
                "type": "str",
                "default": "high",
                "choices": ["low", "medium", "high"],
            },
        },
    },
}


def make_policy(options: Mapping[str, Any]) -> Policy:
    """Return the policy of an audit; raise InvalidOption if a rule or a date is unknown.

    :param options: the options of ``POLICY_ARGUMENTS``, with their defaults.
    """
    for option in ("rules", "skip_rules"):
        _check_rules(option, options[option] or ())
    listed = tuple(_make_listed(row) for row in options["listed_packages"])
    _check_listed_rule(options["rules"], bool(listed))
    chosen = BY_KEY if options["rules"] is None else options["rules"]
    rules = tuple(
        rule for rule in BY_KEY if rule in chosen and rule not in options["skip_rules"]
    )
    if not listed:
        rules = tuple(rule for rule in rules if rule != _LISTED)
    if not rules:
        raise InvalidOption(
            "rules",
            "no rule is left to evaluate",
            "Remove one from skip_rules, or omit rules to evaluate all.",
        )
    waivers = tuple(_make_waiver(waiver) for waiver in options["waivers"])
    return Policy(
        rules=rules,
        threshold=options["threshold"],
        waivers=waivers,
        listed_packages=listed,
    )


def _check_listed_rule(rules: Sequence[str] | None, has_list: bool) -> None:
    """Raise InvalidOption where the rule and its list do not fit: one of them would have no effect."""
    if rules is not None and (_LISTED in rules) != has_list:
        message = "rules names %s, and listed_packages is empty" % _LISTED
        if has_list:
            message = "listed_packages is given, and rules does not name %s" % _LISTED
        raise InvalidOption("listed_packages", message, "Set both, or neither.")


def _make_listed(row: Mapping[str, Any]) -> ListedPackage:
    name, versions = row["name"].strip(), row["versions"].strip()
    if not _PROJECT_NAME.fullmatch(name):
        message = "listed_packages contains a name that no project can have: %s" % name
        raise InvalidOption(
            "listed_packages",
            message,
            "Write the name as on PyPI, and the versions in versions.",
        )
    from ..specifier import parse_specifier

    clauses = parse_specifier(versions)
    if clauses is None:
        message = "listed_packages has versions of %s that are not a specifier: %s" % (
            name,
            versions,
        )
        hint = "Write it as PEP 440 does, such as ==1.82.7 or >=1.82.7,<1.83."
        raise InvalidOption("listed_packages", message, hint)
    exact = {clause.number for clause in clauses if clause.operator == "=="}
    if len(exact) > 1:
        message = "listed_packages has versions of %s that no version matches: %s" % (
            name,
            versions,
        )
        raise InvalidOption(
            "listed_packages",
            message,
            "A comma means and. Add an entry for each version.",
        )
    if not row["reason"].strip():
        message = "listed_packages has no reason for %s" % name
        raise InvalidOption(
            "listed_packages", message, "Add why it is listed: the finding shows it."
        )
    return ListedPackage(
        name=canonicalize_name(name),
        versions=versions,
        clauses=clauses,
        reason=row["reason"].strip(),
        severity=row["severity"],
    )


def _make_waiver(waiver: Mapping[str, Any]) -> Waiver:
    _check_rules("waivers", (waiver["rule"],))
    until = waiver["until"] or ""
    if until and not _is_date(until):
        message = "waivers contains an invalid date: %s" % until
        hint = "Write until as YYYY-MM-DD, the last day (UTC) on which the waiver is valid."
        raise InvalidOption("waivers", message, hint)
    if not waiver["reason"].strip():
        message = "the waiver of %s has no reason" % waiver["rule"]
        raise InvalidOption(
            "waivers", message, "Add the reason why the finding is accepted."
        )
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
            hint = (
                "Did you mean %s?" % near[0]
                if near
                else "The rules are: %s." % ", ".join(BY_KEY)
            )
            raise InvalidOption(
                option, "%s names a rule that does not exist: %s" % (option, name), hint
            )


def today(now: float) -> str:
    """Return the ISO date in UTC of seconds since the epoch."""
    return time.strftime("%Y-%m-%d", time.gmtime(now))
