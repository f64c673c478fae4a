# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolve paths below a root directory so that nobody who owns a part of them can lead the reader astray.

They are reached link by link. Each directory on the way is opened with O_NOFOLLOW relative to the one above it, and a
link is read as text and walked again from the root. So a user who swaps a directory for a link while root scans gains
nothing, and nothing below ``root`` leads out of it.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections import OrderedDict
from typing import Dict, List, Set, Tuple

from .limits import NOTE_LIMIT, Limits
from .record import NamedTuple

_LINK_LIMIT = 40  # as Linux does (path_resolution(7))
_DEPTH_LIMIT = 200  # names in one path
_STEP_LIMIT = 1000  # names on the way to one file, those of all links on it included
_OPEN_DIRECTORIES = 128
_WALK = (
    getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
)
_NOTHING = (errno.ENOENT, errno.ENOTDIR)

Place = Tuple[
    str, str, Tuple[int, ...]
]  # canonical directory, last name, other users whose links were followed


class Missing(Exception):
    """Nothing is at the path: no such file, or a link that leads nowhere."""


class Unreadable(Exception):
    """Something is at the path, but it could not, or must not, be read."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Entry(NamedTuple):
    """One name in a directory, and its kind: file, directory, link or other."""

    name: str
    kind: str


class Note(NamedTuple):
    """One thing that could not be read or was left out."""

    path: str
    code: str
    reason: str


class Paths:
    """The paths below ``root``, which is taken for ``/``, as ``uid`` may reach them; and a ledger of what can't be."""

    def __init__(self, root: str, uid: int, limits: Limits) -> None:
        self.root = os.path.normpath(os.path.abspath(root))
        self.uid = uid
        self.limits = limits
        self.notes: List[Note] = []
        self.notes_left_out = 0
        self._noted: Set[Tuple[str, str]] = set()
        self._started = time.monotonic()
        self._fraction = 1.0  # of the time limit, at which the present stage ends
        self._root_fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._fds: OrderedDict[str, int] = OrderedDict()
        self._canonical: Dict[str, Tuple[str, Tuple[int, ...]]] = {"/": ("/", ())}
        self._steps_left = self._links_left = 0  # of the path that is being resolved
        self._reals: Dict[
            str, str | None
        ] = {}  # results of real(); opening a file resolves its path again

    def close(self) -> None:
        """Close every open directory."""
        while self._fds:
            os.close(self._fds.popitem()[1])
        if self._root_fd >= 0:
            os.close(self._root_fd)
            self._root_fd = -1

    def note(self, path: str, code: str, reason: str) -> None:
        """Record that something at ``path`` could not be read or was left out."""
        if (path, code) not in self._noted:
            self._noted.add((path, code))
            if len(self.notes) < NOTE_LIMIT:
                self.notes.append(Note(path, code, reason))
            else:
                self.notes_left_out += 1

    def _note_failure(self, path: str, exc: Exception) -> None:
        if not (isinstance(exc, OSError) and exc.errno in _NOTHING):
            self.note(path, *describe_error(exc))

    def elapsed(self) -> float:
        """Return the seconds since this tree was opened."""
        return time.monotonic() - self._started

    def begin_stage(self, fraction: float) -> None:
        """Let the stage that begins end when this fraction of the time limit has passed: the next ones need theirs."""
        self._fraction = fraction

    def expired(self, left_out: str = "/") -> bool:
        """Return whether the time limit has passed; ``left_out`` is noted as what is therefore not read."""
        if (
            not self.limits.seconds
            or self.elapsed() < self.limits.seconds * self._fraction
        ):
            return False
        self.note(
            left_out,
            "time-limit",
            "left out: the time limit of %g s had passed" % self.limits.seconds,
        )
        return True

    def _directory_fd(self, path: str) -> int:
        """Open a canonical directory, each step relative to the one above and never through a link."""
        if path == "/":
            return self._root_fd
        fd = self._fds.get(path)
        if fd is not None:
            self._fds.move_to_end(path)
            return fd
        closed = []
        while path != "/" and path not in self._fds:
            closed.append(path)
            path = path.rpartition("/")[0] or "/"
        fd = self._root_fd if path == "/" else self._fds[path]
        for directory in reversed(closed):
            fd = self._fds[directory] = os.open(
                directory.rpartition("/")[2], _WALK, dir_fd=fd
            )
            if len(self._fds) > _OPEN_DIRECTORIES:
                os.close(self._fds.popitem(last=False)[1])
        return fd

    def _resolve(self, path: str, follow: bool) -> Place:
        """Split a path into a canonical directory and a last name; the name is '' for the root itself."""
        _check_path(path)
        self._steps_left, self._links_left = _STEP_LIMIT, _LINK_LIMIT
        parent, _slash, name = path.rstrip("/").rpartition("/")
        if not name:
            return "/", "", ()
        directory, foreign = self._resolve_directory(parent.rstrip("/") or "/")
        if name in (".", ".."):
            head, tail = os.path.split(
                directory if name == "." else os.path.dirname(directory)
            )
            return head, tail, foreign
        if follow and stat.S_ISLNK(
            os.lstat(name, dir_fd=self._directory_fd(directory)).st_mode
        ):
            return self._follow(directory, name, foreign)
        return directory, name, foreign

    def _resolve_directory(self, path: str) -> Tuple[str, Tuple[int, ...]]:
        """Return the canonical form of a directory path, which is remembered for the rest of the scan."""
        known = self._canonical.get(path)
        if known is not None:
            return known
        above, names = path, []
        while above not in self._canonical:
            above, _slash, name = above.rstrip("/").rpartition("/")
            above = above.rstrip("/") or "/"
            names.append(name)
        known = self._canonical[above]
        for name in reversed(names):
            head, tail, foreign = self._follow(known[0], name, known[1])
            known = _join(head, tail), foreign
            self._directory_fd(known[0])
            above = os.path.join(above, name)
            self._canonical[above] = known
        self._canonical[path] = known
        return known

    def _follow(self, directory: str, name: str, foreign: Tuple[int, ...]) -> Place:
        """Walk from a canonical directory to a name in it, and where that is a link, on through all links."""
        pending, tail = [name], ""
        while pending:
            directory, tail = _join(directory, tail), ""
            fd = self._directory_fd(directory)
            name = pending.pop()
            self._steps_left -= 1
            if self._steps_left < 0 or directory.count("/") > _DEPTH_LIMIT:
                raise Unreadable(
                    "bad-path",
                    "the symbolic links on the way lead through too many directories",
                )
            if name in ("", "."):
                continue
            if name == "..":
                directory = os.path.dirname(directory)
                continue
            info = os.lstat(name, dir_fd=fd)
            if not stat.S_ISLNK(info.st_mode):
                tail = name
                continue
            self._links_left -= 1
            if self._links_left < 0:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name)
            if info.st_uid not in (0, self.uid):
                foreign = (*foreign, info.st_uid)
            target = os.readlink(name, dir_fd=fd)
            if target.startswith("/"):
                directory = "/"
            pending.extend(reversed(target.split("/")))
        if not tail:
            directory, tail = os.path.split(directory)
        return directory, tail, foreign

    def real(self, path: str) -> str | None:
        """Return the canonical path of what is there, or None where nothing is (or a link leads nowhere)."""
        if path not in self._reals:
            try:
                self._reals[path] = _join(*self._resolve(path, True)[:2])
            except (OSError, ValueError, Unreadable) as exc:
                self._note_failure(path, exc)
                self._reals[path] = None
        return self._reals[path]

    def real_parent(self, path: str) -> str | None:
        """Return ``path`` with only its directories resolved, or None where its directory is not there."""
        directory = self.real(os.path.dirname(path))
        return (
            None
            if directory is None
            else os.path.join(directory, os.path.basename(path))
        )

    def lstat(self, path: str) -> os.stat_result | None:
        """Return the status of the name itself, or None where there is none."""
        try:
            head, tail, _foreign = self._resolve(path, False)
            fd = self._directory_fd(head)
            return os.lstat(tail, dir_fd=fd) if tail else os.fstat(fd)
        except (OSError, ValueError, Unreadable) as exc:
            self._note_failure(path, exc)
            return None

    def stat(self, path: str) -> os.stat_result | None:
        """Return the status of what the name leads to, or None where nothing is."""
        canonical = self.real(path)
        return None if canonical is None else self.lstat(canonical)

    def kind(self, path: str) -> str:
        """Return file, directory or other of what the name leads to; '' where nothing is."""
        return _kind(self.stat(path))

    def lkind(self, path: str) -> str:
        """Return file, directory, link or other of the name itself; '' where there is none."""
        return _kind(self.lstat(path))

    def is_file(self, path: str) -> bool:
        """Return whether a regular file is there, links followed."""
        return self.kind(path) == "file"

    def is_dir(self, path: str) -> bool:
        """Return whether a directory is there, links followed."""
        return self.kind(path) == "directory"

    def readlink(self, path: str) -> str | None:
        """Return the text of a symbolic link, or None where the name is not one."""
        try:
            head, tail, _foreign = self._resolve(path, False)
            return os.readlink(tail, dir_fd=self._directory_fd(head)) if tail else None
        except (OSError, ValueError, Unreadable) as exc:
            if not (isinstance(exc, OSError) and exc.errno == errno.EINVAL):
                self._note_failure(path, exc)
            return None


def _check_path(path: str) -> None:
    if not path.startswith("/") or "\0" in path:
        raise Unreadable("bad-path", "not an absolute path")
    if path.count("/") > _DEPTH_LIMIT:
        raise Unreadable("bad-path", "more than %d directories deep" % _DEPTH_LIMIT)


_KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}


def _kind(info: os.stat_result | None) -> str:
    return "" if info is None else _KINDS.get(stat.S_IFMT(info.st_mode), "other")


def _join(head: str, tail: str) -> str:
    return os.path.join(head, tail) if tail else head


def describe_error(exc: Exception) -> Tuple[str, str]:
    """Return a code and a sentence for what went wrong."""
    if isinstance(exc, Unreadable):
        return exc.code, exc.reason
    if not isinstance(exc, OSError):
        return "bad-path", "not a usable path"
    if exc.errno in (errno.EACCES, errno.EPERM):
        return "permission", "permission denied"
    if exc.errno == errno.ELOOP:
        return (
            "link-loop",
            "too many levels of symbolic links, or a link where none may be followed",
        )
    return "io-error", exc.strerror or "cannot be read"
