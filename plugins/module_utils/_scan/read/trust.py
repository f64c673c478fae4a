# SPDX-License-Identifier: GPL-3.0-or-later
"""Could anybody but root, or the caller, have altered a file that would be run?"""

from __future__ import annotations

import os
import stat
from typing import Iterable

from ..._host.host import MIB, Host
from ..model import Trust

_FILES_LIMIT = 20_000


class TrustReader:
    """Answers for one scan; each path is examined once, and is as good as the directories above it.

    Who may write counts: owner, and by the mode bits group and others. A group of root and the caller alone is
    harmless, such as Debian's staff in /usr/local; so is a sticky directory above. ACLs are not looked at.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._known: dict[tuple[str, bool], tuple[Trust, ...]] = {("", False): ()}
        self._members: dict[int, set[int]] = {}

    def judge(self, paths: Iterable[str]) -> Trust:
        """Judge canonical paths and all directories above; what can't be examined makes it unknown."""
        faults = dict.fromkeys(fault for path in paths if path for fault in self._faults(path, True))
        answer = None if faults else True
        if any(fault.trusted is False for fault in faults):
            answer = False
        return Trust(answer, tuple(clause for fault in faults for clause in fault.because)[:10])

    def judge_below(self, directory: str) -> Trust:
        """Judge everything below a directory, the directory itself and what leads to it."""
        paths, pending = [directory], [directory]
        while pending:
            top = pending.pop()
            for entry in self._host.list(top):
                path = os.path.join(top, entry.name)
                paths.append(path if entry.kind != "link" else self._host.real(path) or "")
                if entry.kind == "directory":
                    pending.append(path)
            if len(paths) > _FILES_LIMIT or self._host.expired(directory):
                return Trust(None, (directory + " holds too much to be examined",))
        return self.judge(paths)

    def _faults(self, path: str, last: bool) -> tuple[Trust, ...]:
        if (path, last) not in self._known:
            above = () if path == "/" else self._faults(os.path.dirname(path), False)
            trusted, clause = self._examine(path, last)
            self._known[path, last] = (*above, Trust(trusted, (clause,))) if clause else above
        return self._known[path, last]

    def _examine(self, path: str, last: bool) -> tuple[bool | None, str]:
        """Give an answer and what is wrong; at the end of a path the sticky bit does not help."""
        info = self._host.lstat(path)
        if info is None:
            return None, path + " could not be examined"
        mode = info.st_mode
        if info.st_uid not in (0, self._host.uid):
            names = [user.name for user in self._host.users() if user.uid == info.st_uid]
            return False, f"{path} belongs to {(names or ['uid %d' % info.st_uid])[0]}"
        if stat.S_ISLNK(mode) or (mode & stat.S_ISVTX and stat.S_ISDIR(mode) and not last):
            return True, ""
        if mode & stat.S_IWOTH:
            return False, path + " can be written by everybody"
        if mode & stat.S_IWGRP and not self._harmless(info.st_gid):
            return False, f"{path} can be written by the group {info.st_gid}"
        return True, ""

    def _harmless(self, gid: int) -> bool:
        """Tell whether only root and the caller are in a group; macOS keeps members in no file."""
        if not self._members:
            users = self._host.users()
            uids = {user.name: user.uid for user in users}
            groups = [(user.gid, {user.name}) for user in users]
            for number, names in (*groups, *parse_group(self._host.text("/etc/group", 4 * MIB) or "")):
                self._members.setdefault(number, {0}).update(uids.get(name, -1) for name in names)
        return self._host.system != "darwin" and self._members.get(gid, {0}) <= {0, self._host.uid}


def parse_group(text: str) -> tuple[tuple[int, set[str]], ...]:
    """Give (gid, members) of each line of a group(5) file; malformed lines are passed over."""
    lines = [line.split(":") for line in text.splitlines()]
    return tuple(
        (int(fields[2]), {name.strip() for name in fields[3].split(",")} - {""})
        for fields in lines
        if len(fields) >= 4 and fields[2].isdecimal() and len(fields[2]) <= 10
    )
