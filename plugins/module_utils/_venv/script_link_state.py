# SPDX-License-Identifier: GPL-3.0-or-later
"""The links by which console scripts of an environment are exposed in other directories."""

from __future__ import annotations

import os
from typing import NamedTuple

from .._host.host import Host
from .spec import EnvironmentSpec
from .state import EnvironmentState, releases_directory


class ScriptLink(NamedTuple):
    """One link as it is to be, or as an earlier converge left it."""

    path: str
    target: str


def requested_links(spec: EnvironmentSpec, prefix: str) -> tuple[ScriptLink, ...]:
    """Return the requested links into the environment at ``prefix``."""
    return tuple(
        ScriptLink(
            os.path.join(link.directory, link.alias or link.name),
            "%s/bin/%s" % (prefix, link.name),
        )
        for link in spec.links
    )


def has_missing_links(
    host: Host, spec: EnvironmentSpec, current: EnvironmentState
) -> bool:
    """Return whether a requested link is missing or leads elsewhere."""
    return any(
        host.readlink(link.path) != link.target
        for link in requested_links(spec, current.prefix)
    )


def obsolete_links(
    host: Host, spec: EnvironmentSpec, current: EnvironmentState
) -> tuple[str, ...]:
    """Return the recorded links that are no longer requested, if they are still ours."""
    recorded = current.record.get("links")
    wanted = (
        {link.path for link in requested_links(spec, "")}
        if spec.state != "absent"
        else set()
    )
    found = []
    for row in recorded if isinstance(recorded, list) else ():
        if (
            isinstance(row, list)
            and len(row) == 3
            and all(isinstance(word, str) for word in row)
            and row[0][:1] == "/"
        ):
            path = os.path.normpath(os.path.join(row[0], os.path.basename(row[1])))
            if path not in wanted and is_own_link(host, spec, path):
                found.append(path)
    return tuple(found)


def has_links_left(host: Host, spec: EnvironmentSpec) -> bool:
    """Return whether a requested link leads into the environment; then it is removed with it."""
    return any(is_own_link(host, spec, link.path) for link in requested_links(spec, ""))


def is_own_link(host: Host, spec: EnvironmentSpec, path: str) -> bool:
    """Return whether a link leads into the environment."""
    target = host.readlink(path) or ""
    return target.startswith((releases_directory(spec.path) + "/", spec.path + "/"))
