# SPDX-License-Identifier: GPL-3.0-or-later
"""The names under which a Python may be started: on every PATH, where the caller said, and where providers put them."""

from __future__ import annotations

import os
import re
from itertools import islice
from typing import Iterable, Iterator, Sequence

from ..._host.host import Host, User
from ..._host.wildcard import matches_wildcard
from ..data.providers import COMMON_ROOTS, PROVIDERS
from ..model import Candidate, Request, SearchPath
from .homes import Borders

_NAMES_LIMIT = 300  # interpreters in one directory
_PLACES_LIMIT = 1000  # directories of one user, or of the system, where one provider puts interpreters
#: python3.13t, python3.11-dbg, pypy3.11, platform-python3.6m, but not python3-config.
_NAME = re.compile(
    r"(?:(?:platform-)?python|pypy|graalpy)(?:\d(?:\.\d{1,3})?)?[tdmu]{0,3}(?:-dbg)?"
)


def find_interpreters(
    host: Host,
    request: Request,
    search_paths: Sequence[SearchPath],
    users: Sequence[User],
) -> tuple[Candidate, ...]:
    """Return each name of a possible interpreter once; other machines' file systems are not entered."""
    finder = _Finder(host)
    for row in search_paths:
        finder.search(
            row.directories, "PATH" if row.name == "process" else row.name + " PATH"
        )
    for path in map(os.path.normpath, request.paths):
        finder.search_named(path)
    homes = [user.home for user in users if _may_enter(host, user.home)]
    places = [
        (row.title, row.roots) for row in PROVIDERS if row.kernel in ("", host.system)
    ]
    for title, roots in [*places, ("commands of the system", COMMON_ROOTS)]:
        label = "known location: " + title
        if host.expired(label):
            break
        for root in roots:
            finder.search(finder.expand(root, homes), label)
    return tuple(
        Candidate(path, ", ".join(labels)) for path, labels in finder.found.items()
    )


class _Finder:
    """Collect names; each directory is read once."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.found: dict[str, list[str]] = {}
        self._borders = Borders(host)
        self._names: dict[
            str, list[str]
        ] = {}  # interpreters in each canonical directory
        self._folders: dict[
            str, list[str]
        ] = {}  # of each directory that a pattern asked for

    def is_away(self, path: str) -> bool:
        """Return whether ``path`` leads to a remote file system, which is noted; nothing there is touched."""
        mount = self._borders.beyond(path)
        if mount is not None:
            self.host.note(
                mount.path,
                "remote-file-system",
                "not searched: a network or foreign file system",
            )
        return mount is not None

    def search_named(self, path: str) -> None:
        """Add what the option ``paths`` names: a file, or the files in a directory and its bin."""
        kind = "" if self.is_away(path) else self.host.kind(path)
        if kind == "file":
            self.add([path], "paths option")
        elif kind == "directory":
            self.search([path, path + "/bin"], "paths option")
        else:
            reason = "named in paths, but no such file or directory of this machine"
            self.host.note(path, "path-not-searched", reason)

    def search(self, directories: Iterable[str], label: str) -> None:
        """Add the names of interpreters in directories."""
        for directory in directories:
            if self.host.expired(directory):
                return
            canonical = None if self.is_away(directory) else self.host.real(directory)
            if canonical is None:
                continue
            if canonical not in self._names:
                self._names[canonical] = self._interpreters_in(directory, canonical)
            self.add(self._names[canonical], label)

    def _interpreters_in(self, directory: str, canonical: str) -> list[str]:
        entries = [
            row
            for row in self.host.list(canonical, _NAME.fullmatch)
            if row.kind in ("file", "link")
        ]
        if len(entries) > _NAMES_LIMIT:
            self.host.note(
                directory,
                "too-many",
                "more than %d interpreters; the rest is left out" % _NAMES_LIMIT,
            )
        return [directory + "/" + row.name for row in entries[:_NAMES_LIMIT]]

    def add(self, paths: Iterable[str], label: str) -> None:
        for labels in [self.found.setdefault(path, []) for path in paths]:
            if not labels or (label not in labels and not label.startswith("known")):
                labels.append(label)

    def expand(self, root: str, homes: Sequence[str]) -> Iterator[str]:
        """Yield the directories that a root of the table may mean, for the caller's environment and each home."""
        base, brace, rest = (
            root[1:].partition("}") if root[0] == "{" else ("", "", root)
        )
        variable, _colon, base = base.partition(":")
        value = self.host.env.get(variable, "")
        starts = [os.path.normpath(value)] if value.startswith("/") else []
        if rest[0] == "~" or (brace and base[0] != "/"):
            base, rest = "/" + base, rest.lstrip("~")
            starts += [home + base for home in homes]
        else:
            starts.append(base)
        parts = rest.strip("/").split("/")
        for start in starts:
            if self.host.expired(start or root):
                return
            yield from self._expand_parts(start.rstrip("/"), parts)

    def _expand_parts(self, start: str, parts: Sequence[str]) -> list[str]:
        """Return the directories below ``start`` that fit one pattern for each level."""
        paths = [start]
        for part in parts:
            if "*" not in part:
                paths = [path + "/" + part for path in paths]
                continue
            fitting = (
                path + "/" + name
                for path in paths
                for name in self._children(path)
                if matches_wildcard(name, part)
            )
            paths = list(islice(fitting, _PLACES_LIMIT + 1))
            if len(paths) > _PLACES_LIMIT:
                self.host.note(
                    start,
                    "too-many",
                    "more than %d directories; the rest is left out" % _PLACES_LIMIT,
                )
                del paths[_PLACES_LIMIT:]
        return paths

    def _children(self, path: str) -> list[str]:
        """Return what may be a directory, real ones before links to them."""
        if path not in self._folders:
            entries = [] if self.is_away(path or "/") else self.host.list(path or "/")
            self._folders[path] = [
                row.name
                for kind in ("directory", "link")
                for row in entries
                if row.kind == kind
            ]
        return self._folders[path]


def _may_enter(host: Host, home: str) -> bool:
    info = host.stat(home)
    if (
        info is None
        or host.uid == 0
        or info.st_mode & (0o100 if info.st_uid == host.uid else 0o011)
    ):
        return info is not None
    host.note(home, "permission", "permission denied: nothing below it was searched")
    return False
