# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validation of the role pipx: its variables, and what a host can do with them."""

from __future__ import annotations

import re
from typing import Any, Iterator, List, Mapping, Sequence

from ansible_collections.pyfleet.python.plugins.module_utils._pipx.spec import OPTIONS

from .role_options import HostFacts, RoleOptions, is_at_least

_MANAGERS = ("apt", "dnf", "pacman", "Homebrew")
#: Options of the module that the role sets itself.
_OWN_PLACE = tuple(row.name for row in OPTIONS if not row.role)


def validate_role(options: RoleOptions, host: HostFacts) -> List[str]:
    """Return a sentence with its cure for each problem; the role's task shows the first."""
    return [
        *_validate_variables(options),
        *_validate_users(options, host),
        *validate_source(options, host),
    ]


def _validate_variables(options: RoleOptions) -> Iterator[str]:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", options.minimum_version):
        yield f'pipx_minimum_version is not a version: {options.minimum_version}. Write it as "1.6".'
    if options.scope == "global" and options.users:
        yield "pipx_users names users, and pipx_scope is global: set pipx_scope to user, or leave pipx_users out."
    if options.version and options.source == "distribution":
        yield "pipx_version needs an environment, and pipx_source is distribution: leave one of them out."
    for app in options.apps:
        yield from _validate_app(app)


def _validate_app(app: Mapping[str, Any]) -> Iterator[str]:
    if not app.get("name"):
        yield f"An application in pipx_apps has no name, only {', '.join(app) or 'nothing'}: add its name."
    elif any(name in app for name in _OWN_PLACE):
        yield (
            f"{app['name']} in pipx_apps has a scope, user or executable of its own: "
            "use pipx_scope and pipx_users, or the module pyfleet.python.pipx_app."
        )


def _validate_users(options: RoleOptions, host: HostFacts) -> Iterator[str]:
    if not host.root and options.scope == "global":
        yield "Only root can manage pipx for everyone: set `become: true`, or set pipx_scope to user."
    if host.unknown_users and not (
        options.check_mode and host.root
    ):  # an earlier task may create them
        names = _join(host.unknown_users)
        yield f"This host has no user {names}: create the account first, or remove it from pipx_users."
    others = [name for name in options.users if name != host.user]
    if others and not host.root:
        yield f"Only root can manage pipx of another user, here {_join(others)}: set `become: true`."
    if host.users_without_home:
        yield f"The home of {_join(host.users_without_home)} does not exist: create it first."


def validate_source(options: RoleOptions, host: HostFacts) -> List[str]:
    """Return why the distribution's package cannot be used; the role asks again when apt has updated its lists."""
    if options.state == "absent" or options.source != "distribution":
        return []
    package = host.package
    if is_at_least(package.installed, options.minimum_version):
        return []
    if not package.manager:
        known = ", ".join(_MANAGERS)
        return [
            f"No package of pipx is known for this host ({known} have one): set pipx_source to environment."
        ]
    if package.manager == "brew" and host.root:
        return ["Homebrew does not run as root: set `become: false`."]
    if not package.may_install:
        return [
            f"Only root can install pipx with {package.manager}: set `become: true`, or set pipx_source to environment."
        ]
    if not package.candidate_known or is_at_least(
        package.candidate, options.minimum_version
    ):
        return []
    found = f"pipx {package.candidate}" if package.candidate else "no pipx"
    minimum = options.minimum_version
    return [
        f"{package.manager} has {found}, and pipx_minimum_version is {minimum}: set pipx_source to auto."
    ]


def _join(names: Sequence[str]) -> str:
    return " and ".join(names)
