# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose homes are looked into, and which mounted file systems are kept away from."""

from __future__ import annotations

import os
import stat
from typing import Iterator

from ..._host.host import Host, Mount, User
from ..model import Request

#: Another machine or a program of a user answers for these: a look may hang, or be watched and lied to.
REMOTE_TYPES = frozenset(
    "9p acfs afs autofs beegfs ceph cifs coda davfs drvfs fuse fuseblk glusterfs gpfs lustre ncpfs nfs nfs4 orangefs "
    "panfs prl_fs pvfs2 smb3 smbfs vboxsf vmhgfs".split()
)
_LINKS_LIMIT = 40  # as Linux has
_STEPS_LIMIT = 1000  # names on the way, those of links included
#: "Homes" that nobody lives in.
NO_HOMES = frozenset(
    "/ /bin /dev /etc /nonexistent /proc /run /sbin /tmp /usr /usr/bin /usr/games /usr/sbin /var /var/cache/man "
    "/var/empty /var/mail /var/run /var/spool/mail".split()
)


def is_remote(mount: Mount) -> bool:
    """Return whether a mount is not entered; the root file system never is."""
    return mount.path != "/" and (
        mount.fstype in REMOTE_TYPES or mount.fstype.startswith("fuse.")
    )


class Borders:
    """Where the local file systems end; asked before anything beyond is touched, be it by lstat()."""

    def __init__(self, host: Host) -> None:
        self._host = host
        # A later line of mountinfo lies over an earlier one of the same path: an automount, and what it mounted.
        tops = {mount.path: mount for mount in host.mounts()}
        self.points = {path: mount for path, mount in tops.items() if is_remote(mount)}

    def beyond(self, path: str) -> Mount | None:
        """Return the remote mount that ``path`` leads into, links and all, or None; nothing on it is touched."""
        if not self.points:
            return None
        walked, links, steps = "/", 0, 0
        pending = path.split("/")[::-1]
        while pending and steps < _STEPS_LIMIT:
            steps += 1
            walked = os.path.normpath(os.path.join(walked, pending.pop()))
            if walked in self.points:
                return self.points[walked]
            target = self._host.readlink(walked) if links < _LINKS_LIMIT else None
            if target:
                links += 1
                pending += target.split("/")[::-1]
                walked = "/" if target.startswith("/") else os.path.dirname(walked)
        return None

    def away(self, path: str) -> bool:
        """Return whether ``path`` leads into a remote mount, which is noted."""
        mount = self.beyond(path)
        if mount is not None:
            self._host.note(
                mount.path, "remote-mount", "left out: a %s file system" % mount.fstype
            )
        return mount is not None


def covers_everyone(host: Host, request: Request) -> bool:
    """Return whether the homes of every local user are read: where none are named, by root, or in a tree."""
    return request.users is None and (host.uid == 0 or not host.live)


def choose_users(host: Host, request: Request) -> tuple[User, ...]:
    """Return the users with homes to read: those named, wherever they live; else the caller; for root, all."""
    if covers_everyone(host, request):
        return tuple(_everyone(host))
    users = host.users()
    if request.users is None:
        caller = host.caller() or _unlisted_caller(host)
        return () if caller is None or caller.home in NO_HOMES else (caller,)
    for name in request.users:
        if all(user.name != name for user in users):
            host.note(name, "no-such-user", "no local user has this name")
    return tuple(
        user for user in users if user.name in request.users and _has_home(host, user)
    )


def _has_home(host: Host, user: User) -> bool:
    if user.home not in NO_HOMES and host.is_dir(user.home):
        return True
    host.note(
        user.home, "no-home", "the home directory of user %s does not exist" % user.name
    )
    return False


def _everyone(host: Host) -> Iterator[User]:
    borders = Borders(host)
    homes: dict[str, list[User]] = {}
    for user in host.users():
        if user.home not in NO_HOMES and not user.home.startswith(
            ("/proc/", "/dev/", "/sys/")
        ):
            homes.setdefault(user.home, []).append(user)
    for home, users in homes.items():
        if host.expired("/home"):
            return
        mount = borders.beyond(home)
        if mount is not None:
            host.note(
                home,
                "remote-home",
                "left out: on %s, mounted at %s" % (mount.fstype, mount.path),
            )
            continue
        info = host.stat(home)
        if info is not None and stat.S_ISDIR(info.st_mode):
            # Fedora's operator shares root's home: it is the home of the one who owns it.
            yield next((user for user in users if user.uid == info.st_uid), users[0])


def _unlisted_caller(host: Host) -> User | None:
    """Return a caller whom passwd(5) doesn't know (LDAP, a container's arbitrary uid) by HOME, where that is theirs."""
    home = host.env.get("HOME", "").rstrip("/")
    info = host.stat(home) if home.startswith("/") else None
    if info is None or info.st_uid != host.uid:
        return None
    return User(
        host.env.get("USER") or str(host.uid),
        host.uid,
        info.st_gid,
        home,
        host.env.get("SHELL", ""),
    )
