# SPDX-License-Identifier: GPL-3.0-or-later
"""Releases beside an environment: named, switched by one rename, adopted by one exchange, pinned, and cleared away.

Acts with the rights of the process that calls it. The directory above an environment is one that nobody but who calls
(and root) can write; `place` tells who that is.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import time
from contextlib import suppress
from random import Random
from typing import List, Optional, Sequence

from .._host.host import Host
from .._process.commands import OperationError
from .._scan.read.trust import TrustReader
from .state import RECORD, RELEASE, draft_link, releases_directory

#: Python started through the link finds out at its start of which release it is. Lines of a .pth run in
#: site.addpackage(), whose `known_paths` keeps the site-packages from being added a second time under its real name.
PIN = "_pyfleet_pin"
_PIN_LINE = "import %s; %s.pin(locals().get('known_paths'))\n" % (PIN, PIN)
_PIN_CODE = """\
# Written by the Ansible collection pyfleet.python. This environment is reached through a link that a new release is
# switched in by. A Python that was started through it stays in the release that served when it started.
import os
import sys


prefix = sys.prefix


def pin(known_paths=None):  # called once for each site-packages
    try:
        real = os.path.realpath(prefix) if sys.prefix == prefix else sys.prefix
    except OSError:
        return
    if prefix == real:
        return

    def pinned(word):
        inside = isinstance(word, str) and (word + os.sep).startswith(prefix + os.sep)
        return real + word[len(prefix):] if inside else word

    sys.path[:] = [pinned(entry) for entry in sys.path]
    if isinstance(known_paths, set):
        known_paths.update(sys.path)
    sys.executable = pinned(sys.executable)
    sys.exec_prefix = pinned(sys.exec_prefix)
    sys.prefix = real
