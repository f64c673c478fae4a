# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of shells that are written in whole or in part: only what differs, and in check mode nothing."""

from __future__ import annotations

import os
import shutil
import stat
from typing import Iterator, List, NamedTuple, Tuple

from .commands import OperationError
from .write_file import write_file

_SIZE_LIMIT = 4 * 1024 * 1024  # bytes of a file that people write


class FileChange(NamedTuple):
    """A file, or a directory, and the part of it that is managed, before and after."""

    path: str
    before: str
    after: str


def read_file(path: str) -> str:
    """Return the text of a regular file, with other bytes than UTF-8 as surrogates; '' where there is none.

    Raises OperationError for a file that is larger than any that people write.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError:
        if os.path.isfile(path):
            raise
        return ""  # a socket, or a loop of links
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return ""
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(_SIZE_LIMIT + 1)
    if len(data) > _SIZE_LIMIT:
        message = "%s is larger than %d bytes" % (path, _SIZE_LIMIT)
        raise OperationError("too-large", message, "Move it away.")
    return data.decode("utf-8", "surrogateescape")


class ManagedBlock:
    """Lines between two marks in a file that is otherwise someone else's.

    :param name: what the block is of.
    """

    def __init__(self, name: str) -> None:
        self._begin = "# BEGIN ANSIBLE MANAGED BLOCK: %s\n" % name
        self._end = "# END ANSIBLE MANAGED BLOCK: %s\n" % name

    def find(self, text: str) -> str:
        """Return the block in the text of a file, with its marks; '' where there is none."""
        start, end = next(self._spans(text), (0, 0))
        return text[start:end]

    def remove(self, text: str) -> str:
        """Return the text of a file without the block."""
        kept, position = [], 0
        for start, end in self._spans(text):
            kept.append(text[position:start])
            position = end
        return "".join(kept) + text[position:]

    def _spans(self, text: str) -> Iterator[Tuple[int, int]]:
        """Yield where each block begins and ends; each character is passed once, whatever marks a file has."""
        end = 0
        while True:
            start = _find_line(text, self._begin, end)
            last = _find_line(text, self._end, start) if start >= 0 else -1
            if last < 0:
                return
            end = last + len(self._end)
            yield start, end

    def wrap(self, lines: str) -> str:
        """Return lines between the marks."""
        return self._begin + lines + self._end


def _find_line(text: str, line: str, start: int) -> int:
    """Return where a line begins, from a position that is the beginning of one; -1 where it does not follow."""
    if text.startswith(line, start):
        return start
    found = text.find("\n" + line, start)
    return found + 1 if found >= 0 else -1


class ManagedFiles:
    """Writes files, and collects what changed.

    :param check: write nothing.
    """

    def __init__(self, check: bool) -> None:
        self._check = check
        self.changes: List[FileChange] = []

    def write(self, path: str, text: str) -> None:
        """Write a file that is managed as a whole; an empty text removes it."""
        current = read_file(path)
        if current == text and (text or not os.path.lexists(path)):
            return
        self._change(FileChange(path, current, text), text)

    def write_part(self, path: str, text: str, before: str, after: str) -> None:
        """Write a file of which only a part is managed: ``before`` becomes ``after`` in it."""
        if read_file(path) != text:
            self._change(FileChange(path, before, after), text)

    def add_unknown(self, path: str) -> None:
        """Record a file whose text is not known yet."""
        self.changes.append(FileChange(path, "", ""))

    def remove_directory(self, path: str) -> None:
        """Remove a directory with all that is in it; a link to one is kept."""
        if not os.path.isdir(path) or os.path.islink(path):
            return
        self.changes.append(FileChange(path, path + "/\n", ""))
        if not self._check:
            shutil.rmtree(path)

    def _change(self, change: FileChange, text: str) -> None:
        self.changes.append(change)
        if self._check:
            return
        target = os.path.realpath(change.path)  # a link of the user's own is kept
        if text:
            write_file(target, text)
        else:
            os.unlink(target if os.path.exists(target) else change.path)
