# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inputs of the role pipx: its variables, and what `pipx_info` returns of a host."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from ansible_collections.pyfleet.python.plugins.module_utils._scan import pep440


class RoleOptions(NamedTuple):
    """The variables of the role, without their prefix."""

    state: str = "present"
    source: str = "auto"
    minimum_version: str = "1.0"
    version: str = ""
    scope: str = "global"
    users: tuple[str, ...] = ()
    apps: tuple[Mapping[str, Any], ...] = ()
    index: Mapping[str, Any] = {}
    ensure_path: bool = True
    check_mode: bool = False


class PackageFacts(NamedTuple):
    """pipx in the host's package manager."""

    manager: str = ""
    package: str = ""
    command: str = ""
    brew: str = ""
    installed: str = ""
    candidate: str = ""
    candidate_known: bool = True
    may_install: bool = False


class HostFacts(NamedTuple):
    """What `pipx_info` returns."""

    package: PackageFacts
    places: tuple[Mapping[str, Any], ...] = ()
    unknown_users: tuple[str, ...] = ()
    users_without_home: tuple[str, ...] = ()
    root: bool = True
    user: str = "root"


def read_options(values: Mapping[str, Any]) -> RoleOptions:
    """Return the role's variables as a record; unknown names are ignored."""
    known = {name: values[name] for name in RoleOptions._fields if name in values}
    known.update(
        users=tuple(values.get("users", ())), apps=tuple(values.get("apps", ()))
    )
    return RoleOptions(**known)


def read_facts(result: Mapping[str, Any]) -> HostFacts:
    """Return the result of `pipx_info` as a record."""
    package = {name: result["package"][name] for name in PackageFacts._fields}
    return HostFacts(
        package=PackageFacts(**package),
        places=tuple(result["places"]),
        unknown_users=tuple(result["unknown_users"]),
        users_without_home=tuple(result["users_without_home"]),
        root=result["root"],
        user=result["user"],
    )


def is_at_least(version: str, minimum: str) -> bool:
    """Return whether a version is at least another one; an empty one is not."""
    return bool(pep440.at_least(version, minimum))
