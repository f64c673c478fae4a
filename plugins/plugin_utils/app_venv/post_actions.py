# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows the module's result: services to restart, files to remove, failures to report."""

from __future__ import annotations

from typing import Any, Collection, Iterable, Mapping, Sequence

from .environment_file import render_environment_file
from .service_record import digest_text, render_record

_DIFFERENCES = (
    "added",
    "removed",
    "upgraded",
    "downgraded",
    "reinstalled",
    "rebuilt",
    "unresolved",
)
#: What is done to an environment without a change of its release.
_OUTSIDE = frozenset(["links"])


def changes_release(result: Mapping[str, Any]) -> bool:
    """Return whether the module switched to another release, or would, from its result for one environment."""
    if not result["changed"] or "problem" in result:
        return False
    return (
        any(result[key] for key in _DIFFERENCES) or not set(result["done"]) <= _OUTSIDE
    )


def find_post_actions(
    gathered: Mapping[str, Any], results: Iterable[Mapping[str, Any]], only: str = ""
) -> dict[str, Any]:
    """Return the `services` to act on, what to `prune`, the `removals`, and the `failures` to report.

    :param gathered: the result of app_venv_gather.
    :param results: what the module returned for each environment; nothing follows of an application without a result,
        unless it is pending.
    :param only: the name of the one application that was converged, without its files: a rollback.
    """
    by_path = {result["path"]: result for result in results}
    rows = [row for row in gathered["applications"] if only in ("", row["name"])]
    failures = _find_failures(rows, by_path)
    changed = _find_changed(rows, by_path, gathered["pending"])
    present = [row for row in rows if not row["gone"]]
    removals = (
        []
        if only
        else [row for row in gathered["removals"] if row["app"] not in failures]
    )
    prune = _find_prunes(present, changed)
    written = set() if only else {file["app"] for file in gathered["files"]}
    return {
        "services": _find_services(gathered, present, changed, written, by_path),
        "failures": list(failures.values()),
        "removals": removals,
        "prune": prune,
        "units_removed": any(row["unit"] for row in removals),
        "clean_up": bool(prune or any(row["directory"] for row in removals)),
    }


def _find_failures(
    rows: Iterable[Mapping[str, Any]], by_path: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Return why applications failed, by name."""
    failures = {}
    for row in rows:
        result = by_path.get(row["path"], {})
        if "problem" in result:
            failures[row["name"]] = _describe_failure(row["name"], result)
    return failures


def _find_changed(
    rows: Iterable[Mapping[str, Any]],
    by_path: Mapping[str, Mapping[str, Any]],
    pending: Collection[str],
) -> set[str]:
    """Return the names of the applications whose release changed, or whose pending change was never finished."""
    changed = set()
    for row in rows:
        result = by_path.get(row["path"])
        is_changed = (
            row["name"] in pending if result is None else changes_release(result)
        )
        if is_changed:
            changed.add(row["name"])
    return changed


def _describe_failure(name: str, result: Mapping[str, Any]) -> str:
    """Return why an application failed, followed by the last output of what failed."""
    output = result["problem"].get("output", "").strip()
    text = f"{name}: {result['msg']}"
    return f"{text}\n{output}" if output else text


def _find_prunes(
    present: Iterable[Mapping[str, Any]], changed: Collection[str]
) -> list[dict[str, Any]]:
    """Return the applications whose copied files of earlier releases can be removed."""
    return [_prune(row) for row in present if row["sources"] and row["name"] in changed]


def _prune(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sources": row["directory"] + "/sources",
        "path": row["path"],
        "keep": row["sources"][0]["dest"].rpartition("/")[0],
    }


def _find_services(
    gathered: Mapping[str, Any],
    present: Sequence[Mapping[str, Any]],
    changed: set[str],
    written: set[str],
    results: Mapping[str, Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Return what to do to services; one that reads its variables, unit or code when it starts is restarted."""
    overdue = set(gathered["overdue"])
    services = []
    for row in present:
        if not row["service"] or row["name"] not in changed | written | overdue:
            continue
        reloads = (
            row["service"].get("action") == "reload"
            and row["name"] not in written | overdue
        )
        parts = dict(gathered["service_parts"][row["name"]])
        result = results.get(row["path"], {})
        if "problem" not in result and result.get("release"):
            parts["release"] = result["release"]
        if row["name"] in written:
            parts.update(_digest_files(row))
        services.append(
            {
                "app": row["name"],
                "name": row["service"]["name"],
                "state": "reloaded" if reloads else "restarted",
                "manager": _manager(row["service"]),
                "unit": bool(row["unit"]),
                "record": row["service_record"],
                "record_content": render_record(parts),
            }
        )
    return services


def _manager(service: Mapping[str, Any]) -> str:
    manager = str(service.get("manager") or "auto")
    if service.get("unit") and manager == "auto":
        return "systemd"
    return manager


def _digest_files(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the digests of the files of an application as the role writes them."""
    content = (
        render_environment_file(row["variables"]) if row["environment_file"] else ""
    )
    return {
        "environment_file": digest_text(content),
        "unit": digest_text(row["unit_content"]),
    }
