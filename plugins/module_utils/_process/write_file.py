# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are replaced in one step."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from typing import Callable

from .commands import from_os_error

_NEW_FILE_MODE = 0o644
_NAME_LENGTH = 200  # of a file in the name of its draft, which may have 255 bytes


def write_file(path: str, text: str) -> None:
    """Replace a file in one step, through a link that stands in its place; mode and owner of the old file stay."""
    real = os.path.realpath(path)
    try:
        make_directories(os.path.dirname(real))
        old = os.stat(real) if os.path.exists(real) else None

        def prepare(descriptor: int) -> None:
            os.fchmod(descriptor, stat.S_IMODE(old.st_mode) if old else _NEW_FILE_MODE)
            if old:
                _keep_owner(descriptor, old)

        _replace(real, text, prepare)
    except OSError as exc:
        raise from_os_error(exc, path) from exc


def make_directories(path: str) -> None:
    """Create the missing directories of a path, for everybody to read whatever the umask is: the file is, too."""
    umask = os.umask(0o022)
    try:
        os.makedirs(path, 0o755, exist_ok=True)
    finally:
        os.umask(umask)


def _keep_owner(descriptor: int, old: os.stat_result) -> None:
    """Set on a file the owner and group of the one that it replaces, as far as this user may."""
    if os.geteuid() == 0:
        os.fchown(descriptor, old.st_uid, old.st_gid)
    elif old.st_gid in os.getgroups():
        os.fchown(descriptor, -1, old.st_gid)


def replace_file(path: str, text: str, mode: int) -> None:
    """Replace a file in one step, and a link in its place by a file: for directories that another user can write.

    The directory has to exist. Raises OSError.
    """
    _replace(path, text, lambda descriptor: os.fchmod(descriptor, mode))


def _replace(path: str, text: str, prepare: Callable[[int], None]) -> None:
    """Write a draft beside a file, prepare it, and rename it. An OSError names the file: nobody knows the draft."""
    directory, name = os.path.split(path)
    # A name that programs that read `*.prom` or `*.json` in the directory do not take for a file of theirs.
    prefix = ".%s." % os.fsdecode(os.fsencode(name)[:_NAME_LENGTH])
    draft = ""
    try:
        descriptor, draft = tempfile.mkstemp(prefix=prefix, dir=directory)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            prepare(file.fileno())
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as exc:
        _remove(draft)
        raise OSError(exc.errno, exc.strerror, path) from exc
    except BaseException:
        _remove(draft)
        raise


def _remove(draft: str) -> None:
    if draft:
        with suppress(OSError):
            os.unlink(draft)
