# SPDX-License-Identifier: GPL-3.0-or-later
"""Releases beside an environment: create, switch by one rename, adopt by one exchange, pin and remove them.

These functions have the rights of the calling process. Nobody but the caller and root can write the directory above the
environment; `parent_directory.find_writer` checks that.
"""

from __future__ import annotations

import calendar
import ctypes
import errno
import os
import shutil
import sys
import time
from contextlib import suppress
from random import Random, SystemRandom
from typing import List

from .._install.program_source import program_source
from .._process.commands import OperationError
from . import release_pin
from .state import RECORD, RELEASE, TEMPORARY_NAMES, draft_link, releases_directory

#: A Python that is started through the link finds its release at startup. Lines of a .pth run in
#: site.addpackage(), whose `known_paths` keeps the site-packages from being added a second time under its real name.
PIN = "_pyfleet_pin"
_PIN_LINE = "import %s; %s.pin(locals().get('known_paths'))\n" % (PIN, PIN)


#: Read now: a child that gave up root cannot read the archive that Ansible runs modules from.
_PIN_SOURCE = program_source(release_pin)
_TIME_FORMAT = "%Y%m%dT%H%M%S"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # renameat2(2)
_RENAME_SWAP = 2  # renamex_np(2)
_libc = ctypes.CDLL(None, use_errno=True)


def new_release_id(path: str, now: float, random: Random) -> str:
    """Return an id for a new release of the environment at ``path``; ids sort in the order of their creation.

    The time in it is at least a second later than that of every release there, even if the clock was set back.
    """
    times = [_time_of(release) for release in list_releases(path)]
    stamp = max([now, *(each + 1 for each in times)])
    return _format_id(stamp, random)


def earlier_release_id(release: str, random: Random) -> str:
    """Return an id that sorts before ``release``."""
    return _format_id(_time_of(release) - 1, random)


def _format_id(stamp: float, random: Random) -> str:
    return "%s-%06x" % (
        time.strftime(_TIME_FORMAT, time.gmtime(stamp)),
        random.getrandbits(24),
    )


def _time_of(release: str) -> float:
    """Return the seconds since the epoch that an id begins with; 0 where they are no time before the year 9999."""
    try:
        parsed = time.strptime(release.partition("-")[0], _TIME_FORMAT)
    except ValueError:
        return 0.0
    return float(calendar.timegm(parsed)) if parsed.tm_year < 9999 else 0.0


def list_releases(path: str) -> List[str]:
    """Return the ids of the releases of the environment at ``path``, the oldest first, unfinished ones among them."""
    try:
        names = os.listdir(releases_directory(path))
    except FileNotFoundError:
        return []
    return sorted(name for name in names if RELEASE.fullmatch(name))


def current(path: str) -> str:
    """Return the id of the current release, or ''."""
    try:
        head, _slash, release = os.readlink(path).rpartition("/")
    except OSError:
        return ""
    return release if head == os.path.basename(releases_directory(path)) else ""


def switch(path: str, release: str) -> None:
    """Make a release the current one by one rename of a link.

    Raises OperationError where the path holds anything but a link to a release."""
    if os.path.lexists(path) and not current(path):
        raise OperationError(
            "not-switched",
            "%s exists and is not a link to a release" % path,
            "Move it and run again.",
        )
    draft = _draft_link(path, release)
    try:
        os.rename(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _draft_link(path: str, release: str) -> str:
    """Create the new link under a draft name, by which the next run finds it after a crash."""
    draft = draft_link(path)
    with suppress(FileNotFoundError):
        os.unlink(draft)
    os.symlink(os.path.join(os.path.basename(releases_directory(path)), release), draft)
    return draft


def adopt(path: str, release: str, old: str) -> None:
    """Exchange a plain directory with a link to a release in one step; the directory becomes the release ``old``."""
    draft = _draft_link(path, release)
    try:
        _exchange(draft, path)
    except OSError as exc:
        os.unlink(draft)
        message = "%s cannot be exchanged with a link here: %s" % (path, exc.strerror)
        raise OperationError(
            "no-exchange", message, "Set strategy=in_place, or move it and run again."
        ) from exc
    os.rename(draft, os.path.join(releases_directory(path), old))


def _exchange(one: str, other: str) -> None:
    left, right = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            status = _libc.renamex_np(left, right, _RENAME_SWAP)
        else:
            status = _libc.renameat2(
                _AT_FDCWD, left, _AT_FDCWD, right, _RENAME_EXCHANGE
            )
    except AttributeError:  # a C library without it
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), other) from None
    if status:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), other)


