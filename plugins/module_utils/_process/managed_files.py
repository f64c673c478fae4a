# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of shells that are written in whole or in part: only what differs, and in check mode nothing."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from typing import List, NamedTuple

from .write_file import make_directories


class FileChange(NamedTuple):
    """A file, or a directory, and the part of it that is managed, before and after."""

    path: str
    before: str
    after: str


def read_file(path: str) -> str:
    """Return the text of a regular file, with other bytes than UTF-8 as surrogates; '' where there is none."""
    if not os.path.isfile(path):
        return ""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return ""


class ManagedBlock:
    """Lines between two marks in a file that is otherwise someone else's.

    :param name: what the block is of.
    """

    def __init__(self, name: str) -> None:
        self._begin = "# BEGIN ANSIBLE MANAGED BLOCK: %s\n" % name
        self._end = "# END ANSIBLE MANAGED BLOCK: %s\n" % name
        marks = (re.escape(self._begin), re.escape(self._end))
        self._pattern = re.compile("(?m)^%s(?:.*\n)*?%s" % marks)

    def find(self, text: str) -> str:
        """Return the block in the text of a file, with its marks; '' where there is none."""
        match = self._pattern.search(text)
        return match.group() if match else ""

    def remove(self, text: str) -> str:
        """Return the text of a file without the block."""
        return self._pattern.sub("", text)

    def wrap(self, lines: str) -> str:
        """Return lines between the marks."""
        return self._begin + lines + self._end


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
            _replace(target, text)
        else:
            os.unlink(target if os.path.exists(target) else change.path)


def _replace(path: str, text: str) -> None:
    """Write a file in one step, with the mode that it has."""
    make_directories(os.path.dirname(path))
    mode = os.stat(path).st_mode & 0o7777 if os.path.exists(path) else 0o644
    handle, draft = tempfile.mkstemp(prefix=".pyfleet-", dir=os.path.dirname(path))
    with os.fdopen(
        handle, "w", encoding="utf-8", errors="surrogateescape", newline=""
    ) as file:
        file.write(text)
    os.chmod(draft, mode)
    os.replace(draft, path)
