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


def find_outcome(plan: Mapping[str, Any], rows: Iterable[Mapping[str, Any]], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Give the `services` to act on, the `failures` to name, what is `gone`, and whose release `changed`."""
    answers = {row["path"]: row for row in rows}
    written = {file["app"] for file in changes["files"]}
    services, failures, changed, broken = [], [], [], set()
    for application in plan["applications"]:
        name = application["name"]
        row = answers.get(application["path"])
        failed = row is not None and "problem" in row
        another = name in changes["pending"] if row is None else is_another(row)
        if failed:
            broken.add(name)
            output = row["problem"].get("output", "").strip()
            failures.append(f"{name}: {row['msg']}" + (f"\n{output}" if output else ""))
        if another:
            changed.append(name)
        if application["service"] and not application["gone"] and (another or name in written):
            services.append(_service(application, name in written))
    gone = [row for row in changes["gone"] if row["app"] not in broken]
    prune = [
        {"sources": row["directory"] + "/sources", "path": row["path"], "keep": [s["dest"] for s in row["sources"]]}
        for row in plan["applications"]
        if row["sources"] and row["name"] in changed
    ]
    return {
        "services": services,
        "failures": failures,
        "changed": changed,
        "gone": gone,
        "prune": prune,
        "tidy": bool(prune or any(row["directory"] for row in gone)),
        "follow": bool(services or failures or prune or any(row["files"] or row["directory"] or row["user"] for row in gone)),
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
