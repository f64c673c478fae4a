# SPDX-License-Identifier: GPL-3.0-or-later
"""Which interpreter an environment is to stand on: a path, a minor version or a specifier, over what is installed."""

from __future__ import annotations

import re
from typing import Sequence

from .._host.record import NamedTuple
from . import pep440 as versions
from .specifier import matches, parse_specifier

_PLAIN = re.compile(r"(\d+(?:\.\d+){0,2})(t?)")  # 3.13t: the free-threaded build


class Interpreter(NamedTuple):
    """A Python that an environment may stand on."""

    path: str  # the most stable name of the executable that says its version
    version: str  # x.y.z, or x.y where that is all that is known
    implementation: str
    system: bool  # of the operating system
    trusted: bool | None  # nobody but root or the caller can alter it
    canonical: str = ""  # the executable itself
    venv: bool | None = True  # `python -m venv` can put a pip into an environment
    missing_package: str = ""
    wheels: str = ""  # where ensurepip's wheel of pip lies
    variant: str = ""


def is_path(wanted: str) -> bool:
    """Return whether ``python`` names a file."""
    return wanted.startswith("/")


def is_understood(wanted: str) -> bool:
    """Return whether ``python`` is a path, a version such as 3.12 or 3.13t, or a specifier such as >=3.11,<3.14."""
    if is_path(wanted):
        return True
    if _PLAIN.fullmatch(wanted):
        return "." in wanted or not wanted.endswith("t")
    return bool(wanted.strip()) and parse_specifier(wanted) is not None


def satisfies(version: str, wanted: str) -> bool:
    """Return whether a Python of ``version`` is what ``wanted`` requests (PEP 440 specifiers; 3.12 is any 3.12).

    Of a Python whose full version is not known, x.y is taken for x.y.0.
    """
    if _PLAIN.fullmatch(wanted):
        requested = versions.release(wanted)
        return versions.release(version)[: len(requested)] == requested
    clauses = parse_specifier(wanted)
    return clauses is not None and bool(matches(version, clauses))


def _is_pre(version: str) -> bool:
    return bool(re.search(r"(a|b|rc|dev)\d*", version))


def has_requested_build(variant: str, wanted: str) -> bool:
    """Return whether a Python with the flags ``variant`` is of the build that ``wanted`` requests.

    A version with a t at its end requests the free-threaded build, one without it any other; a specifier either. uv
    also takes the free-threaded build for a version without a t from 3.14 on, where it finds no other.
    """
    plain = _PLAIN.fullmatch(wanted)
    return plain is None or ("t" in variant) == bool(plain.group(2))


def choose(wanted: str, interpreters: Sequence[Interpreter]) -> Interpreter | None:
    """Choose among what is installed: the operating system's own where it fits, else the newest that does.

    A version means CPython in its usual build, and with a t at its end the free-threaded one; another implementation
    is requested by its path.
    """
    plain = _PLAIN.fullmatch(wanted)
    variant = plain.group(2) if plain else ""
    fit = [
        row
        for row in interpreters
        if row.implementation == "cpython" and row.variant == variant and row.trusted
    ]
    fit = [row for row in fit if satisfies(row.version, wanted)]
    stable = [row for row in fit if not _is_pre(row.version)] or fit
    own = [row for row in stable if row.system]
    return max(
        own or stable,
        key=lambda row: (versions.parse(row.version) or (), row.path),
        default=None,
    )
