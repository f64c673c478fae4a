# SPDX-License-Identifier: GPL-3.0-or-later
"""Which package owns a path, by the package managers' own databases: the only sound test of who put a file there."""

from __future__ import annotations

import os
import re
from typing import Iterable, Mapping, NamedTuple

from ..._host.host import Host, Missing, Unreadable
from ..data.owners import OWNERS
from ..model import Diversion, Exclusion, Owner, Ownership

# Directories that a merged /usr turns into links, so that databases still name files by them.
_MERGED = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr/sbin", "/usr/lib64", "/usr/lib32")
# One of these is in almost every path asked: a search for it spares the reading of most lists.
_WORDS = (b"python", b"pypy", b"site-packages")
# A directory of metadata is also owned by whose package lists the file that is always in it.
_CORE_FILES = {".dist-info": "/METADATA", ".egg-info": "/PKG-INFO"}
_KEG = re.compile(r"(/.*/Cellar/(?P<name>[^/]+)/(?P<version>[^/]+))(?:/|$)")
_STORE = re.compile(
    r"/nix/store/[0-9a-z]{32}-(?P<name>[^/]+?)(?:-(?P<version>[^A-Za-z/][^/]*))?(?:/|$)"
)  # parseDrvName


class Questions(NamedTuple):
    """What every package manager is asked."""

    canonical: Mapping[str, str]  # path as asked -> its directories resolved
    spellings: Mapping[bytes, str]  # as a database may list it -> canonical
    words: tuple[bytes, ...]  # at least one is in each spelling
    packages: frozenset[str]
    execute: str

    def concern(self, data: bytes) -> bool:
        """Tell whether a list may hold an answer."""
        return any(word in data for word in self.words)

    def among(self, lines: Iterable[bytes]) -> set[bytes]:
        """Give the spellings that a list has."""
        return set(self.spellings).intersection(lines)


class Answers:
    """What one package manager says."""

    def __init__(self, manager: str, questions: Questions) -> None:
        self.manager, self.asked = manager, questions
        self.owners: dict[str, Owner] = {}
        self.installed: dict[str, str] = {}
        self.unknown = ""  # why the absence of an answer proves nothing
        self.unread = 0
        self.diversions: tuple[Diversion, ...] = ()
        self.exclusions: tuple[Exclusion, ...] = ()

    def ships(
        self, spelling: bytes, package: str, version: str, digest: tuple[str, str] = ("", ""), link: str = ""
    ) -> None:
        """Say that a package ships a path, if that was asked."""
        path = self.asked.spellings.get(spelling)
        if path is not None:
            self.owners.setdefault(path, Owner(path, self.manager, package, version, digest, link))

    def has(self, package: str, version: str) -> None:
        """Say that a package is wholly installed, if that was asked."""
        if package in self.asked.packages:
            self.installed[package] = version


def read_ownership(host: Host, paths: Iterable[str], packages: Iterable[str] = (), execute: str = "never") -> Ownership:
    """Ask every package manager for the owners of ``paths`` (files, or directories of metadata), and which of
    ``packages`` are wholly installed. Never raises: what can't be read soundly is in ``unknown``.
    """
    questions = ask(host, paths, packages, execute)
    found = []
    for manager, databases in OWNERS.items():
        answers = Answers(manager, questions)
        if databases and not any(map(host.kind, databases)):
            continue
        try:
            if host.expired(f"package manager {manager}"):
                raise Unreadable("time-limit", "not asked: the time limit had passed")
            _read(host, answers)
        except Missing:
            continue
        except Unreadable as exc:
            answers.unknown = exc.reason
        if answers.unread:
            answers.unknown = f"{answers.unread} records of its database could not be read"
        found.append(answers)
    owners: dict[str, Owner] = {}
    installed: dict[str, str] = {}
    for answers in reversed(found):
        owners.update(answers.owners)
        installed.update(answers.installed)
    return Ownership(
        managers=tuple(each.manager for each in found if not each.unknown),
        owners={path: owners[real]._replace(path=path) for path, real in questions.canonical.items() if real in owners},
        diversions=tuple(diversion for each in found for diversion in each.diversions),
        exclusions=tuple(exclusion for each in found for exclusion in each.exclusions),
        unknown=tuple((each.manager, each.unknown) for each in found if each.unknown),
        installed=installed,
    )


def ask(host: Host, paths: Iterable[str], packages: Iterable[str] = (), execute: str = "never") -> Questions:
    """Spell the questions: directories resolved, and under each name that a merged /usr leaves them."""
    links = [(f"{to}/", f"{name}/") for name in _MERGED for to in [host.real(name)] if to and to != name]
    canonical = {path: host.real_parent(path) or os.path.normpath(path) for path in paths if path.startswith("/")}
    spellings: dict[bytes, str] = {}
    for core_file in (False, True):
        for path in sorted(canonical.values()):
            for spelling in [path] + [name + path[len(to) :] for to, name in links if path.startswith(to)]:
                added = _CORE_FILES.get(os.path.splitext(path)[1], "") if core_file else ""
                spellings.setdefault(os.fsencode(spelling + added), path)
    words = {next((word for word in _WORDS if word in each), each[1:]) for each in spellings}
    return Questions(canonical, spellings, tuple(words), frozenset(packages), execute)


def _read(host: Host, answers: Answers) -> None:
    if answers.manager in ("nix", "homebrew", "conda"):
        _read_by_place(host, answers)
    elif answers.manager == "dpkg":
        from .db_dpkg import read_dpkg

        read_dpkg(host, answers)
    elif answers.manager == "rpm":
        from .db_rpm import read_rpm

        read_rpm(host, answers)
    else:
        from .db_lists import READERS

        READERS[answers.manager](host, answers)


def _read_by_place(host: Host, answers: Answers) -> None:
    """Answer for what is in, or leads into, the store, a keg or a Conda environment.

    What pip puts into the site-packages that kegs share leads into none. A keg has no list of files.
    """
    prefixes: dict[str, dict[bytes, bytes]] = {}
    known = {"/": ""}
    for spelling, path in answers.asked.spellings.items():
        if answers.manager == "conda":
            prefix = _conda_prefix(host, os.path.dirname(os.fsdecode(spelling)), known)
            if prefix:
                prefixes.setdefault(prefix, {})[spelling[len(os.fsencode(prefix)) + 1 :]] = spelling
            continue
        found = (_STORE if answers.manager == "nix" else _KEG).match(host.real(path) or path)
        if found and (answers.manager == "nix" or host.is_file(found.group(1) + "/INSTALL_RECEIPT.json")):
            answers.ships(spelling, found.group("name"), found.group("version") or "")
    if prefixes:
        from .db_lists import read_conda

        read_conda(host, answers, prefixes)
    elif not answers.owners:
        raise Missing(answers.manager)


def _conda_prefix(host: Host, directory: str, known: dict[str, str]) -> str:
    if directory not in known:
        here = host.is_file(directory + "/conda-meta/history")
        known[directory] = directory if here else _conda_prefix(host, os.path.dirname(directory), known)
    return known[directory]
