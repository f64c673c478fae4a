# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of conda's versions, which is not that of PEP 440.

Rules: conda's class VersionOrder (conda/models/version.py). A version is an epoch, components between dots and
underscores, and a local part behind a plus. A component is split into numbers and words.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import List, NamedTuple, Sequence, Tuple

_LENGTH_LIMIT = 256  # characters; the longest versions on conda-forge have some 60
_VALID = re.compile(r"[*.+!_0-9a-z]+")
_PARTS = re.compile(r"[0-9]+|[*]+|[^0-9*]+")

#: A number or a word with its rank: words come before numbers, "dev" before all, "post" after all.
Part = Tuple[int, str, int]
Component = Tuple[Part, ...]
_ZERO: Part = (2, "", 0)
_DEVELOPMENT: Part = (0, "", 0)
_POST: Part = (3, "", 0)


class InvalidVersion(ValueError):
    """A text is no version; the message says why."""


class Version(NamedTuple):
    """A version that can be compared; the first component is the epoch."""

    components: Tuple[Component, ...]
    local: Tuple[Component, ...] = ()


def parse_version(text: str) -> Version:
    """Parse a version; raise InvalidVersion where it is none."""
    version = _normalize(text)
    epoch, separator, rest = version.rpartition("!")
    if separator and not epoch.isdigit():
        raise InvalidVersion("the epoch of %r is not a number" % text[:80])
    public, separator, local = rest.partition("+")
    if not public or "+" in local or (separator and not local):
        raise InvalidVersion("%r is not a version" % text[:80])
    return Version(
        components=(_split(epoch or "0"), *map(_split, _component_names(public))),
        local=tuple(map(_split, local.replace("_", ".").split("."))) if local else (),
    )


def _normalize(text: str) -> str:
    """Return a version in lower case; hyphens count as underscores where it has none of these."""
    version = text.strip().lower()
    if not _VALID.fullmatch(version) and "_" not in version:
        version = version.replace("-", "_")
    if len(version) > _LENGTH_LIMIT or not _VALID.fullmatch(version):
        raise InvalidVersion("%r is not a version" % text[:80])
    return version


def _component_names(public: str) -> List[str]:
    """Split the public part of a version; an underscore at its end belongs to the last: 1.0.1_ is older than 1.0.1a."""
    ending = "_" if public.endswith("_") else ""
    names = (public[:-1] if ending else public).replace("_", ".").split(".")
    names[-1] += ending
    return names


def _split(component: str) -> Component:
    parts = [_rank(part) for part in _PARTS.findall(component)]
    if not parts:
        raise InvalidVersion("a version has an empty component")
    return tuple(parts) if component[0].isdigit() else (_ZERO, *parts)


def _rank(part: str) -> Part:
    if part.isdigit():
        return (2, "", int(part))
    if part == "dev":
        return _DEVELOPMENT
    return _POST if part == "post" else (1, part, 0)


def compare(one: Version, other: Version) -> int:
    """Return -1, 0 or 1 as ``one`` is older than, equal to or newer than ``other``; missing parts count as 0."""
    return _compare(one.components, other.components) or _compare(
        one.local, other.local
    )


def _compare(one: Sequence[Component], other: Sequence[Component]) -> int:
    nothing: Component = ()
    for left, right in zip_longest(one, other, fillvalue=nothing):
        for first, second in zip_longest(left, right, fillvalue=_ZERO):
            if first != second:
                return -1 if first < second else 1
    return 0


def starts_with(version: Version, prefix: Version) -> bool:
    """Return whether a version is of a series: 1.2.3 and 1.2rc1 of 1.2; the last word of the prefix may be cut."""
    if prefix.local:
        if _compare(version.components, prefix.components):
            return False
        return _has_prefix(version.local, prefix.local)
    return _has_prefix(version.components, prefix.components)


def _has_prefix(own: Sequence[Component], prefix: Sequence[Component]) -> bool:
    last = len(prefix) - 1
    if _compare(own[:last], prefix[:last]):
        return False
    parts: List[Part] = list(own[last]) if len(own) > last else []
    expected = prefix[last]
    final = len(expected) - 1
    if _compare([tuple(parts[:final])], [expected[:final]]):
        return False
    part = parts[final] if len(parts) > final else _ZERO
    rank, word, _number = expected[final]
    if rank == 1:
        return part[0] == 1 and part[1].startswith(word)
    return part == expected[final]
