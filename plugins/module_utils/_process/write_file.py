# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are replaced in one step."""

from __future__ import annotations

import os
import stat
import tempfile

from .commands import from_os_error

_NEW_FILE_MODE = 0o644


def write_file(path: str, text: str) -> None:
    """Replace a file in one step, through a link that stands in its place; mode and owner of the old file stay."""
    real = os.path.realpath(path)
    try:
        make_directories(os.path.dirname(real))
        old = os.stat(real) if os.path.exists(real) else None
        descriptor, draft = tempfile.mkstemp(
            prefix=".%s." % os.path.basename(real), dir=os.path.dirname(real)
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
                os.fchmod(
                    file.fileno(), stat.S_IMODE(old.st_mode) if old else _NEW_FILE_MODE
                )
                if old:
                    _keep_owner(file.fileno(), old)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, real)
        except BaseException:
            os.unlink(draft)
            raise
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
    directory, name = os.path.split(path)
    # A name that programs that read `*.prom` or `*.json` in the directory do not take for a file of theirs.
    descriptor, draft = tempfile.mkstemp(prefix=".%s." % name, dir=directory)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
