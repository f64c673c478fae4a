# SPDX-License-Identifier: GPL-3.0-or-later
"""Files below a root directory, reached so that nobody who owns some of them can lead the reader astray.

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
from fnmatch import fnmatchcase
from typing import BinaryIO, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

MIB = 1024 * 1024
TEXT_LIMIT = 256 * 1024  # bytes of a text file; the largest real one is a sysconfig module of some 60 KiB
LIST_LIMIT = 20_000  # entries read from one directory; the rest is left out and said so
NOTE_LIMIT = 500  # entries of the ledger; what comes later is only counted

_LINK_LIMIT = 40  # as Linux does (path_resolution(7))
_DEPTH_LIMIT = 200  # names in one path; each costs two frames of the stack
_OPEN_DIRECTORIES = 128
_DIRECTORY = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_WALK = getattr(os, "O_PATH", os.O_RDONLY) | _DIRECTORY
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NOTHING = (errno.ENOENT, errno.ENOTDIR)

Files = Dict[str, Optional[bytes]]
Place = Tuple[str, str, Tuple[int, ...]]  # canonical directory, last name, other users whose links were followed


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


class Limits(NamedTuple):
    """Bounds of one scan; ``seconds`` 0 means none."""

    seconds: float = 0.0
    entries: int = LIST_LIMIT


class Tree:
    """The files below ``root``, which is taken for ``/``, as ``uid`` may read them; and a ledger of what can't be."""

    def __init__(self, root: str, uid: int, limits: Limits) -> None:
        self.root = os.path.normpath(os.path.abspath(root))
        self.uid = uid
        self.limits = limits
        self.notes: List[Note] = []
        self.notes_left_out = 0
        self._noted: Set[Tuple[str, str]] = set()
        self._started = time.monotonic()
        self._root_fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._fds: OrderedDict[str, int] = OrderedDict()
        self._canonical: Dict[str, Tuple[str, Tuple[int, ...]]] = {"/": ("/", ())}
        self._reals: Dict[str, str | None] = {}  # answers of real(); opening a file resolves its path anew

    def close(self) -> None:
        """Let go of every open directory."""
        while self._fds:
            os.close(self._fds.popitem()[1])
        if self._root_fd >= 0:
            os.close(self._root_fd)
            self._root_fd = -1

    def note(self, path: str, code: str, reason: str) -> None:
        """Remember that something at ``path`` could not be read or was left out."""
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
        """Seconds since this tree was opened."""
        return time.monotonic() - self._started

    def expired(self, left_out: str = "/") -> bool:
        """Tell whether the time limit has passed; ``left_out`` is what is therefore not looked at."""
        if not self.limits.seconds or self.elapsed() < self.limits.seconds:
            return False
        self.note(left_out, "time-limit", "left out: the time limit of %g s had passed" % self.limits.seconds)
        return True

    def _directory_fd(self, path: str) -> int:
        """Open a canonical directory, each step relative to the one above and never through a link."""
        if path == "/":
            return self._root_fd
        fd = self._fds.get(path)
        if fd is not None:
            self._fds.move_to_end(path)
            return fd
        parent, _slash, name = path.rpartition("/")
        fd = self._fds[path] = os.open(name, _WALK, dir_fd=self._directory_fd(parent or "/"))
        if len(self._fds) > _OPEN_DIRECTORIES:
            os.close(self._fds.popitem(last=False)[1])
        return fd

    def _resolve(self, path: str, follow: bool, depth: int = 0) -> Place:
        """Split a path into a canonical directory and a last name; the name is '' for the root itself."""
        if not path.startswith("/") or "\0" in path:
            raise Unreadable("bad-path", "not an absolute path")
        if path.count("/") > _DEPTH_LIMIT:
            raise Unreadable("bad-path", "more than %d directories deep" % _DEPTH_LIMIT)
        parent, _slash, name = path.rstrip("/").rpartition("/")
        if not name:
            return "/", "", ()
        directory, foreign = self._resolve_directory(parent.rstrip("/") or "/", depth)
        if name in (".", ".."):
            head, tail = os.path.split(directory if name == "." else os.path.dirname(directory))
            return head, tail, foreign
        if follow:
            fd = self._directory_fd(directory)
            info = os.lstat(name, dir_fd=fd)
            if stat.S_ISLNK(info.st_mode):
                if depth >= _LINK_LIMIT:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
                target = os.path.join(directory, os.readlink(name, dir_fd=fd))
                head, tail, more = self._resolve(target, True, depth + 1)
                return head, tail, foreign + (() if info.st_uid in (0, self.uid) else (info.st_uid,)) + more
        return directory, name, foreign

    def _resolve_directory(self, path: str, depth: int) -> Tuple[str, Tuple[int, ...]]:
        """Give the canonical form of a directory path, remembered for the rest of the scan."""
        known = self._canonical.get(path)
        if known is None:
            head, tail, foreign = self._resolve(path, True, depth)
            known = _join(head, tail), foreign
            self._directory_fd(known[0])
            self._canonical[path] = known
        return known

    def real(self, path: str) -> str | None:
        """Give the canonical path of what is there, or None where nothing is (or a link leads nowhere)."""
        if path not in self._reals:
            try:
                self._reals[path] = _join(*self._resolve(path, True)[:2])
            except (OSError, ValueError, Unreadable) as exc:
                self._note_failure(path, exc)
                self._reals[path] = None
        return self._reals[path]

    def real_parent(self, path: str) -> str | None:
        """Give ``path`` with only its directories resolved, or None where its directory is not there."""
        directory = self.real(os.path.dirname(path))
        return None if directory is None else os.path.join(directory, os.path.basename(path))

    def lstat(self, path: str) -> os.stat_result | None:
        """Give the status of the name itself, or None where there is none."""
        try:
            head, tail, _foreign = self._resolve(path, False)
            fd = self._directory_fd(head)
            return os.lstat(tail, dir_fd=fd) if tail else os.fstat(fd)
        except (OSError, ValueError, Unreadable) as exc:
            self._note_failure(path, exc)
            return None

    def stat(self, path: str) -> os.stat_result | None:
        """Give the status of what the name leads to, or None where nothing is."""
        canonical = self.real(path)
        return None if canonical is None else self.lstat(canonical)

    def kind(self, path: str) -> str:
        """Give file, directory or other of what the name leads to; '' where nothing is."""
        return _kind(self.stat(path))

    def lkind(self, path: str) -> str:
        """Give file, directory, link or other of the name itself; '' where there is none."""
        return _kind(self.lstat(path))

    def is_file(self, path: str) -> bool:
        """Tell whether a regular file is there, links followed."""
        return self.kind(path) == "file"

    def is_dir(self, path: str) -> bool:
        """Tell whether a directory is there, links followed."""
        return self.kind(path) == "directory"

    def readlink(self, path: str) -> str | None:
        """Give the text of a symbolic link, or None where the name is not one."""
        try:
            head, tail, _foreign = self._resolve(path, False)
            return os.readlink(tail, dir_fd=self._directory_fd(head)) if tail else None
        except (OSError, ValueError, Unreadable) as exc:
            if not (isinstance(exc, OSError) and exc.errno == errno.EINVAL):
                self._note_failure(path, exc)
            return None

    def open(self, path: str) -> BinaryIO:
        """Open a regular file for reading, unbuffered; the caller closes it. Raises Missing or Unreadable."""
        return os.fdopen(self._regular(path), "rb", buffering=0)

    def _regular(self, path: str) -> int:
        """Open a regular file; another user's link leads only to a file of theirs, else root would read for them."""
        try:
            fd, foreign = self._open(path)
        except (OSError, ValueError) as exc:
            if isinstance(exc, OSError) and exc.errno in _NOTHING:
                raise Missing(path) from exc
            raise Unreadable(*describe_error(exc)) from exc
        info = os.fstat(fd)
        regular = stat.S_ISREG(info.st_mode)
        if regular and all(uid == info.st_uid for uid in foreign):
            return fd
        os.close(fd)
        if regular:
            raise Unreadable("foreign-link", "reached through a symbolic link of a user who does not own the file")
        raise Unreadable("not-a-file", "not a regular file")

    def _open(self, path: str) -> Tuple[int, Tuple[int, ...]]:
        """Open what is no link at once; behind a link only a regular file, as opening a device can do things."""
        head, tail, foreign = self._resolve(path, False)
        directory = self._directory_fd(head)
        try:
            return os.open(tail or ".", _READ, dir_fd=directory), foreign
        except OSError as exc:
            if exc.errno not in (errno.ELOOP, errno.EMLINK):  # EMLINK: FreeBSD's answer to O_NOFOLLOW
                raise
        head, tail, foreign = self._resolve(path, True)
        directory = self._directory_fd(head)
        if not stat.S_ISREG(os.lstat(tail or ".", dir_fd=directory).st_mode):
            raise Unreadable("not-a-file", "not a regular file")
        return os.open(tail, _READ, dir_fd=directory), foreign

    def read(self, path: str, limit: int = TEXT_LIMIT, cut: bool = False) -> bytes:
        """Give the bytes of a regular file of at most ``limit`` bytes; raises Missing or Unreadable.

        With ``cut``, a longer file gives its first ``limit`` bytes. Files of /proc claim no size and are read on.
        """
        fd = self._regular(path)
        try:
            return _take(fd, limit, cut)
        finally:
            os.close(fd)

    def content(self, path: str, limit: int = TEXT_LIMIT, cut: bool = False) -> bytes | None:
        """Give the bytes of a file, or None: where it is not there, or, noted, where it can't be read."""
        try:
            return self.read(path, limit, cut)
        except Missing:
            return None
        except Unreadable as exc:
            self.note(path, exc.code, exc.reason)
            return None

    def text(self, path: str, limit: int = TEXT_LIMIT) -> str | None:
        """Give a file as text, undecodable bytes kept as surrogates; None as for ``content``."""
        data = self.content(path, limit)
        return None if data is None else data.decode("utf-8", "surrogateescape")

    def list(self, path: str, wanted: Callable[[str], object] | None = None) -> List[Entry]:
        """Give the entries of a directory by name, or those that ``wanted`` takes; what can't be read is noted."""
        found: List[Entry] = []
        fd = -1
        try:
            head, tail, _foreign = self._resolve(path, True)
            fd = os.open(tail or ".", os.O_RDONLY | _DIRECTORY, dir_fd=self._directory_fd(head))
            with os.scandir(fd) as entries:
                for entry in entries:
                    if wanted is None or wanted(entry.name):
                        if len(found) >= self.limits.entries:
                            self.note(path, "too-many", "more than %d entries; the rest is left out" % len(found))
                            break
                        found.append(Entry(entry.name, _entry_kind(entry)))
        except (OSError, ValueError, Unreadable) as exc:
            self._note_failure(path, exc)
        finally:
            if fd >= 0:
                os.close(fd)
        found.sort()
        return found

    def read_all(
        self,
        path: str,
        suffixes: Tuple[str, ...],
        inner: Sequence[str] = (),
        limit: int = TEXT_LIMIT,
        cut: bool = False,
    ) -> Iterator[Tuple[str, Files]]:
        """Give each entry whose name ends so: a file's bytes under '', of a directory those of its ``inner`` files.

        None, and a note, stand for what can't be read. An entry '' with None says that entries were left out.
        """
        entries = self.list(path, lambda name: name.endswith(suffixes))
        for entry in entries:
            place = path + "/" + entry.name
            directory = entry.kind == "directory" or (entry.kind == "link" and self.is_dir(place))
            wanted = [(each, place + "/" + each) for each in inner] if directory else [("", place)]
            found: Files = {}
            for each, file in wanted:
                try:
                    found[each] = self.read(file, limit, cut)
                except Missing:
                    pass
                except Unreadable as exc:
                    self.note(file, exc.code, exc.reason)
                    found[each] = None
            yield entry.name, found
        if len(entries) >= self.limits.entries:
            yield "", {"": None}

    def glob(self, pattern: str) -> Iterator[str]:
        """Give each path that fits an absolute pattern; ``*``, ``?`` and ``[…]`` within one name, no ``**``."""
        paths = ["/"]
        for part in pattern.strip("/").split("/"):
            if any(char in part for char in "*?["):
                paths = [os.path.join(p, e.name) for p in paths for e in self.list(p) if fnmatchcase(e.name, part)]
            else:
                paths = [os.path.join(path, part) for path in paths]
        return (path for path in paths if self.lstat(path) is not None)


_KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}


def _kind(info: os.stat_result | None) -> str:
    return "" if info is None else _KINDS.get(stat.S_IFMT(info.st_mode), "other")


def _join(head: str, tail: str) -> str:
    return os.path.join(head, tail) if tail else head


def _entry_kind(entry: os.DirEntry[str]) -> str:
    try:
        if entry.is_symlink():
            return "link"
        if entry.is_file(follow_symlinks=False):
            return "file"
        return "directory" if entry.is_dir(follow_symlinks=False) else "other"
    except OSError:
        return "other"


def _take(fd: int, limit: int, cut: bool) -> bytes:
    size = os.fstat(fd).st_size
    if size > limit and not cut:
        raise Unreadable("too-large", "%d bytes, more than the %d that are read" % (size, limit))
    try:
        data = os.read(fd, min(size or MIB, limit) + 1)
        while data and len(data) != size and len(data) <= limit:
            more = os.read(fd, min(MIB, limit + 1 - len(data)))
            if not more:
                break
            data += more
    except OSError as exc:
        raise Unreadable(*describe_error(exc)) from exc
    if len(data) > limit and not cut:
        raise Unreadable("too-large", "more than the %d bytes that are read" % limit)
    return data[:limit]


def describe_error(exc: Exception) -> Tuple[str, str]:
    """Give a code and a sentence for what went wrong."""
    if isinstance(exc, Unreadable):
        return exc.code, exc.reason
    if not isinstance(exc, OSError):
        return "bad-path", "not a usable path"
    if exc.errno in (errno.EACCES, errno.EPERM):
        return "permission", "permission denied"
    if exc.errno == errno.ELOOP:
        return "link-loop", "too many levels of symbolic links, or a link where none may be followed"
    return "io-error", exc.strerror or "cannot be read"
