# SPDX-License-Identifier: GPL-3.0-or-later
"""Match names against shell patterns in bounded time: before Python 3.9, ``fnmatch`` backtracks without end."""

from __future__ import annotations

from functools import lru_cache
from typing import List, Tuple

__all__ = ["matches_wildcard"]

_PATTERN_LIMIT = 4096  # characters, PATH_MAX; a longer one matches nothing
Range = Tuple[str, str]  # first and last character
Token = Tuple[str, Tuple[Range, ...]]  # what it is, and the characters that it lists
_MANY, _ONE_OF, _NONE_OF = "*", "[", "!"


def matches_wildcard(name: str, pattern: str) -> bool:
    """Return whether a pattern of ``*``, ``?``, ``[abc]`` and ``[!a-c]`` matches all of ``name``.

    As ``fnmatch.fnmatchcase``: ``*`` and ``?`` match any character, ``/`` as well. Takes at most len(name) x
    len(pattern) steps: only the last ``*`` is ever taken back, which is enough (the greedy match of a glob).
    """
    tokens = _split_pattern(pattern)
    if tokens is None:
        return False
    at = place = 0
    star, retry = -1, 0
    while at < len(name):
        if place < len(tokens) and tokens[place][0] == _MANY:
            star, retry = place, at
            place += 1
        elif place < len(tokens) and _matches_one(name[at], tokens[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            retry += 1
            at, place = retry, star + 1
        else:
            return False
    return all(kind == _MANY for kind, _ranges in tokens[place:])


def _matches_one(char: str, token: Token) -> bool:
    kind, ranges = token
    inside = any(low <= char <= high for low, high in ranges)
    return inside is (kind == _ONE_OF)


@lru_cache(maxsize=256)
def _split_pattern(pattern: str) -> Tuple[Token, ...] | None:
    if len(pattern) > _PATTERN_LIMIT:
        return None
    tokens: List[Token] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        end = _end_of_set(pattern, at) if char == "[" else -1
        if end > 0:
            negated = pattern[at + 1] == "!"
            ranges = _parse_set(pattern[at + 1 + negated : end])
            tokens.append((_NONE_OF if negated else _ONE_OF, ranges))
            at = end
        elif char == "?":
            tokens.append((_NONE_OF, ()))
        elif char != "*":
            tokens.append((_ONE_OF, ((char, char),)))
        elif not tokens or tokens[-1][0] != _MANY:
            tokens.append((_MANY, ()))
        at += 1
    return tuple(tokens)


def _end_of_set(pattern: str, start: int) -> int:
    """Return where the ``]`` of the set is that begins at ``start``; one that comes first is a member; -1 for none."""
    first = start + 1
    if pattern[first : first + 1] == "!":
        first += 1
    return pattern.find("]", first + 1)


def _parse_set(members: str) -> Tuple[Range, ...]:
    """Return the ranges of a set such as ``a-cx``; one in the wrong order matches nothing."""
    found = []
    at = 0
    while at < len(members):
        is_range = members[at + 1 : at + 2] == "-" and at + 2 < len(members)
        last = at + 2 if is_range else at
        found.append((members[at], members[last]))
        at = last + 1
    return tuple(found)
