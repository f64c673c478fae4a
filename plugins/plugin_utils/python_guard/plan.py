# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What removes the overrides of PEP 668 on a host, from the facts of `python_facts`."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, NamedTuple

OVERRIDE = "break-system-packages"
_TRUE_WORDS = ("y", "yes", "t", "true", "on", "1")
_VARIABLES = ("PIP_BREAK_SYSTEM_PACKAGES", "UV_BREAK_SYSTEM_PACKAGES")

Facts = Mapping[str, Any]
Row = dict[str, Any]


class GuardPlan(NamedTuple):
    """What the role does on one host."""

    skipped: str  # why the host is left alone; empty where it is not
    settings: list[Row]  # options of `pip_config`, one for each setting to remove
    variables: list[Row]  # path and name, one for each line to remove
    manual: list[str]  # what only a person can remove, a sentence each


def make_plan(facts: Facts, on_throwaway: str, override: str) -> GuardPlan:
    """Return the plan for a host; ``on_throwaway`` and ``override`` are variables of the role."""
    context = facts["context"]
    if context["throwaway"] and on_throwaway == "skip":
        evidence = [
            sign["evidence"]
            for sign in context["signs"]
            if sign["kind"] in ("build", "disposable")
        ]
        return GuardPlan(
            "the host is thrown away after use: %s" % "; ".join(evidence), [], [], []
        )
    if override == "keep":
        return GuardPlan("", [], [], [])
    configuration = facts["pip_config"]
    settings, manual = [], []
    for file in configuration["files"]:
        for section in sorted(_sections_with_override(file)):
            row = _make_removal(file, section)
            if row:
                settings.append(row)
            else:
                manual.append(
                    "Remove [%s] %s from %s." % (section, OVERRIDE, file["path"])
                )
    for file in configuration["uv_files"]:
        if file["break_system_packages"]:
            if file["scope"] in ("system", "user"):
                scope = "global" if file["scope"] == "system" else "user"
                settings.append(_make_options("uv", scope, file["user"], "", "global"))
            else:
                manual.append("Remove [pip] %s from %s." % (OVERRIDE, file["path"]))
    variables = list(_find_lines(configuration["variables"]))
    manual += list(_find_manual_variables(configuration["variables"]))
    return GuardPlan("", settings, variables, manual)


def _sections_with_override(file: Mapping[str, Any]) -> set[str]:
    found = set()
    for setting in file["settings"]:
        if (
            setting["option"] == OVERRIDE
            and setting["value"].strip().lower() in _TRUE_WORDS
        ):
            found.add(setting["section"])
    return found


def _make_removal(file: Mapping[str, Any], section: str) -> Row | None:
    if file["scope"] == "site":
        return _make_options(
            "pip", "site", "", file["path"].rpartition("/")[0], section
        )
    if file["scope"] in ("global", "user"):
        return _make_options("pip", file["scope"], file["user"], "", section)
    return None  # a file that PIP_CONFIG_FILE names: whose it is is not known


def _make_options(tool: str, scope: str, user: str, prefix: str, section: str) -> Row:
    options = {
        "tool": tool,
        "scope": scope,
        "section": section,
        "key": OVERRIDE,
        "state": "absent",
    }
    if scope == "user" and user:
        options["user"] = user
    if prefix:
        options["prefix"] = prefix
    return options


def _find_lines(variables: list[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield the lines below /etc that set a variable: files that only root writes."""
    for row in variables:
        if (
            row["name"] in _VARIABLES
            and row["value"]
            and row["source"].startswith("/etc/")
        ):
            yield {"path": row["source"], "name": row["name"]}


def _find_manual_variables(variables: list[Mapping[str, Any]]) -> Iterator[str]:
    for row in variables:
        if (
            row["name"] in _VARIABLES
            and row["value"]
            and not row["source"].startswith("/etc/")
        ):
            yield "Unset %s (%s)." % (row["name"], row["source"])
