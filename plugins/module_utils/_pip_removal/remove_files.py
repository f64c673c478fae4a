# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove files and empty directories by their names alone: no symbolic link on the way is followed."""

from __future__ import annotations

import errno
import os
import stat

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_EMPTY = (errno.ENOTEMPTY, errno.EEXIST)


def remove_file(path: str) -> bool:
    """Remove a regular file, or a link itself; return False where it is already gone.

    :raises OSError: for a directory, and where a directory above is a symbolic link (ENOTDIR or ELOOP).
    """
    directory, name = os.path.split(path)
    descriptor = open_directory(directory)
    try:
        mode = os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        os.unlink(name, dir_fd=descriptor)
    except FileNotFoundError:
        return False
    finally:
        os.close(descriptor)
    return True


def remove_empty_directory(path: str) -> bool:
    """Remove a directory that is empty; return False where it is not, or is gone, or is a link."""
    directory, name = os.path.split(path)
    try:
        descriptor = open_directory(directory)
    except FileNotFoundError:
        return False
    try:
        os.rmdir(name, dir_fd=descriptor)
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        return False
    except OSError as exc:
        if exc.errno in _NOT_EMPTY:
            return False
        raise
    finally:
        os.close(descriptor)
    return True


def open_directory(path: str) -> int:
    """Return a descriptor of a directory, opened name by name from the root; raise OSError where one is a link."""
    descriptor = os.open("/", _DIRECTORY)
    for name in path.strip("/").split("/"):
        if not name:
            continue
        try:
            below = os.open(name, _DIRECTORY, dir_fd=descriptor)
        except OSError as exc:
            raise type(exc)(exc.errno, exc.strerror, path) from None
        finally:
            os.close(descriptor)
        descriptor = below
    return descriptor
