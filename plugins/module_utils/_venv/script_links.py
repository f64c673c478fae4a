# SPDX-License-Identifier: GPL-3.0-or-later
"""Create, update and remove the links to an environment's scripts; files that are not ours are never replaced."""

from __future__ import annotations

import os
import re
from functools import partial
from random import SystemRandom
from typing import Callable, List, Tuple

from .._host.host import Host
from .._process.commands import OperationError
from .parent_directory import PrivilegedFileAccess, find_writer
from .script_link_state import (
    ScriptLink,
    has_missing_links,
    is_own_link,
    obsolete_links,
    requested_links,
)
from .spec import EnvironmentSpec
from .state import EnvironmentState, read_environment_state


def reject_foreign_links(host: Host, spec: EnvironmentSpec, uid: int) -> None:
    """Raise OperationError where a requested link would replace a foreign file, or others can write its directory."""
    for link in requested_links(spec, "") if spec.state != "absent" else ():
        if host.lkind(link.path) and not is_own_link(host, spec, link.path):
            message = "%s exists, and is not a link of this environment" % link.path
            raise OperationError(
                "foreign-file", message, "Remove it, or set another name with `as`."
            )
        find_writer(link.path, uid, host)


def differ(host: Host, spec: EnvironmentSpec, current: EnvironmentState) -> bool:
    """Return whether a requested link is missing or a recorded one is obsolete."""
    return has_missing_links(host, spec, current) or bool(
        obsolete_links(host, spec, current)
    )


def update_links(
    spec: EnvironmentSpec, *, before: EnvironmentState, files: PrivilegedFileAccess
) -> bool:
    """Point the requested links to the current release, and remove obsolete ones; return whether any changed.

    :param before: the state before this run, whose record names the links of then.
    """
    changes: List[Tuple[str, Callable[[], None]]] = []
    with Host() as host:
        current = read_environment_state(host, spec.path)
        for link in requested_links(spec, current.prefix):
            if host.readlink(link.path) != link.target:
                changes.append((link.path, partial(_replace_link, link)))
        for path in obsolete_links(host, spec, before):
            changes.append((path, partial(_remove_link, path)))
        for path, work in changes:
            files.run_as(find_writer(path, files.uid, host), work)
    return bool(changes)


def remove_links(
    host: Host,
    spec: EnvironmentSpec,
    *,
    current: EnvironmentState,
    files: PrivilegedFileAccess,
) -> bool:
    """Remove the requested and the recorded links of an environment that is removed; return whether there were any."""
    paths = [
        link.path
        for link in requested_links(spec, "")
        if is_own_link(host, spec, link.path)
    ]
    paths += obsolete_links(host, spec, current)
    for path in dict.fromkeys(paths):
        files.run_as(find_writer(path, files.uid, host), partial(_remove_link, path))
    return bool(paths)


def _replace_link(link: ScriptLink) -> None:
    """Create or replace a link by one rename."""
    os.makedirs(os.path.dirname(link.path), 0o755, exist_ok=True)
    _remove_drafts(link)
    draft = "%s.%08x" % (link.path, SystemRandom().getrandbits(32))
    os.symlink(link.target, draft)
    try:
        os.rename(draft, link.path)
    except BaseException:
        os.unlink(draft)
        raise


def _remove_drafts(link: ScriptLink) -> None:
    """Remove what a run left that was killed before its rename."""
    directory, name = os.path.split(link.path)
    is_draft = re.compile(re.escape(name) + r"\.[0-9a-f]{8}").fullmatch
    for entry in filter(is_draft, os.listdir(directory)):
        draft = os.path.join(directory, entry)
        if os.path.islink(draft) and os.readlink(draft) == link.target:
            os.unlink(draft)


def _remove_link(path: str) -> None:
    if os.path.islink(path):
        os.unlink(path)


def require_scripts(spec: EnvironmentSpec, prefix: str) -> None:
    """Raise OperationError where an environment has no script that a link is requested to."""
    directory = os.path.join(prefix, "bin")
    for link in spec.links:
        if os.access(os.path.join(directory, link.name), os.X_OK):
            continue
        scripts = [
            name
            for name in sorted(os.listdir(directory))
            if not name.startswith(("activate", "Activate", "python"))
        ]
        message = "the environment has no script %s to link to" % link.name
        raise OperationError(
            "no-such-script", message, "It has: %s." % ", ".join(scripts)
        )