def write_pin(site_packages: str) -> None:
    """Write the files that keep each Python of this environment in the release it was started in."""
    if not _PIN_SOURCE:
        raise OperationError(
            "no-source",
            "the program that pins a Python to its release is not in this installation",
        )
    for name, text in ((PIN + ".py", _PIN_SOURCE), (PIN + ".pth", _PIN_LINE)):
        path = os.path.join(site_packages, name)
        if _content(path) == text.encode("ascii"):
            continue  # its bytecode stays valid
        draft = path + ".new"
        try:
            with open(draft, "w", encoding="ascii") as file:
                file.write(text)
            os.rename(draft, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(draft)
            raise


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def clean_leftovers(path: str) -> None:
    """Remove what a killed run left: a draft link, and unfinished releases.

    The directory that an adoption had exchanged becomes a release.
    """
    directory, draft = releases_directory(path), draft_link(path)
    if os.path.islink(draft):
        os.unlink(draft)
    elif os.path.isdir(draft):  # killed after the exchange of an adoption
        os.rename(
            draft,
            os.path.join(directory, new_release_id(path, time.time(), SystemRandom())),
        )
    for release in list_releases(path):
        finished = os.path.lexists(os.path.join(directory, release, RECORD))
        if not finished and release != current(path):
            remove_release(path, release)


def remove_release(path: str, release: str) -> None:
    """Remove a release unless it is the current one; what cannot be removed now is left to the next run.

    Its record is removed first, so that a partly removed release is never taken for a finished one.
    """
    if RELEASE.fullmatch(release) and release != current(path):
        directory = os.path.join(releases_directory(path), release)
        with suppress(OSError):
            os.unlink(os.path.join(directory, RECORD))
        shutil.rmtree(directory, ignore_errors=True)
        with suppress(OSError):
            os.rmdir(releases_directory(path))


def remove_failed(path: str) -> None:
    """Remove what a failed first attempt in place left."""
    shutil.rmtree(path, ignore_errors=True)


def prune(path: str, keep: int) -> None:
    """Keep the current release and the newest ``keep`` others; remove the rest."""
    others = [release for release in list_releases(path) if release != current(path)]
    for release in others[: len(others) - keep] if keep < len(others) else ():
        remove_release(path, release)


def remove_environment(path: str) -> None:
    """Remove an environment: the link, every release, or the plain directory that it is.

    Raises OperationError where the path holds anything else."""
    if os.path.lexists(path) and not current(path) and not _is_environment(path):
        raise OperationError(
            "not-an-environment",
            "%s is not an environment" % path,
            "Remove it by hand if it is not needed.",
        )
    for each in (path, draft_link(path), releases_directory(path)):
        if os.path.islink(each):
            os.unlink(each)
        elif os.path.isdir(each):
            shutil.rmtree(each)


def _is_environment(path: str) -> bool:
    """Return whether a directory is an environment, or empty."""
    if os.path.islink(path) or not os.path.isdir(path):
        return False
    names = os.listdir(path)
    is_interrupted = not TEMPORARY_NAMES.isdisjoint(names)
    return (
        not names
        or is_interrupted
        or "pyvenv.cfg" in names
        or os.path.lexists(os.path.join(path, "bin", "python"))
    )
