# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are replaced in one step."""

from __future__ import annotations

import errno
import os
import stat
import time
from contextlib import suppress
from itertools import islice
from typing import Callable

from .commands import from_os_error

_NEW_FILE_MODE = 0o644
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LINKS = 40  # in one path, as Linux follows
_OLD_DRAFT = 3600  # seconds
_NAMES_LIMIT = 10000  # of a directory that are compared with a draft's
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

        folder = os.open(os.path.dirname(real), _DIRECTORY)
        try:
            _write(folder, real, text, prepare)
        finally:
            os.close(folder)
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

    The directory has to exist, and no link of another user leads to it. Drafts of runs that were killed are removed. Raises
    OSError.
    """
    directory, name = os.path.split(os.path.abspath(path))
    try:
        folder = _open_directory(directory)
    except OSError as exc:
        raise OSError(exc.errno, exc.strerror, path) from exc
    try:
        _remove_old_drafts(folder, _draft_prefix(name))
        _write(folder, path, text, lambda descriptor: os.fchmod(descriptor, mode))
    finally:
        os.close(folder)


def _open_directory(path: str) -> int:
    """Open a directory name by name, so that nobody leads this process elsewhere meanwhile."""
    pending = path.split("/")[::-1]
    folder = os.open("/", _DIRECTORY)
    links = 0
    try:
        while pending:
            name = pending.pop()
            if name in ("", "."):
                continue
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                links += 1
                if links > _LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                if status.st_uid not in (0, os.geteuid()):
                    message = (
                        "%s is a symbolic link that belongs to another user" % name
                    )
                    raise OSError(errno.EPERM, message)
                target = os.readlink(name, dir_fd=folder)
                pending += target.split("/")[::-1]
                name = "/" if target.startswith("/") else "."
            below = os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = below
    except BaseException:
        os.close(folder)
        raise
    return folder


def _draft_prefix(name: str) -> str:
    # A name that programs that read `*.prom` or `*.json` in the directory do not take for a file of theirs.
    return ".%s." % os.fsdecode(os.fsencode(name)[:_NAME_LENGTH])


def _remove_old_drafts(folder: int, prefix: str) -> None:
    """Remove the drafts that runs of this user left an hour ago or earlier, when they were killed.

    Another user may have filled the directory: no more than the first names are looked at.
    """
    with os.scandir(folder) as entries:
        names = [entry.name for entry in islice(entries, _NAMES_LIMIT)]
    for name in names:
        if not name.startswith(prefix):
            continue
        with suppress(OSError):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            is_own = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
            if is_own and status.st_mtime < time.time() - _OLD_DRAFT:
                os.unlink(name, dir_fd=folder)


def _write(folder: int, path: str, text: str, prepare: Callable[[int], None]) -> None:
    """Write a draft in a directory, prepare it, and rename it. An OSError names the file: nobody knows the draft."""
    name = os.path.basename(path)
    draft = _draft_prefix(name) + os.urandom(6).hex()
    try:
        descriptor = os.open(draft, _NEW, 0o600, dir_fd=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
                prepare(file.fileno())
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(draft, dir_fd=folder)
            raise
    except OSError as exc:
        raise OSError(exc.errno, exc.strerror, path) from exc
