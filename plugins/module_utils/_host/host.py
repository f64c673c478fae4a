# SPDX-License-Identifier: GPL-3.0-or-later
"""The one door to the machine: files, an environment, users, mounts, a clock and, where allowed, commands.

Nothing else touches the machine, so that a live host, an unpacked image and a test's tree are one code path.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import (
    BinaryIO,
    Callable,
    Iterator,
    Mapping,
    Sequence,
    Tuple,
    TypeVar,
)

from .budget import Budget, OverTime
from .limits import MIB, Limits
from .paths import Entry, Missing, Note, Unreadable, describe_error
from .record import NamedTuple
from .tree import TEXT_LIMIT, Tree

__all__ = [
    "MIB",
    "TEXT_LIMIT",
    "Entry",
    "Host",
    "Limits",
    "Missing",
    "Mount",
    "Note",
    "Unreadable",
    "User",
]

NO_LIMITS = Limits()
Runner = Callable[[Sequence[str], float], Tuple[int, bytes, bytes]]
Result = TypeVar("Result")
#: What octal codes of proc(5) mountinfo stand for.
_MOUNT_CODES = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))
_SHORTEST_SHARE = 0.25  # seconds


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
    :param uid: the user who scans; links of other users are then followed with care.
    :param now: seconds since the epoch, for a repeatable result.
    :param run: runs a command (argument list, seconds) and returns status, output and error output.
    """

    def __init__(
        self,
        root: str = "/",
        *,
        env: Mapping[str, str] | None = None,
        uid: int | None = None,
        now: float | None = None,
        run: Runner | None = None,
        limits: Limits = NO_LIMITS,
    ) -> None:
        super().__init__(root, os.geteuid() if uid is None else uid, limits)
        self.live = self.root == "/"
        self.env: dict[str, str] = {}
        if env is not None:
            self.env.update(env)
        elif self.live:
            self.env.update(os.environ)
        self.now = time.time() if now is None else now
        self._run = run if self.live else None
        self._users: tuple[User, ...] | None = None
        self._budget = Budget(limits.share_memory)
        self._overruns = 0
        mac = sys.platform == "darwin" if self.live else self.is_dir("/System/Library")
        self.system = "darwin" if mac else "linux"

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def bounded(
        self, subject: str, work: Callable[[], Result], default: Result
    ) -> Result:
        """Return what ``work`` returns; where it fails, or takes more than its share, ``default`` and a note.

        ``subject`` is the path, or the name, of what ``work`` reads: one file, one environment, one database. Whoever
        wrote it, the rest of the host is still read. Each overrun halves the shares that follow, so that many such
        files cost little more than two.
        """
        if self.expired(subject):
            return default
        try:
            return self._budget.run(self._share(), work)
        except OverTime:
            self._overruns += 1
            if not self.expired(subject):
                self.note(
                    subject,
                    "over-time",
                    "left out: reading it would exceed its share of the time limit",
                )
        except MemoryError:
            self.note(
                subject,
                "over-memory",
                "left out: reading it would exceed its share of the memory limit",
            )
        except Exception as exc:  # whatever a file makes its reader raise, it costs no other file anything
            self.note(
                subject,
                "unexpected",
                ("cannot be read: %s: %s" % (type(exc).__name__, exc))[:300],
            )
        return default

    def _share(self) -> float:
        """Return the seconds that the next part may take: a share, and no more than is left of the time limit."""
        share: float = max(
            self.limits.share_seconds * 0.5**self._overruns, _SHORTEST_SHARE
        )
        if not self.limits.seconds:
            return share
        return min(
            share, max(self.limits.seconds * self._fraction - self.elapsed(), 0.0)
        )

    def users(self) -> tuple[User, ...]:
        """Return the local accounts: of /etc/passwd, and on macOS the homes below /Users with their owners."""
        if self._users is None:
            found = {
                user.name: user
                for user in _parse_passwd(self.text("/etc/passwd", 4 * MIB) or "")
            }
            if self.system == "darwin":
                for user in self._mac_users():
                    found.setdefault(user.name, user)
            self._users = tuple(found.values())
        return self._users

    def _mac_users(self) -> Iterator[User]:
        for entry in self.list("/Users"):
            home = "/Users/" + entry.name
            info = self.lstat(home)
            if entry.kind == "directory" and info is not None and info.st_uid >= 500:
                yield User(
                    name=entry.name,
                    uid=info.st_uid,
                    gid=info.st_gid,
                    home=home,
                    shell="",
                )

    def caller(self) -> User | None:
        """Return the account of the user who scans, where it is a local one."""
        return next((user for user in self.users() if user.uid == self.uid), None)

    def mounts(self) -> tuple[Mount, ...]:
        """Return the mounts of a live Linux host (proc(5) mountinfo), the longest path first; none elsewhere."""
        found = []
        text = self.text("/proc/self/mountinfo", 4 * MIB) if self.live else ""
        for line in (text or "").splitlines():
            left, _separator, right = line.partition(" - ")
            fields = left.split(" ")
            if len(fields) > 4 and right:
                path = fields[4]
                for code, char in _MOUNT_CODES:
                    path = path.replace(code, char)
                found.append(Mount(path, right.split(" ", 1)[0]))
        return tuple(sorted(found, key=lambda mount: -len(mount.path)))

    @contextmanager
    def private_copy(self, paths: Sequence[str], limit: int) -> Iterator[str]:
        """Copy regular files into a directory of our own, yield its path, and remove it afterwards.

        For a library that opens files itself and may write beside them, as SQLite does. Raises Missing or Unreadable.
        """
        import tempfile

        with tempfile.TemporaryDirectory(prefix="pyfleet-") as directory:
            for path in paths:
                with self.open(path) as source:
                    size = os.fstat(source.fileno()).st_size
                    if size > limit:
                        raise Unreadable(
                            "too-large",
                            "%d bytes, more than the %d that are copied"
                            % (size, limit),
                        )
                    _copy(source, os.path.join(directory, os.path.basename(path)))
            yield directory

    def can_run(self) -> bool:
        """Return whether commands may be run at all."""
        return self._run is not None

    def run(
        self, argv: Sequence[str], seconds: float = 30.0
    ) -> tuple[int, bytes, bytes]:
        """Run a trusted command with a time limit; raises Unreadable where that is not allowed or it can't start."""
        run = self._run
        if run is None:
            raise Unreadable("not-run", "commands are not run here")
        try:
            return self._budget.lifted(lambda: run(argv, seconds))
        except OSError as exc:
            raise Unreadable(*describe_error(exc)) from exc


def _parse_passwd(text: str) -> Iterator[User]:
    """Yield the accounts of a passwd(5) file; malformed lines are skipped."""
    for line in text.splitlines():
        fields = line.split(":")
        numbers = all(field.isdecimal() and len(field) < 12 for field in fields[2:4])
        if len(fields) >= 7 and numbers and fields[5].startswith("/"):
            home = fields[5].rstrip("/") or "/"
            yield User(
                name=fields[0],
                uid=int(fields[2]),
                gid=int(fields[3]),
                home=home,
                shell=fields[6],
            )


def _copy(source: BinaryIO, target: str) -> None:
    try:
        with open(target, "xb") as stream:
            piece = source.read(MIB)
            while piece:
                stream.write(piece)
                piece = source.read(MIB)
    except OSError as exc:
        raise Unreadable(*describe_error(exc)) from exc