"""
_LINKS = 40  # that Linux itself follows in one path
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # renameat2(2)
_RENAME_SWAP = 2  # renamex_np(2)
_libc = ctypes.CDLL(None, use_errno=True)


def new_id(now: float, random: Random) -> str:
    """Give the name of a new release: all are of one length, and sort by age."""
    return "%s-%06x" % (time.strftime("%Y%m%dT%H%M%S", time.gmtime(now)), random.getrandbits(24))


def list_releases(path: str) -> List[str]:
    """Give the ids of the releases of the environment at ``path``, the oldest first, unfinished ones among them."""
    try:
        names = os.listdir(releases_directory(path))
    except FileNotFoundError:
        return []
    return sorted(name for name in names if RELEASE.fullmatch(name))


def current(path: str) -> str:
    """Give the id of the release that serves, or ''."""
    try:
        head, _slash, release = os.readlink(path).rpartition("/")
    except OSError:
        return ""
    return release if head == os.path.basename(releases_directory(path)) else ""


def switch(path: str, release: str) -> None:
    """Let a release serve, by one rename of a link; what is no link of ours is refused."""
    if os.path.lexists(path) and not current(path):
        raise OperationError(
            "not-switched", "%s is there, and is no link to a release" % path, "Move it away and run again."
        )
    draft = _draft_link(path, release)
    try:
        os.rename(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _draft_link(path: str, release: str) -> str:
    """Make the link that shall serve, under a name by which a left-over is found again."""
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
        raise OperationError("no-exchange", message, "Take strategy=in_place, or move it away and run again.") from exc
    os.rename(draft, os.path.join(releases_directory(path), old))


def _exchange(one: str, other: str) -> None:
    left, right = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            status = _libc.renamex_np(left, right, _RENAME_SWAP)
        else:
            status = _libc.renameat2(_AT_FDCWD, left, _AT_FDCWD, right, _RENAME_EXCHANGE)
    except AttributeError:  # a C library without it
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), other) from None
    if status:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), other)


def write_pin(site_packages: str) -> None:
    """Let each Python that starts in this environment stay in its release."""
    for name, text in ((PIN + ".py", _PIN_CODE), (PIN + ".pth", _PIN_LINE)):
        path = os.path.join(site_packages, name)
        if _content(path) == text.encode("ascii"):
            continue  # its bytecode stays good
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(text)
        os.rename(path + ".new", path)


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def clean_leftovers(path: str) -> None:
    """Remove what a run that was ended left: a link that never served, and releases that were not finished."""
    directory, draft = releases_directory(path), draft_link(path)
    if os.path.islink(draft):
        os.unlink(draft)
    elif os.path.isdir(draft):  # ended between the exchange of an adoption and its end
        os.rename(draft, os.path.join(directory, new_id(time.time() - 1, Random())))
    for release in list_releases(path):
        finished = os.path.lexists(os.path.join(directory, release, RECORD))
        if not finished and release != current(path):
            remove_release(path, release)


def remove_release(path: str, release: str) -> None:
    """Remove a release that does not serve; what can't be removed now is left to the next run.

    Its record goes first: a release that is half gone must not pass for a finished one.
    """
    if RELEASE.fullmatch(release) and release != current(path):
        place = os.path.join(releases_directory(path), release)
        with suppress(OSError):
            os.unlink(os.path.join(place, RECORD))
        shutil.rmtree(place, ignore_errors=True)
        with suppress(OSError):
            os.rmdir(releases_directory(path))


def remove_empty(path: str) -> None:
    """Remove what a failed first attempt in place left."""
    shutil.rmtree(path, ignore_errors=True)


def prune(path: str, keep: int) -> None:
    """Keep the release that serves and the newest ``keep`` others."""
    others = [release for release in list_releases(path) if release != current(path)]
    for release in others[: len(others) - keep] if keep < len(others) else ():
        remove_release(path, release)


def remove_environment(path: str) -> None:
    """Remove an environment: the link, every release, or the plain directory that it is; anything else is refused."""
    if os.path.lexists(path) and not current(path) and not _is_environment(path):
        raise OperationError(
            "not-an-environment", "%s is no environment" % path, "Remove it by hand if it is not needed."
        )
    for place in (path, draft_link(path), releases_directory(path)):
        if os.path.islink(place):
            os.unlink(place)
        elif os.path.isdir(place):
            shutil.rmtree(place)


def _is_environment(path: str) -> bool:
    """Tell whether a directory is an environment, or nothing yet."""
    if os.path.islink(path) or not os.path.isdir(path):
        return False
    names = os.listdir(path)
    return not names or "pyvenv.cfg" in names or os.path.lexists(os.path.join(path, "bin", "python"))


def place(path: str, uid: int, host: Host) -> str:
    """Tell who may change names beside ``path``: root, where only root can write every directory above, or its owner.

    Raises Failed where others could change what is done there.
    """
    parent = os.path.dirname(path)
    while parent != "/" and not host.lkind(parent):
        parent = os.path.dirname(parent)
    real = host.real(parent)
    if real is None:
        raise OperationError("no-such-directory", "%s could not be looked at" % parent, "Run as root, or as its owner.")
    ways = [real, *_holders_of_links(host, parent)]
    trust = TrustReader(host).judge(ways)
    kept = releases_directory(os.path.join(real, os.path.basename(path)))
    if trust.trusted and host.lkind(kept) and not _is_kept_safe(host, kept):
        message = "%s is not a directory of who can write the one above it" % kept
        raise OperationError("unsafe-place", message, "Give it to root, or remove it.")
    if trust.trusted:
        return "root" if host.uid == 0 else "owner"
    because = _of_the_owner(ways, uid) if host.uid == 0 and uid != 0 else "; ".join(trust.because)
    if because is None:
        return "owner"
    message = "others can change what lies above %s: %s" % (path, because)
    hint = "Name the owner of that directory as owner, or take a directory that nobody else can write."
    raise OperationError("unsafe-place", message, hint)


def _is_kept_safe(host: Host, directory: str) -> bool:
    return host.lkind(directory) == "directory" and bool(TrustReader(host).judge([directory]).trusted)


def _holders_of_links(host: Host, path: str) -> List[str]:
    """Give the real directories of the links that ``path`` leads through: who can write there can lead it elsewhere."""
    found: List[str] = []
    pending = [path]
    while pending and len(found) < _LINKS:
        whole = ""
        for name in pending.pop().split("/")[1:]:
            above, whole = whole or "/", "%s/%s" % (whole, name)
            target = host.readlink(whole) if host.lkind(whole) == "link" else None
            if target is not None:
                found.append(host.real(above) or above)
                pending.append(os.path.join(found[-1], target))
    return found


def _of_the_owner(paths: Sequence[str], uid: int) -> Optional[str]:
    """Tell who, beside root and one user, can write directories or those above; None where nobody can."""
    with Host(uid=uid) as theirs:
        trust = TrustReader(theirs).judge(paths)
    return None if trust.trusted else "; ".join(trust.because)
