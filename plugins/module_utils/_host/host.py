# SPDX-License-Identifier: GPL-3.0-or-later
"""The one door to the machine: files, an environment, users, mounts, a clock and, where allowed, commands.

Nothing else touches the machine, so that a live host, an unpacked image and a test's tree are one code path.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import Callable, Iterator, Mapping, NamedTuple, Sequence, Tuple

from .tree import MIB, TEXT_LIMIT, Entry, Limits, Missing, Note, Tree, Unreadable, describe_error

__all__ = ["MIB", "TEXT_LIMIT", "Entry", "Host", "Limits", "Missing", "Mount", "Note", "Unreadable", "User"]

NO_LIMITS = Limits()
Runner = Callable[[Sequence[str], float], Tuple[int, bytes, bytes]]


class User(NamedTuple):
    """One local account."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str


class Mount(NamedTuple):
    """One mounted file system."""

    path: str
    fstype: str


class Host(Tree):
    """The machine, or a tree that stands for one.

    :param root: the directory taken for ``/``; with another than ``/`` nothing is run, and there is no environment.
    :param uid: who is asking; links of other users are then followed with care.
    :param now: seconds since the epoch, for a repeatable answer.
    :param run: runs a command (argument list, seconds) and answers status, output and error output.
    """

    def __init__(
        self,
        root: str = "/",
        env: Mapping[str, str] | None = None,
        uid: int | None = None,
        now: float | None = None,
        run: Runner | None = None,
        limits: Limits = NO_LIMITS,
    ) -> None:
        super().__init__(root, os.geteuid() if uid is None else uid, limits)
        self.live = self.root == "/"
        self.env = dict(env if env is not None else os.environ if self.live else {})
        self.now = time.time() if now is None else now
        self._run = run if self.live else None
        self._users: tuple[User, ...] | None = None
        mac = sys.platform == "darwin" if self.live else self.is_dir("/System/Library")
        self.system = "darwin" if mac else "linux"

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def users(self) -> tuple[User, ...]:
        """Give the local accounts: /etc/passwd, and on macOS the homes below /Users with their owners."""
        if self._users is None:
            found = {user.name: user for user in _parse_passwd(self.text("/etc/passwd", 4 * MIB) or "")}
            for entry in self.list("/Users") if self.system == "darwin" else ():
                home = "/Users/" + entry.name
                info = self.lstat(home)
                if entry.kind == "directory" and info is not None and info.st_uid >= 500:
                    found.setdefault(entry.name, User(entry.name, info.st_uid, info.st_gid, home, ""))
            self._users = tuple(found.values())
        return self._users

    def caller(self) -> User | None:
        """Give the account that is asking, where it is a local one."""
        return next((user for user in self.users() if user.uid == self.uid), None)

    def mounts(self) -> tuple[Mount, ...]:
        """Give the mounts of a live Linux host (proc(5) mountinfo), longest path first; none elsewhere."""
        found = []
        for line in (self.text("/proc/self/mountinfo", 4 * MIB) or "").splitlines() if self.live else ():
            left, _separator, right = line.partition(" - ")
            fields = left.split(" ")
            if len(fields) > 4 and right:
                path = fields[4]
                for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
                    path = path.replace(code, char)
                found.append(Mount(path, right.split(" ", 1)[0]))
        return tuple(sorted(found, key=lambda mount: -len(mount.path)))

    @contextmanager
    def private_copy(self, paths: Sequence[str], limit: int) -> Iterator[str]:
        """Copy regular files into a directory of our own, give its path, and remove it afterwards.

        For a library that opens files itself and may write beside them, as SQLite does. Raises Missing or Unreadable.
        """
        import shutil
        import tempfile

        with tempfile.TemporaryDirectory(prefix="pyfleet-") as directory:
            for path in paths:
                with self.open(path) as source:
                    size = os.fstat(source.fileno()).st_size
                    if size > limit:
                        raise Unreadable("too-large", "%d bytes, more than the %d that are copied" % (size, limit))
                    try:
                        with open(os.path.join(directory, os.path.basename(path)), "xb") as target:
                            shutil.copyfileobj(source, target, MIB)
                    except OSError as exc:
                        raise Unreadable(*describe_error(exc)) from exc
            yield directory

    def can_run(self) -> bool:
        """Tell whether commands may be run at all."""
        return self._run is not None

    def run(self, argv: Sequence[str], seconds: float = 30.0) -> tuple[int, bytes, bytes]:
        """Run a trusted command with a time limit; raises Unreadable where that is not allowed or it can't start."""
        if self._run is None:
            raise Unreadable("not-run", "commands are not run here")
        try:
            return self._run(argv, seconds)
        except OSError as exc:
            raise Unreadable(*describe_error(exc)) from exc


def _parse_passwd(text: str) -> Iterator[User]:
    """Give the accounts of a passwd(5) file; malformed lines are passed over."""
    for line in text.splitlines():
        fields = line.split(":")
        numbers = all(field.isdecimal() and len(field) < 12 for field in fields[2:4])
        if len(fields) >= 7 and numbers and fields[5].startswith("/"):
            yield User(fields[0], int(fields[2]), int(fields[3]), fields[5].rstrip("/") or "/", fields[6])
