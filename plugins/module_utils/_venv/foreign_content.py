# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the directory of an environment that belong to no environment, such as an application around its venv.

``python3 -m venv .`` puts an environment into a directory that holds other things. pyvenv.cfg alone therefore does not
say that the directory may be removed, or replaced by a link.
"""

from __future__ import annotations

import csv
import os
from typing import Iterator, List, Set

from .._host.host import MIB, Host
from .._install.contents import site_packages
from .._process.commands import OperationError
from .state import RECORD, TEMPORARY_NAMES

#: What venv, virtualenv, uv, pip, PyPy and this collection write at the top of an environment.
ENVIRONMENT_NAMES = frozenset(
    "bin include lib lib32 lib64 lib-python lib_pypy share site-packages pyvenv.cfg pip-selfcheck.json "
    ".gitignore .lock CACHEDIR.TAG".split()
) | {RECORD, *TEMPORARY_NAMES}
_CHECKOUTS = "src"  # pip clones editable projects from version control into it (pip user guide, "VCS Support")
_VERSION_CONTROL = (".git", ".hg", ".svn", ".bzr")
_RECORD_LIMIT = 4 * MIB
_NAMED = 5  # names in a message


def find_foreign_content(host: Host, directory: str) -> List[str]:
    """Return the names in an environment's directory that no environment has and no distribution installed."""
    unknown = {entry.name for entry in host.list(directory)} - ENVIRONMENT_NAMES
    if _CHECKOUTS in unknown and _holds_only_checkouts(
        host, os.path.join(directory, _CHECKOUTS)
    ):
        unknown.discard(_CHECKOUTS)
    if unknown:
        unknown -= _installed_directories(host, directory)
    return sorted(unknown)


def reject_foreign_content(host: Host, directory: str, action: str) -> None:
    """Raise OperationError where a directory holds more than an environment.

    :param action: what would be done to the directory, such as 'removed'.
    """
    names = find_foreign_content(host, directory)
    if names:
        listed = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        message = "%s cannot be %s: it holds more than an environment (%s)" % (
            directory,
            action,
            listed,
        )
        hint = "Set path to a directory for the environment alone, or move the other files away; nothing was changed."
        raise OperationError("foreign-content", message, hint)


def _holds_only_checkouts(host: Host, directory: str) -> bool:
    if host.lkind(directory) != "directory":
        return False
    for entry in host.list(directory):
        controls = [
            host.lkind("%s/%s/%s" % (directory, entry.name, name))
            for name in _VERSION_CONTROL
        ]
        if (
            entry.name != "pip-delete-this-directory.txt"
            and "directory" not in controls
        ):
            return False
    return True


def _installed_directories(host: Host, directory: str) -> Set[str]:
    """Return the top names that hold nothing but files that a distribution installed (data files, such as etc)."""
    installed: Set[str] = set()
    for site in site_packages(host, directory):
        for path in _recorded_paths(host, site):
            installed.add(os.path.normpath(os.path.join(site, path)))
    tops = {
        path[len(directory) + 1 :].split("/")[0]
        for path in installed
        if path.startswith(directory + "/")
    }
    return {
        name
        for name in tops
        if _holds_only(host, os.path.join(directory, name), installed)
    }


def _recorded_paths(host: Host, site: str) -> Iterator[str]:
    for entry in host.list(site, lambda name: name.endswith(".dist-info")):
        data = host.content("%s/%s/RECORD" % (site, entry.name), _RECORD_LIMIT) or b""
        lines = data.decode("utf-8", "surrogateescape").splitlines()
        try:
            yield from (
                row[0] for row in csv.reader(lines) if row and row[0].startswith("../")
            )
        except csv.Error:  # a field of more than 128 KiB, a NUL
            continue


def _holds_only(host: Host, path: str, installed: Set[str]) -> bool:
    """Return whether all files at or below a path are in ``installed``."""
    if host.lkind(path) != "directory":
        return path in installed
    pending = [path]
    while pending:
        directory = pending.pop()
        for entry in host.list(directory):
            child = "%s/%s" % (directory, entry.name)
            if entry.kind == "directory":
                pending.append(child)
            elif child not in installed:
                return False
    return True
