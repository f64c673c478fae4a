# SPDX-License-Identifier: GPL-3.0-or-later
"""Version specifiers of PEP 440: does a version match one?

Pre-releases match like any other version, as with ``SpecifierSet.contains(version, prereleases=True)`` of packaging
since 26.1, which takes a final release or its local version to be after that release's alpha (``3+1`` matches
``>3a1``); earlier ones did not.
"""

from __future__ import annotations

import re
from typing import Sequence

from .._host.record import NamedTuple
from . import pep440

_CLAUSE = re.compile(r"\s*(===|~=|==|!=|<=|>=|<|>)\s*([^\s,]+)\s*")
_WITH_LOCAL = ("==", "!=", "===")  # operators whose version may have a local part
_RELEASE = re.compile(
    r"\s*v?(?:(\d{1,200})!)?(\d{1,200}(?:\.\d{1,200})*)", re.IGNORECASE | re.ASCII
)
#: What pep440.parse gives for the parts of a version that is its release and nothing else.
_FINAL = pep440.parse("1") or ()


class Clause(NamedTuple):
    """One comparison: an operator, and a version, which may end in ``.*``."""

    operator: str
    number: str


def parse_specifier(text: str) -> tuple[Clause, ...] | None:
    """Return the clauses of a specifier, none for an empty one; None where it is no specifier."""
    if not text.strip():
        return ()
    clauses = []
    for part in text.split(","):
        match = _CLAUSE.fullmatch(part)
        if match is None or not _is_valid(*match.groups()):
            return None
        clauses.append(Clause(*match.groups()))
    return tuple(clauses)


def _is_valid(operator: str, number: str) -> bool:
    if operator == "===":
        return True
    if number.endswith(".*"):
        key = pep440.parse(number[:-2])
        return operator in ("==", "!=") and key is not None and key[2:] == _FINAL[2:]
    key = pep440.parse(number)
    if key is None or (_is_local(key) and operator not in _WITH_LOCAL):
        return False
    return operator != "~=" or len(_split_release(number)[1]) > 1


def matches(version: str, clauses: Sequence[tuple[str, str]]) -> bool | None:
    """Return whether a version matches every clause; None where it cannot be compared, being none of PEP 440."""
    answers = [_matches_clause(version, clause) for clause in clauses]
    if False in answers:
        return False
    return None if None in answers else True


def _matches_clause(version: str, clause: tuple[str, str]) -> bool | None:
    operator, number = clause
    if operator == "===":
        return version.strip().lower() == number.lower()
    key = pep440.parse(version)
    if key is None:
        return None
    if number.endswith(".*"):
        return _has_prefix(version, number[:-2]) == (operator == "==")
    requested = pep440.parse(number)
    if requested is None:
        return None
    if operator == "~=":
        series = _split_release(number)[1][:-1]
        is_of_series = _starts_with(version, _split_release(number)[0], series)
        return is_of_series and _without_local(key) >= requested
    if operator == "<":
        return _is_before(key, requested)
    if operator == ">":
        return _is_after(key, requested)
    compared = key if _is_local(requested) else _without_local(key)
    return {
        "==": compared == requested,
        "!=": compared != requested,
        "<=": compared <= requested,
        ">=": compared >= requested,
    }[operator]


def _is_before(key: pep440.SortKey, requested: pep440.SortKey) -> bool:
    """Return whether a version is before another, and not one of its own pre-releases (PEP 440, ``<V``)."""
    is_own_prerelease = (
        _is_prerelease(key)
        and not _is_prerelease(requested)
        and key >= _first_prerelease(requested)
    )
    return key < requested and not is_own_prerelease


def _is_after(key: pep440.SortKey, requested: pep440.SortKey) -> bool:
    """Return whether a version is after another, and neither its local version nor its post-release (``>V``)."""
    is_own_local = _is_local(key) and _without_local(key) == requested
    is_own_post = (
        _is_postrelease(key)
        and not _is_postrelease(requested)
        and _without_post(key) == requested
    )
    return key > requested and not is_own_local and not is_own_post


def _has_prefix(version: str, prefix: str) -> bool:
    return _starts_with(version, *_split_release(prefix))


def _starts_with(version: str, epoch: int, series: tuple[int, ...]) -> bool:
    """Return whether the release of a version begins with these numbers; missing ones count as 0."""
    own_epoch, numbers = _split_release(version)
    padded = numbers + (0,) * (len(series) - len(numbers))
    return own_epoch == epoch and padded[: len(series)] == series


def _split_release(version: str) -> tuple[int, tuple[int, ...]]:
    """Return the epoch and the numbers of a version's release: (0, (1, 0)) of 1.0rc1."""
    match = _RELEASE.match(version)
    if match is None:
        return 0, ()
    return int(match.group(1) or 0), tuple(
        int(part) for part in match.group(2).split(".")
    )


def _without_local(key: pep440.SortKey) -> pep440.SortKey:
    return (*key[:5], ())


def _without_post(key: pep440.SortKey) -> pep440.SortKey:
    return (*key[:3], *_FINAL[3:])


def _first_prerelease(key: pep440.SortKey) -> pep440.SortKey:
    """Return the key of the earliest pre-release of a version that is none: 3.dev0 of 3, 3.post1.dev0 of 3.post1."""
    first = pep440.parse("1.post1.dev0" if _is_postrelease(key) else "1.dev0") or ()
    return (*key[:2], first[2], key[3], *first[4:])


def _is_local(key: pep440.SortKey) -> bool:
    return bool(key[5])


def _is_prerelease(key: pep440.SortKey) -> bool:
    return bool(key[2] != _FINAL[2] or key[4] != _FINAL[4])


def _is_postrelease(key: pep440.SortKey) -> bool:
    return bool(key[3] != _FINAL[3])
