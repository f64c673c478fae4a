# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the files and directories below a root, each opened by the resolution of ``paths``, within bounds."""

from __future__ import annotations

import errno
import os
import stat
from itertools import islice
from typing import BinaryIO, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from .limits import MIB
from .paths import Entry, Missing, Paths, Unreadable, describe_error
from .wildcard import matches_wildcard

TEXT_LIMIT = (
    256 * 1024
)  # bytes of a text file; the largest real one is a sysconfig module of some 60 KiB
_GLOB_LIMIT = 1000  # paths that fit one pattern

_DIRECTORY = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PATH_ONLY = getattr(os, "O_PATH", os.O_RDONLY) | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NOTHING = (errno.ENOENT, errno.ENOTDIR)
_NO_ACCESS_LIST = (errno.ENODATA, errno.ENOTSUP, errno.EOPNOTSUPP)

Files = Dict[str, Optional[bytes]]


class Tree(Paths):
    """The files below ``root``, which is taken for ``/``, as ``uid`` may read them."""

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
            raise Unreadable(
                "foreign-link",
                "reached through a symbolic link of a user who does not own the file",
            )
        raise Unreadable("not-a-file", "not a regular file")

    def _open(self, path: str) -> Tuple[int, Tuple[int, ...]]:
        """Open what is no link at once; behind a link only a regular file, as opening a device can do things."""
        head, tail, foreign = self._resolve(path, False)
        directory = self._directory_fd(head)
        try:
            return os.open(tail or ".", _READ, dir_fd=directory), foreign
        except OSError as exc:
            if exc.errno not in (
                errno.ELOOP,
                errno.EMLINK,
            ):  # EMLINK: FreeBSD's answer to O_NOFOLLOW
                raise
        head, tail, foreign = self._resolve(path, True)
        directory = self._directory_fd(head)
        if not stat.S_ISREG(os.lstat(tail or ".", dir_fd=directory).st_mode):
            raise Unreadable("not-a-file", "not a regular file")
        return os.open(tail, _READ, dir_fd=directory), foreign

    def read(self, path: str, limit: int = TEXT_LIMIT, cut: bool = False) -> bytes:
        """Return the bytes of a regular file of at most ``limit`` bytes; raises Missing or Unreadable.

        With ``cut``, a longer file gives its first ``limit`` bytes. Files of /proc claim no size and are read on.
        """
        fd = self._regular(path)
        try:
            return _take(fd, limit, cut)
        finally:
            os.close(fd)

    def content(
        self, path: str, limit: int = TEXT_LIMIT, cut: bool = False
    ) -> bytes | None:
        """Return the bytes of a file, or None: where it is not there, or, noted, where it can't be read."""
        try:
            return self.read(path, limit, cut)
        except Missing:
            return None
        except Unreadable as exc:
            self.note(path, exc.code, exc.reason)
            return None

    def text(self, path: str, limit: int = TEXT_LIMIT) -> str | None:
        """Return a file as text, undecodable bytes kept as surrogates; None as for ``content``."""
        data = self.content(path, limit)
        return None if data is None else data.decode("utf-8", "surrogateescape")

    def list(
        self, path: str, wanted: Callable[[str], object] | None = None
    ) -> List[Entry]:
        """Return the entries of a directory by name, or those that ``wanted`` accepts; what can't be read is noted."""
        found: List[Entry] = []
        fd = -1
        try:
            head, tail, _foreign = self._resolve(path, True)
            fd = os.open(
                tail or ".", os.O_RDONLY | _DIRECTORY, dir_fd=self._directory_fd(head)
            )
            with os.scandir(fd) as entries:
                for entry in entries:
                    if wanted is None or wanted(entry.name):
                        if len(found) >= self.limits.entries:
                            self.note(
                                path,
                                "too-many",
                                "more than %d entries; the rest is left out"
                                % len(found),
                            )
                            break
                        found.append(Entry(entry.name, _entry_kind(entry)))
        except (OSError, ValueError, Unreadable) as exc:
            self._note_failure(path, exc)
        finally:
            if fd >= 0:
                os.close(fd)
        found.sort()
        return found

    def list_status(self, path: str) -> List[Tuple[str, os.stat_result]]:
        """Return (name, status of the name itself) of each entry of a directory; what can't be read is noted."""
        found: List[Tuple[str, os.stat_result]] = []
        fd = -1
        try:
            head, tail, _foreign = self._resolve(path, True)
            fd = os.open(
                tail or ".", os.O_RDONLY | _DIRECTORY, dir_fd=self._directory_fd(head)
            )
            for name in os.listdir(fd):
                found.append((name, os.lstat(name, dir_fd=fd)))
        except (OSError, ValueError, Unreadable) as exc:
            self.note(path, *describe_error(exc))
        finally:
            if fd >= 0:
                os.close(fd)
        return found

    def access_list(self, path: str, default: bool = False) -> bytes:
        """Return the POSIX access list of a file or directory as the kernel stores it, or the one for new files in it.

        b'' where there is none, and where the platform or the file system has none (acl(5), xattr(7)).
        """
        if not hasattr(os, "getxattr"):
            return b""
        name = "system.posix_acl_default" if default else "system.posix_acl_access"
        fd = -1
        try:
            head, tail, _foreign = self._resolve(path, False)
            fd = os.open(tail or ".", _PATH_ONLY, dir_fd=self._directory_fd(head))
            return os.getxattr(
                "/proc/self/fd/%d" % fd, name
            )  # not by the descriptor: that needs leave to read
        except OSError as exc:
            if exc.errno not in _NO_ACCESS_LIST:
                self._note_failure(path, exc)
            return b""
        except (ValueError, Unreadable) as exc:
            self._note_failure(path, exc)
            return b""
        finally:
            if fd >= 0:
                os.close(fd)

    def read_all(
        self,
        path: str,
        suffixes: Tuple[str, ...],
        inner: Sequence[str] = (),
        limit: int = TEXT_LIMIT,
        cut: bool = False,
    ) -> Iterator[Tuple[str, Files]]:
        """Yield each entry whose name ends so: a file's bytes under '', of a directory those of its ``inner`` files.

        None, and a note, stand for what can't be read. An entry '' with None says that entries were left out.
        """
        entries = self.list(path, lambda name: name.endswith(suffixes))
        for entry in entries:
            place = path + "/" + entry.name
            directory = entry.kind == "directory" or (
                entry.kind == "link" and self.is_dir(place)
            )
            wanted = (
                [(each, place + "/" + each) for each in inner]
                if directory
                else [("", place)]
            )
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
        """Yield each path that fits an absolute pattern; ``*``, ``?`` and ``[...]`` within one name, no ``**``.

        At most _GLOB_LIMIT paths are followed from one part of the pattern to the next.
        """
        paths = ["/"]
        for part in pattern.strip("/").split("/"):
            if any(char in part for char in "*?["):
                paths = list(islice(self._matching(paths, part), _GLOB_LIMIT + 1))
                if len(paths) > _GLOB_LIMIT:
                    self.note(
                        pattern,
                        "too-many",
                        "more than %d paths fit it; the rest is left out" % _GLOB_LIMIT,
                    )
                    del paths[_GLOB_LIMIT:]
            else:
                paths = [os.path.join(path, part) for path in paths]
        return (path for path in paths if self.lstat(path) is not None)

    def _matching(self, directories: Sequence[str], part: str) -> Iterator[str]:
        for directory in directories:
            for entry in self.list(
                directory, lambda name: matches_wildcard(name, part)
            ):
                yield os.path.join(directory, entry.name)


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
        raise Unreadable(
            "too-large", "%d bytes, more than the %d that are read" % (size, limit)
        )
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
