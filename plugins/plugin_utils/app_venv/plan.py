# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each application of the list, with the options of the module and the files, user and service that belong to it."""

from __future__ import annotations

import os
from typing import Any, Iterable, Iterator, Mapping

from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import OPTIONS

from .service_record import record_path
from .sources import Source, find_sources
from .systemd_unit import render_unit, unit_path
from .validate import validate_applications, validate_defaults

#: Options of the module `venv` that an application may have; the role passes them on unchanged.
PASSED_ON = (
    "index_credentials",
    *(row.name for row in OPTIONS if row.in_role and row.name != "path"),
)
#: Those that count where an application is removed.
_PASSED_ON_ABSENT = ("owner", "links", "state", "lock_timeout")


def plan_applications(
    applications: Iterable[Mapping[str, Any]],
    root: str,
    playbook: str,
    defaults: Mapping[str, Any],
    full_validation: bool,
) -> dict[str, Any]:
    """Return what is known before the host is asked: `errors`, `questions` for gather.sh, `applications`.

    :param playbook: the directory that paths on the controller start from.
    :param defaults: options of the module for applications that do not set them; empty ones are the module's own.
    :param full_validation: also ask the host for what the module would find out itself.
    """
    rows = [
        _plan_application(application, root, playbook) for application in applications
    ]
    errors = [*validate_defaults(root, defaults), *validate_applications(rows)]
    shared = {key: value for key, value in defaults.items() if value not in ("", [])}
    for row in rows:
        if not row["gone"]:
            row["environment"] = {**shared, **row["environment"]}
    questions: dict[str, None] = {}
    if not errors:
        for row in rows:
            row["unit_content"] = (
                render_unit(row) if row["unit"] and not row["gone"] else ""
            )
            questions.update(dict.fromkeys(_find_questions(row, full_validation)))
    return {
        "errors": errors,
        "full_validation": full_validation,
        "questions": list(questions),
        "applications": rows,
    }


def _plan_application(
    given: Mapping[str, Any], root: str, playbook: str
) -> dict[str, Any]:
    application = {key: value for key, value in given.items() if value is not None}
    name = str(application["name"])
    directory = f"{root}/{name}"
    path = str(application.get("path") or directory + "/venv")
    sources = find_sources(
        application.get("from_controller") or {}, playbook, directory + "/sources"
    )
    gone = application.get("state") == "absent"
    service = dict(application.get("service") or {})
    return {
        "name": name,
        "gone": gone,
        "directory": directory,
        "path": path,
        "user": application.get("user") or "",
        "create_user": bool(application.get("create_user")),
        "remove_user": bool(application.get("remove_user")),
        "environment": {
            "path": path,
            **_environment_options(application, sources, gone),
        },
        "sources": [source._asdict() for source in sources],
        "environment_file": _environment_file_path(application, directory),
        "variables": _environment_file_variables(application),
        "service": service,
        "service_record": record_path(root, name) if service or gone else "",
        "unit": _unit_path(service),
        "unit_content": "",
        "code": application.get("code") or "",
    }


def _environment_file_path(application: Mapping[str, Any], directory: str) -> str:
    file = application.get("environment_file")
    if not file:
        return ""
    return str(file.get("path") or directory + "/environment")


def _environment_file_variables(application: Mapping[str, Any]) -> dict[str, Any]:
    file = application.get("environment_file") or {}
    return dict(file.get("variables") or {})


def _unit_path(service: Mapping[str, Any]) -> str:
    """Return the path of the unit that the role writes; '' where it writes none."""
    if not service.get("unit"):
        return ""
    return unit_path(str(service.get("name") or ""))


def _environment_options(
    application: Mapping[str, Any], sources: list[Source], gone: bool
) -> dict[str, Any]:
    names = _PASSED_ON_ABSENT if gone else PASSED_ON
    options = {key: application[key] for key in names if key in application}
    if not gone:
        _add_sources(options, sources)
        _add_health_user(options, application.get("user"))
    return options


def _add_sources(options: dict[str, Any], sources: Iterable[Source]) -> None:
    """Make the module install from the files that are copied."""
    destinations: dict[str, list[str]] = {}
    for source in sources:
        destinations.setdefault(source.kind, []).append(source.dest)
    for kind in ("requirements", "constraints"):
        if kind in destinations:
            options[kind] = [*options.get(kind, ()), *destinations[kind]]
    if "lock" in destinations:
        options["lock"] = destinations["lock"][0]
    wheels = destinations.get("wheels")
    if not wheels:
        return
    # A lock describes the whole environment: the module finds the wheels beside it, and adds none.
    if options.get("lock"):
        options["find_links"] = [
            *options.get("find_links", ()),
            os.path.dirname(wheels[0]),
        ]
    else:
        options["packages"] = [*options.get("packages", ()), *wheels]


def _add_health_user(options: dict[str, Any], user: Any) -> None:
    """Run the health check of a release as the user who runs the application."""
    if options.get("health_check") and user:
        options["health_check"] = {"user": user, **options["health_check"]}


def _find_questions(row: Mapping[str, Any], full_validation: bool) -> Iterator[str]:
    """Yield what gather.sh has to report for an application; nothing where the module's own reading is enough."""
    yield from _ask_for_user(row, full_validation)
    yield from _ask_for_files(row)
    yield from _ask_for_service(row)
    if full_validation and not row["gone"]:
        yield "parents:" + os.path.dirname(row["path"])


def _ask_for_user(row: Mapping[str, Any], full_validation: bool) -> Iterator[str]:
    writes = row["environment_file"] and not row["gone"]
    if row["user"] and (
        full_validation or row["create_user"] or row["remove_user"] or writes
    ):
        yield "user:" + row["user"]


def _ask_for_files(row: Mapping[str, Any]) -> Iterator[str]:
    sources = row["directory"] + "/sources"
    if row["gone"]:
        yield "exists:" + sources
    elif row["sources"]:
        for source in row["sources"]:
            yield "exists:" + os.path.dirname(source["dest"])
            yield "file:" + source["dest"]
        yield "parents:" + sources
    if row["environment_file"]:
        yield "file:" + row["environment_file"]
        yield "parents:" + os.path.dirname(row["environment_file"])
    if row["gone"] or os.path.dirname(row["environment_file"]) == row["directory"]:
        yield "exists:" + row["directory"]


def _ask_for_service(row: Mapping[str, Any]) -> Iterator[str]:
    if row["service_record"]:
        yield "file:" + row["service_record"]
    if row["unit"]:
        yield "file:" + row["unit"]
    if row["gone"] or not row["service"]:
        return
    yield "exists:" + row["path"]
    yield "link:" + row["path"]
    if row["code"]:
        yield "tree:" + row["code"]
