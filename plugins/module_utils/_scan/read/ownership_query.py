# SPDX-License-Identifier: GPL-3.0-or-later
"""What every package manager is asked about owners of paths, and what one of them answers."""

from __future__ import annotations

import os
from itertools import islice
from typing import Iterable, Mapping

from ..._host.host import Host
from ..._host.record import NamedTuple
from ..model import Diversion, Exclusion, Owner
from .chunks import split_in_chunks

# Directories that a merged /usr turns into links, so that databases still name files by them.
_MERGED = (
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/usr/sbin",
    "/usr/lib64",
    "/usr/lib32",
)
# One of these is in almost every path queried: a search for it spares the reading of most lists.
_WORDS = (b"python", b"pypy", b"site-packages")
_WORDS_LIMIT = 20  # each costs a search of every list; beyond, all lists are read
_EXCLUSIONS_LIMIT = 500  # minimal images have some ten
_PATTERN_LIMIT = 512  # characters
# A directory of metadata is also owned by the package that lists the file that is always in it.
_CORE_FILES = {".dist-info": "/METADATA", ".egg-info": "/PKG-INFO"}


class OwnershipQuery(NamedTuple):
    """The paths and packages that every package manager is asked about."""

    canonical: Mapping[
        str, str
    ]  # queried path -> the same with its directories resolved
    spellings: Mapping[
        bytes, str
    ]  # a path as a database may list it -> the canonical path
    words: tuple[
        bytes, ...
    ]  # at least one is in each spelling; empty where there would be too many
    packages: frozenset[str]
    execute: str

    def may_match(self, data: bytes) -> bool:
        """Return whether a list of files may name a queried path."""
        return not self.words or any(word in data for word in self.words)

    def matches(self, lines: Iterable[bytes]) -> set[bytes]:
        """Return the spellings that are among these lines."""
        return set(self.spellings).intersection(lines)

    def matches_in(self, data: bytes) -> set[bytes]:
        """Return the spellings that are among the lines of a list."""
        found: set[bytes] = set()
        for lines in split_in_chunks(data, b"\n"):
            found |= self.spellings.keys() & lines
        return found


class OwnershipAnswer:
    """What one package manager answers; a reader of its database fills it."""

    def __init__(self, manager: str, query: OwnershipQuery) -> None:
        self.manager, self.query = manager, query
        self.owners: dict[str, Owner] = {}
        self.installed: dict[str, str] = {}
        self.unknown = ""  # why the absence of an answer proves nothing
        self.unknown_paths: dict[str, str] = {}  # the same for single canonical paths
        self.unread = 0  # records of its database
        self.diversions: tuple[Diversion, ...] = ()
        self.exclusions: tuple[Exclusion, ...] = ()

    def add_owner(
        self,
        spelling: bytes,
        package: str,
        version: str,
        digest: tuple[str, str] = ("", ""),
        link: str = "",
    ) -> None:
        """Record the package that ships a path, if the path was queried; the first answer stays."""
        path = self.query.spellings.get(spelling)
        if path is not None:
            owner = Owner(
                path=path,
                manager=self.manager,
                package=package,
                version=version,
                digest=digest,
                link=link,
            )
            self.owners.setdefault(path, owner)

    def add_unknown(self, spellings: Iterable[bytes], reason: str) -> None:
        """Record why the absence of an answer proves nothing for some of the queried paths."""
        for spelling in spellings:
            self.unknown_paths[self.query.spellings[spelling]] = reason

    def add_installed(self, package: str, version: str) -> None:
        """Record that a package is wholly installed, if the package was queried."""
        if package in self.query.packages:
            self.installed[package] = version

    def set_exclusions(self, host: Host, exclusions: Iterable[Exclusion]) -> None:
        """Record the rules by which files are left out, the first _EXCLUSIONS_LIMIT of them."""
        usable = (rule for rule in exclusions if len(rule.pattern) <= _PATTERN_LIMIT)
        found = list(islice(usable, _EXCLUSIONS_LIMIT + 1))
        if len(found) > _EXCLUSIONS_LIMIT:
            reason = (
                "more than %d rules that leave files out; the rest is not read"
                % _EXCLUSIONS_LIMIT
            )
            host.note(found.pop().source, "too-many", reason)
        self.exclusions = tuple(found)


def make_query(
    host: Host,
    paths: Iterable[str],
    packages: Iterable[str] = (),
    execute: str = "never",
) -> OwnershipQuery:
    """Return the query for absolute ``paths``: directories resolved, and each name that a merged /usr leaves them."""
    canonical = {
        path: host.real_parent(path) or os.path.normpath(path)
        for path in paths
        if path.startswith("/")
    }
    links = _merged_links(host)
    spellings: dict[bytes, str] = {}
    for with_core_file in (False, True):
        for path in sorted(canonical.values()):
            suffix = (
                _CORE_FILES.get(os.path.splitext(path)[1], "") if with_core_file else ""
            )
            for name in _names_of(path, links):
                spellings.setdefault(os.fsencode(name + suffix), path)
    words = {
        next((word for word in _WORDS if word in each), each[1:]) for each in spellings
    }
    return OwnershipQuery(
        canonical=canonical,
        spellings=spellings,
        words=tuple(words) if len(words) <= _WORDS_LIMIT else (),
        packages=frozenset(packages),
        execute=execute,
    )


def _merged_links(host: Host) -> list[tuple[str, str]]:
    """Return (canonical directory, its other name), each with a slash at its end."""
    found = []
    for name in _MERGED:
        target = host.real(name)
        if target and target != name:
            found.append((target + "/", name + "/"))
    return found


def _names_of(path: str, links: list[tuple[str, str]]) -> list[str]:
    return [path] + [
        name + path[len(target) :] for target, name in links if path.startswith(target)
    ]
