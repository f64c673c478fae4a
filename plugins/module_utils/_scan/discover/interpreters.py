# SPDX-License-Identifier: GPL-3.0-or-later
"""The names under which a Python may be started: on every PATH, where the caller said, and where providers put them."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from typing import Iterable, Iterator, Sequence

from ..._host.host import Host, User
from ..data.providers import COMMON_ROOTS, PROVIDERS
from ..model import Candidate, Request, SearchPath
from .homes import Borders

#: python3.13t, python3.11-dbg, pypy3.11, platform-python3.6m, but not python3-config.
_NAME = re.compile(r"(?:(?:platform-)?python|pypy|graalpy)(?:\d(?:\.\d{1,3})?)?[tdmu]{0,3}(?:-dbg)?")


def find_interpreters(
    host: Host, request: Request, search_paths: Sequence[SearchPath], users: Sequence[User]
) -> tuple[Candidate, ...]:
    """Give each name of a possible interpreter once; other machines' file systems are not entered."""
    finder = _Finder(host)
    for row in search_paths:
        finder.look_in(row.directories, "PATH" if row.name == "process" else row.name + " PATH")
    for path in map(os.path.normpath, request.paths):
        kind = "" if finder.away(path) else host.kind(path)
        if kind == "file":
            finder.add([path], "paths option")
        elif kind == "directory":
            finder.look_in([path, path + "/bin"], "paths option")
        else:
            host.note(path, "path-not-searched", "named in paths, but no such file or directory of this machine")
    homes = [user.home for user in users if _may_enter(host, user.home)]
    places = [(row.title, row.roots) for row in PROVIDERS if row.kernel in ("", host.system)]
    for title, roots in [*places, ("commands of the system", COMMON_ROOTS)]:
        label = "known location: " + title
        for root in () if host.expired(label) else roots:
            finder.look_in(finder.expand(root, homes), label)
    return tuple(Candidate(path, ", ".join(labels)) for path, labels in finder.found.items())


class _Finder:
    """Collects names; reads each directory once."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.found: dict[str, list[str]] = {}
        self._borders = Borders(host)
        self._names: dict[str, list[str]] = {}  # interpreters in each canonical directory
        self._folders: dict[str, list[str]] = {}  # of each directory that a pattern asked for

    def away(self, path: str) -> bool:
        """Tell, and note, that ``path`` leads to a remote file system; nothing there is touched."""
        mount = self._borders.beyond(path)
        if mount is not None:
            self.host.note(mount.path, "remote-file-system", "not searched: a network or FUSE file system")
        return mount is not None

    def look_in(self, directories: Iterable[str], label: str) -> None:
        for directory in directories:
            canonical = None if self.away(directory) else self.host.real(directory)
            if canonical is None or self.host.expired(directory):
                continue
            if canonical not in self._names:
                entries = self.host.list(canonical, _NAME.fullmatch)
                self._names[canonical] = [directory + "/" + row.name for row in entries if row.kind in ("file", "link")]
            self.add(self._names[canonical], label)

    def add(self, paths: Iterable[str], label: str) -> None:
        for labels in [self.found.setdefault(path, []) for path in paths]:
            if not labels or (label not in labels and not label.startswith("known")):
                labels.append(label)

    def expand(self, root: str, homes: Sequence[str]) -> Iterator[str]:
        """Give the directories that a root of the table may mean, for the caller's environment and each home."""
        base, brace, rest = root[1:].partition("}") if root[0] == "{" else ("", "", root)
        variable, _colon, base = base.partition(":")
        value = self.host.env.get(variable, "")
        starts = [os.path.normpath(value)] if value.startswith("/") else []
        if rest[0] == "~" or (brace and base[0] != "/"):
            base, rest = "/" + base, rest.lstrip("~")
            starts += [home + base for home in homes]
        else:
            starts.append(base)
        for start in starts:
            paths = [start.rstrip("/")]
            for part in rest.strip("/").split("/"):
                found = [(path, self._children(path) if "*" in part else [part]) for path in paths]
                paths = [path + "/" + name for path, names in found for name in names if fnmatchcase(name, part)]
            yield from paths

    def _children(self, path: str) -> list[str]:
        """Give what may be a directory, real ones before links to them."""
        if path not in self._folders:
            entries = [] if self.away(path or "/") else self.host.list(path or "/")
            self._folders[path] = [row.name for kind in ("directory", "link") for row in entries if row.kind == kind]
        return self._folders[path]


def _may_enter(host: Host, home: str) -> bool:
    info = host.stat(home)
    if info is None or host.uid == 0 or info.st_mode & (0o100 if info.st_uid == host.uid else 0o011):
        return info is not None
    host.note(home, "permission", "permission denied: nothing below it was searched")
    return False
