# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of the role pipx: from its variables and the host's facts to the options of its tasks."""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping

from .role_options import HostFacts, RoleOptions, is_at_least
from .role_validation import validate_role, validate_source

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def make_role_plan(
    options: RoleOptions, host: HostFacts, current: bool
) -> dict[str, Any]:
    """Return what the role's tasks need.

    :param current: plan with the pipx that is there, as `verify` does, not with the one that would be installed.
    """
    source = (
        _current_source(options, host) if current else _requested_source(options, host)
    )
    places = list(_places(host, source))
    applications = list(
        _applications(options, [*places, *_places_of_missing_users(host)])
    )
    return {
        "errors": validate_role(options, host),
        "source_errors": validate_source(options, host),
        "install_package": source == "distribution"
        and not _is_installed(options, host),
        "environments": list(_environments(options, host, source)),
        "places": places,
        "applications": applications,
        "applications_without_index": [
            _without_index(options, app) for app in applications
        ],
        "application_names": _application_names(options),
        "removes_package": _removes_package(options, host),
        "remaining": list(_remaining(options, host)),
    }


def _is_installed(options: RoleOptions, host: HostFacts) -> bool:
    return is_at_least(host.package.installed, options.minimum_version)


def _has_environment(host: HostFacts) -> bool:
    return any(place["has_environment"] for place in host.places)


def _requested_source(options: RoleOptions, host: HostFacts) -> str:
    """Return distribution or environment. Before apt has lists, its package is assumed to be new enough."""
    package = host.package
    if options.source != "auto":
        return options.source
    if _has_environment(host):
        return "environment"
    is_available = not package.candidate_known or is_at_least(
        package.candidate, options.minimum_version
    )
    if _is_installed(options, host) or (package.may_install and is_available):
        return "distribution"
    return "environment"


def _current_source(options: RoleOptions, host: HostFacts) -> str:
    if options.source != "auto":
        return options.source
    return (
        "environment"
        if _has_environment(host) or not host.package.installed
        else "distribution"
    )


def _places(host: HostFacts, source: str) -> Iterator[dict[str, Any]]:
    """Yield the option `places` of the modules `pipx_check` and `pipx_shell_integration`."""
    for place in host.places:
        executable = place["bin_directory"] + "/pipx"
        if source == "distribution":
            executable = host.package.command
        same = {
            name: place[name] for name in ("user", "home", "shell", "bin_directory")
        }
        yield {**same, "executable": executable}


def _places_of_missing_users(host: HostFacts) -> Iterator[dict[str, Any]]:
    """Yield places of users that an earlier task would have created; only check mode gets this far."""
    for user in host.unknown_users:
        yield {"user": user, "executable": host.package.command or "/usr/bin/pipx"}


def _environments(
    options: RoleOptions, host: HostFacts, source: str
) -> Iterator[dict[str, Any]]:
    """Yield the option `environments` of the module `venv`: what is to be created, and what is to be removed."""
    absent = options.state == "absent" or source == "distribution"
    for place in host.places:
        if absent and not place["has_environment"]:
            continue
        environment = {
            "path": place["environment"],
            "links": [{"name": "pipx", "directory": place["bin_directory"]}],
            "packages": [_requirement(options)],
            "state": "absent" if absent else "present",
            **options.index,
        }
        if place["user"]:
            environment["owner"] = place["user"]
        yield environment


def _requirement(options: RoleOptions) -> str:
    if not options.version:
        return "pipx>=" + options.minimum_version
    return "pipx" + (
        options.version if options.version[0] in "=<>!~" else "==" + options.version
    )


def _applications(
    options: RoleOptions, places: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the option `apps` of the module `pipx_app`: every application in every place."""
    for place in places:
        where = {"scope": "global", "executable": place["executable"], **options.index}
        if place["user"]:
            where.update(scope="user", user=place["user"])
        for app in options.apps:
            yield {**where, **app}


def _without_index(options: RoleOptions, app: Mapping[str, Any]) -> dict[str, Any]:
    """Return an application as it is verified: without `latest`, for which an index would be queried."""
    if options.state == "absent":
        place = {
            name: app[name]
            for name in ("scope", "user", "executable", *options.index)
            if name in app
        }
        names = {name: app[name] for name in ("name", "suffix") if name in app}
        return {**place, **names, "state": "absent"}
    if app.get("state", "absent") == "absent":
        return dict(app)
    return {**app, "state": "present"}


def _application_names(options: RoleOptions) -> list[str]:
    matches = [_NAME.match(str(app.get("name", ""))) for app in options.apps]
    return [match.group() for match in matches if match]


def _removes_package(options: RoleOptions, host: HostFacts) -> bool:
    """Return whether the distribution's package is removed as well: one that others use stays."""
    package = host.package
    if (
        not package.installed
        or not package.may_install
        or options.source == "environment"
    ):
        return False
    return options.scope == "global" or package.manager == "brew"


def _remaining(options: RoleOptions, host: HostFacts) -> Iterator[str]:
    """Yield what is left of pipx on a host from which the role has removed it."""
    if _removes_package(options, host):
        yield host.package.command
    yield from (
        place["environment"] for place in host.places if place["has_environment"]
    )
