# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from the module's answer: services to restart, causes to name."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

_DIFFERENCES = ("added", "removed", "upgraded", "downgraded", "reinstalled", "rebuilt", "unresolved")
#: What is done to an environment without another release serving.
_OUTSIDE = frozenset(["links"])


def is_another(row: Mapping[str, Any]) -> bool:
    """Say whether another release serves than before, or would."""
    if not row["changed"] or "problem" in row:
        return False
    return any(row[key] for key in _DIFFERENCES) or not set(row["done"]) <= _OUTSIDE


def find_outcome(look: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the `services` to act on, the `failures` to name, what is `gone`, and whose release `changed`.

    ``look`` is the plan and what was to be changed, ``rows`` what the module said of each environment.
    """
    answers = {row["path"]: row for row in rows}
    written = {file["app"] for file in look["files"]}
    pending = look["pending"]
    failures, broken, changed = [], set(), []
    for application in look["applications"]:
        name, row = application["name"], answers.get(application["path"])
        if row is not None and "problem" in row:
            broken.add(name)
            failures.append(_name_cause(name, row))
        elif name in pending if row is None else is_another(row):
            changed.append(name)
    present = [application for application in look["applications"] if not application["gone"]]
    services = [
        _service(application, application["name"] in written)
        for application in present
        if application["service"] and application["name"] in {*changed, *written}
    ]
    gone = [row for row in look["gone"] if row["app"] not in broken]
    prune = [
        _prune(application) for application in present if application["sources"] and application["name"] in changed
    ]
    return {
        "services": services,
        "failures": failures,
        "changed": changed,
        "gone": gone,
        "prune": prune,
        "tidy": bool(prune or any(row["directory"] for row in gone)),
        "follow": bool(services or failures or prune or gone),
    }


def _name_cause(name: str, row: Mapping[str, Any]) -> str:
    """Give why an application failed, with the last words of what failed."""
    output = row["problem"].get("output", "").strip()
    return f"{name}: {row['msg']}" + (f"\n{output}" if output else "")


def _prune(application: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sources": application["directory"] + "/sources",
        "path": application["path"],
        "keep": [source["dest"] for source in application["sources"]],
    }


def _service(application: Mapping[str, Any], written: bool) -> dict[str, str]:
    """Give what is to be done to a service; what reads its variables at its start has to be started again."""
    service = application["service"]
    action = "restart" if written else service.get("action") or "restart"
    return {
        "app": application["name"],
        "name": service["name"],
        "state": "reloaded" if action == "reload" else "restarted",
        "manager": service.get("manager") or "auto",
    }
