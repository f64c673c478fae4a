# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow what a shell's profile does to PATH, as far as plain assignments tell."""

from __future__ import annotations

import re
from typing import List, Match, Tuple

_SET = re.compile(r"(?:^|[\s&{)])(\w+)=((?:'[^']*'|\"[^\"]*\"|[^\s&|'\"])*)")
_ADD = re.compile(
    r"(append_path|prepend_path|pathmunge)\s+(\S+)(\s+after)?"
)  # of Arch, Alpine and Fedora
_PART = re.compile(r"'([^']*)'|\"|\$(\w+)|\$\{(\w+)\}")
_COMMENT = re.compile(r"(?m)(?:^|[ \t])#.*")
_SEPARATOR = re.compile(r"[;\n]")
_IF = re.compile(r"if\s")
_ELSE = re.compile(r"el(?:se|if)\b")
_FUNCTION = re.compile(r"(?:function\s+)?[\w-]+\s*\(\s*\)")
_END = re.compile(r"(?:fi\b|\})")
_USER_NUMBER = re.compile(r"id -u|\bE?UID\b")
_ZERO = re.compile(r"\b0\b")
_OLD_PATH = re.compile(r"\$\{?PATH\b")
_COMPUTED = re.compile(r"`|\$\(|\$\{\w+[^\w}]")
_VALUE_LIMIT = 16 * 1024  # characters; a PATH has some hundred
_VARIABLES_LIMIT = 200
_BLOCKS_LIMIT = 100  # open at a time


def parse_profile(text: str, path: str, home: str, superuser: bool) -> str:
    """Return PATH after a shell's profile, given the one before.

    Of conditions only "is this the superuser" is followed; below any other, what replaces PATH is not believed.
    """
    profile = _Profile(path, home, superuser)
    for line in _SEPARATOR.split(_COMMENT.sub("", text)):
        profile.follow(line.strip())
    return profile.known["PATH"]


class _Profile:
    """The variables, and the blocks that are open, between two commands."""

    def __init__(self, path: str, home: str, superuser: bool) -> None:
        self.known = {"HOME": home, "PATH": path}
        self._superuser = superuser
        self._blocks: List[
            bool | None
        ] = []  # each open one: taken, not taken, or not known
        self._is_lost = False  # more blocks were open than any real profile has

    def follow(self, line: str) -> None:
        """Process one command."""
        self._follow_blocks(line)
        self._is_lost = self._is_lost or len(self._blocks) > _BLOCKS_LIMIT
        if self._is_lost or False in self._blocks:
            return
        for name, value in self._assigned(line):
            is_sure = (
                name != "PATH" or None not in self._blocks or _OLD_PATH.search(value)
            )
            has_room = name in self.known or len(self.known) < _VARIABLES_LIMIT
            if is_sure and has_room and not _COMPUTED.search(value):
                self.known[name] = self._expand(value)

    def _follow_blocks(self, line: str) -> None:
        blocks = self._blocks
        if self._is_lost:
            return
        if _IF.match(line):
            blocks.append(self._is_taken(line))
        elif _FUNCTION.match(line):
            blocks.append(False)
        elif _END.match(line):
            del blocks[-1:]
        elif _ELSE.match(line) and blocks and blocks[-1] is not None:
            blocks[-1] = not blocks[-1]

    def _is_taken(self, line: str) -> bool | None:
        """Return whether the branch of an ``if`` is taken; None for a condition that is not about the superuser."""
        if not (_USER_NUMBER.search(line) and _ZERO.search(line)):
            return None
        is_negated = "!=" in line or "-ne" in line
        return self._superuser != is_negated

    def _assigned(self, line: str) -> List[Tuple[str, str]]:
        added = _ADD.match(line)
        path = self.known["PATH"]
        if added is None or len(path) >= _VALUE_LIMIT:
            return _SET.findall(line)
        command, entry, is_after = added.groups()
        if f":{_PART.sub(_unquoted, entry)}:" in f":{path}:":
            return _SET.findall(line)
        old = ["$PATH"] if path else []
        is_last = command == "append_path" or is_after
        return [("PATH", ":".join([*old, entry] if is_last else [entry, *old]))]

    def _expand(self, value: str) -> str:
        """Return a value without its quotes, variables replaced, as far as the limit."""
        parts = []
        size = at = 0
        for part in _PART.finditer(value):
            replaced = part[1] or self.known.get(part[2] or part[3] or "", "")
            parts += [value[at : part.start()], replaced]
            size += len(parts[-2]) + len(replaced)
            at = part.end()
            if size >= _VALUE_LIMIT:
                break
        return "".join([*parts, value[at:]])[:_VALUE_LIMIT]


def _unquoted(part: Match[str]) -> str:
    return part[1] or ""
