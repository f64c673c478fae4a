# SPDX-License-Identifier: GPL-3.0-or-later
"""Could anybody but root, or the caller, have altered a file that would be run or imported?"""

from __future__ import annotations

import os
import stat
from typing import Iterable, Iterator

from ..._host.host import MIB, Host
from ..model import Trust
from .access_list import parse_access_list

_FILES_LIMIT = 200_000  # environments of data scientists have 100,000
_REASONS_LIMIT = 10
_PTH_LIMIT = 100  # files, and lines of one, that are followed


class TrustReader:
    """Judges for one scan; each path is examined once, and is as good as the directories above it.

    What counts is who may write: the owner, the mode bits of group and others, and the entries of a POSIX access list
    as far as its mask allows. A group of root and the caller alone is harmless, such as Debian's staff in /usr/local;
    one that /etc/group does not have (LDAP, SSSD) has members that are not known here. A sticky directory above is
    harmless.
    Access lists of macOS and of NFSv4 are not seen.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._known: dict[tuple[str, bool], tuple[Trust, ...]] = {("", False): ()}
        self._members: dict[int, set[int]] | None = None

    def judge(self, paths: Iterable[str]) -> Trust:
        """Judge canonical paths and all directories above them; what can't be examined makes the answer unknown."""
        faults = dict.fromkeys(
            fault for path in paths if path for fault in self._faults_up_to(path)
        )
        return _combine(faults)

    def judge_below(self, directory: str) -> Trust:
        """Judge everything below a canonical directory, the directory itself and what leads to it."""
        return self.judge_trees([directory])

    def judge_trees(self, directories: Iterable[str]) -> Trust:
        """Judge everything below canonical directories, what leads to them, and what links in them lead to."""
        faults: dict[Trust, None] = {}
        pending = list(dict.fromkeys(directories))
        seen = set(pending)
        for top in pending:
            faults.update(dict.fromkeys(self._faults_up_to(top)))
        count = 0
        while pending:
            top = pending.pop()
            entries = self._host.list_status(top)
            count += len(entries)
            if count > _FILES_LIMIT or self._host.expired(top):
                reason = "%s contains too much to examine" % top
                return _combine({**faults, Trust(None, (reason,)): None})
            for name, info in entries:
                path = os.path.join(top, name)
                trusted, clause = self._examine(path, info, True)
                if clause:
                    faults[Trust(trusted, (clause,))] = None
                directory = path if stat.S_ISDIR(info.st_mode) else ""
                if stat.S_ISLNK(info.st_mode):
                    directory = self._add_target(path, faults)
                if directory and directory not in seen:
                    seen.add(directory)
                    pending.append(directory)
        return _combine(faults)

    def judge_environment(self, prefix: str) -> Trust:
        """Judge all that the Python of an environment runs at its start, and all that it could import.

        That is the program and where its links lead, pyvenv.cfg, everything below lib and lib64, and everything below
        the directories that ``.pth`` files name. The standard library of the base is not in it: judge_trees() of that.
        """
        host = self._host
        real = host.real(prefix)
        if real is None:
            return Trust(None, (prefix + " could not be examined",))
        files = (
            [real + "/pyvenv.cfg"]
            if host.lstat(real + "/pyvenv.cfg") is not None
            else []
        )
        programs = [
            entry.name
            for entry in host.list(
                real + "/bin", lambda name: name.startswith(("python", "pypy"))
            )
        ]
        for name in programs:
            path = real + "/bin/" + name
            files += [path, host.real(path) or ""]
        trees = [
            real + "/" + name
            for name in ("lib", "lib64")
            if host.lkind(real + "/" + name) == "directory"
        ]
        for directory in self._named_by_pth(real):
            (trees if host.is_dir(directory) else files).append(directory)
        both = (self.judge(files), self.judge_trees(trees))
        return _combine(dict.fromkeys(trust for trust in both if trust.because))

    def _named_by_pth(self, prefix: str) -> Iterator[str]:
        """Yield the canonical path of what the environment's ``.pth`` files add to sys.path (site.addpackage)."""
        host = self._host
        for library in host.list(
            prefix + "/lib", lambda name: name.startswith(("python", "pypy"))
        ):
            site = f"{prefix}/lib/{library.name}/site-packages"
            for entry in host.list(site, lambda name: name.endswith(".pth"))[
                :_PTH_LIMIT
            ]:
                text = host.text(f"{site}/{entry.name}") or ""
                for line in text.splitlines()[:_PTH_LIMIT]:
                    is_path = line.strip() and not line.startswith(
                        ("#", "import ", "import\t")
                    )
                    named = (
                        host.real(os.path.normpath(os.path.join(site, line.rstrip())))
                        if is_path
                        else None
                    )
                    if named is not None:
                        yield named

    def _add_target(self, path: str, faults: dict[Trust, None]) -> str:
        """Judge what a link leads to; return it if it is a directory. A link that leads nowhere does no harm."""
        target = self._host.real(path)
        if target is None:
            return ""
        faults.update(dict.fromkeys(self._faults_up_to(target)))
        return target if self._host.lkind(target) == "directory" else ""

    def _faults_up_to(self, path: str) -> tuple[Trust, ...]:
        """Return what is wrong with a canonical path and the directories above it, the topmost first."""
        above: tuple[Trust, ...] = ()
        for directory in _directories_above(path):
            above = self._remember(directory, False, above)
        return self._remember(path, True, above)

    def _remember(
        self, path: str, last: bool, above: tuple[Trust, ...]
    ) -> tuple[Trust, ...]:
        known = self._known.get((path, last))
        if known is None:
            info = self._host.lstat(path)
            if info is None:
                trusted, clause = None, path + " could not be examined"
            else:
                trusted, clause = self._examine(path, info, last)
            known = (*above, Trust(trusted, (clause,))) if clause else above
            self._known[path, last] = known
        return known

    def _examine(
        self, path: str, info: os.stat_result, last: bool
    ) -> tuple[bool | None, str]:
        """Return an answer and what is wrong; at the end of a path the sticky bit does not help."""
        mode = info.st_mode
        if info.st_uid not in (0, self._host.uid):
            return False, f"{path} belongs to {self._name_of(info.st_uid)}"
        if stat.S_ISLNK(mode) or (
            mode & stat.S_ISVTX and stat.S_ISDIR(mode) and not last
        ):
            return True, ""
        if mode & stat.S_IWOTH:
            return False, path + " can be written by all users"
        if mode & stat.S_IWGRP:  # with an access list, these bits are its mask (acl(5))
            clause = self._writers(path, info.st_gid, self._host.access_list(path))
            if clause:
                return False, clause
        if stat.S_ISDIR(mode):
            clause = self._writers_of_new_files(path, info)
            if clause:
                return False, clause
        return True, ""

    def _writers(self, path: str, gid: int, access_list: bytes) -> str:
        """Return who may write because of the group's bits, or of the access list behind them; '' for nobody else."""
        entries = parse_access_list(access_list, gid)
        if entries is None:
            return (
                ""
                if self._is_harmless(gid)
                else f"{path} can be written by the group {gid}{self._unknown(gid)}"
            )
        for kind, number in entries:
            if kind == "user" and number not in (0, self._host.uid):
                return f"{path} can be written by {self._name_of(number)} (access list)"
            if kind == "group" and not self._is_harmless(number):
                return f"{path} can be written by the group {number} (access list){self._unknown(number)}"
        return ""

    def _writers_of_new_files(self, path: str, info: os.stat_result) -> str:
        """Return who may write what is created in a directory, by its default access list; '' for nobody else."""
        access_list = self._host.access_list(path, default=True)
        if not access_list:
            return ""
        gid = info.st_gid if info.st_mode & stat.S_ISGID else 0
        clause = self._writers(path, gid, access_list)
        return "in new files: " + clause if clause else ""

    def _name_of(self, uid: int) -> str:
        names = [user.name for user in self._host.users() if user.uid == uid]
        return names[0] if names else "uid %d" % uid

    def _unknown(self, gid: int) -> str:
        return (
            ""
            if gid in self._groups()
            else ", which is in no local file: its members are not known"
        )

    def _is_harmless(self, gid: int) -> bool:
        """Return whether only root and the caller are in a group; macOS keeps members in no file."""
        members = self._groups().get(gid)
        return (
            members is not None
            and self._host.system != "darwin"
            and members <= {0, self._host.uid}
        )

    def _groups(self) -> dict[int, set[int]]:
        """Return the members of each local group, by their numbers; -1 stands for one who is no local user."""
        if self._members is None:
            users = self._host.users()
            uids = {user.name: user.uid for user in users}
            members: dict[int, set[int]] = {0: {0}}
            for gid, names in parse_group(self._host.text("/etc/group", 4 * MIB) or ""):
                members.setdefault(gid, {0}).update(
                    uids.get(name, -1) for name in names
                )
            for user in users:
                members.setdefault(user.gid, {0}).add(user.uid)
            self._members = members
        return self._members


def _combine(faults: Iterable[Trust]) -> Trust:
    """Return one judgement: false as soon as one is, else unknown as soon as one is."""
    faults = list(faults)
    answer = None if faults else True
    if any(fault.trusted is False for fault in faults):
        answer = False
    reasons = dict.fromkeys(clause for fault in faults for clause in fault.because)
    return Trust(answer, tuple(reasons)[:_REASONS_LIMIT])


def _directories_above(path: str) -> list[str]:
    """Return each directory above a canonical path, the root first."""
    found = []
    while path != "/":
        path = os.path.dirname(path)
        found.append(path)
    return found[::-1]


def parse_group(text: str) -> tuple[tuple[int, set[str]], ...]:
    """Return (gid, members) of each line of a group(5) file; malformed lines are skipped."""
    found = []
    for line in text.splitlines():
        fields = line.split(":")
        if len(fields) >= 4 and fields[2].isdecimal() and len(fields[2]) <= 10:
            members = {name.strip() for name in fields[3].split(",")}
            found.append((int(fields[2]), members - {""}))
    return tuple(found)
