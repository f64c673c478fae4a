# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each application of the list, as the module's options and the files, user and service that go with it."""

from __future__ import annotations

import os
from typing import Any, Iterable, Mapping

from .refusals import refuse_applications, refuse_defaults
from .sources import Source, find_sources

#: Options of the module `venv` that an application may have, handed on as they are.
HANDED_ON = (
    "build_environment constraints exact extra_index_urls find_links group health_check index_credentials index_url"
    " installer keep links lock lock_timeout mode no_binary no_index only_binary owner packages pip python"
    " require_hashes requirements state strategy system_site_packages timeout verify ca_bundle"
).split()


def make_plan(
    applications: Iterable[Mapping[str, Any]], root: str, playbook: str, defaults: Mapping[str, Any], thorough: bool
) -> dict[str, Any]:
    """Give all that is known before the host is asked: `refusals`, `asked` (what look.sh is to say), `applications`.

    ``defaults`` are options that those have which do not say; empty ones are the module's own. ``thorough`` asks the
    host for what the module would find.
    """
    rows = [_plan_one(application, root, playbook) for application in applications]
    refusals = [*refuse_defaults(root, defaults), *refuse_applications(rows)]
    shared = {key: value for key, value in defaults.items() if value not in ("", [])}
    for row in rows:
        if not row["gone"]:
            row["environment"] = {**shared, **row["environment"]}
    asked: dict[str, None] = {}
    for row in () if refusals else rows:
        asked.update(dict.fromkeys(_questions(row, thorough)))
    return {"refusals": refusals, "thorough": thorough, "asked": list(asked), "applications": rows}


def _plan_one(given: Mapping[str, Any], root: str, playbook: str) -> dict[str, Any]:
    application = {key: value for key, value in given.items() if value is not None}
    name = str(application["name"])
    directory = f"{root}/{name}"
    path = str(application.get("path") or directory + "/venv")
    sources = find_sources(application.get("from_controller") or {}, playbook, directory + "/sources")
    gone = application.get("state") == "absent"
    options = {key: application[key] for key in HANDED_ON if key in application}
    if gone:
        options = {key: options[key] for key in ("owner", "links", "state", "lock_timeout") if key in options}
    else:
        _add_sources(options, sources, directory + "/sources")
        _add_health_user(options, application.get("user"))
    file = application.get("environment_file") or {}
    return {
        "name": name,
        "gone": gone,
        "directory": directory,
        "path": path,
        "user": application.get("user") or "",
        "create_user": bool(application.get("create_user")),
        "remove_user": bool(application.get("remove_user")),
        "environment": {"path": path, **options},
        "sources": [source._asdict() for source in sources],
        "environment_file": (file.get("path") or directory + "/environment") if file else "",
        "variables": dict(file.get("variables") or {}),
        "service": dict(application.get("service") or {}),
    }


def _add_sources(options: dict[str, Any], sources: Iterable[Source], directory: str) -> None:
    """Let the module install from the files that were copied."""

    def dests(kind: str) -> list[str]:
        return [source.dest for source in sources if source.kind == kind]

    for kind in ("requirements", "constraints"):
        if dests(kind):
            options[kind] = [*options.get(kind, ()), *dests(kind)]
    if dests("lock"):
        options["lock"] = dests("lock")[0]
    if not dests("wheels"):
        return
    # A lock is the whole environment: what it names is found beside it, and nothing is added to it.
    if options.get("lock"):
        options["find_links"] = [*options.get("find_links", ()), directory]
    else:
        options["packages"] = [*options.get("packages", ()), *dests("wheels")]


def _add_health_user(options: dict[str, Any], user: Any) -> None:
    """Let the check of a release run as who will run it."""
    if options.get("health_check") and user:
        options["health_check"] = {"user": user, **options["health_check"]}


def _questions(row: Mapping[str, Any], thorough: bool) -> Iterable[str]:
    """Give what the host is to be asked of an application; nothing where the module's own look is enough."""
    sources = row["directory"] + "/sources"
    writes = row["environment_file"] and not row["gone"]
    if row["user"] and (thorough or row["create_user"] or row["remove_user"] or writes):
        yield "user:" + row["user"]
    if row["sources"] or row["gone"]:
        yield "in:" + sources
    if row["sources"] and not row["gone"]:
        yield from ("file:" + source["dest"] for source in row["sources"])
        yield "above:" + sources
    if row["environment_file"]:
        yield "file:" + row["environment_file"]
        yield "above:" + os.path.dirname(row["environment_file"])
    if row["gone"] or os.path.dirname(row["environment_file"]) == row["directory"]:
        yield "in:" + row["directory"]
    if thorough and not row["gone"]:
        yield "above:" + os.path.dirname(row["path"])
