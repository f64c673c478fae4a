# SPDX-License-Identifier: GPL-3.0-or-later
"""Which package owns a path, by the package managers' own databases: the only sound test of who put a file there."""

from __future__ import annotations

import os
import re
from functools import partial
from typing import Callable, Iterable, Sequence

from ..._host.host import Host, Missing, Unreadable
from ..data.owners import OWNERS
from ..model import Owner, Ownership
from .ownership_query import OwnershipAnswer, OwnershipQuery, make_query

_KEG = re.compile(r"(/.*/Cellar/(?P<name>[^/]+)/(?P<version>[^/]+))(?:/|$)")
#: Paths of stores, and the hyphen before a version: nix's parseDrvName takes the first before what is no letter,
#: guix/build/utils.scm (package-name->name+version) the first before a digit.
_STORES = {
    "nix": (
        re.compile(r"/nix/store/[0-9a-z]{32}-(?P<stem>[^/]+)(?:/|$)"),
        re.compile(r"-(?=[^A-Za-z])"),
    ),
    "guix": (
        re.compile(r"/gnu/store/[0-9a-z]{32}-(?P<stem>[^/]+)(?:/|$)"),
        re.compile(r"-(?=[0-9])"),
    ),
}
Reader = Callable[[Host, OwnershipAnswer], None]


def read_ownership(
    host: Host,
    paths: Iterable[str],
    packages: Iterable[str] = (),
    execute: str = "never",
) -> Ownership:
    """Return the owners of ``paths`` (files, or directories of metadata) and which ``packages`` are wholly installed.

    Never raises: what can't be read soundly is in ``unknown``.
    """
    query = make_query(host, paths, packages, execute)
    answers = []
    for manager, databases in OWNERS.items():
        if not databases or any(map(host.kind, databases)):
            answer = _answer_of(host, manager, query)
            if answer is not None:
                answers.append(answer)
    return _join_answers(query, answers)


def _answer_of(
    host: Host, manager: str, query: OwnershipQuery
) -> OwnershipAnswer | None:
    """Return what one package manager answers; None where it turns out not to be here."""
    answer = OwnershipAnswer(manager, query)
    subject = f"package manager {manager}"
    if host.expired(subject):
        answer.unknown = "not queried: the time limit expired"
        return answer

    def read() -> str:
        try:
            _reader_of(manager)(host, answer)
        except Missing:
            return "absent"
        except Unreadable as exc:
            answer.unknown = exc.reason
        return "read"

    outcome = host.bounded(subject, read, "failed")
    if outcome == "absent":
        return None
    if outcome == "failed":
        answer.unknown = (
            "its database takes too much time or memory to read, or is malformed"
        )
    elif answer.unread:
        answer.unknown = f"{answer.unread} records of its database could not be read"
    return answer


def _join_answers(
    query: OwnershipQuery, answers: Sequence[OwnershipAnswer]
) -> Ownership:
    """Return one answer; of several managers that claim a path, the first in OWNERS is its owner."""
    owners: dict[str, Owner] = {}
    installed: dict[str, str] = {}
    unknown: dict[str, tuple[str, str]] = {}
    for answer in reversed(answers):
        owners.update(answer.owners)
        installed.update(answer.installed)
        unknown.update(
            (path, (answer.manager, reason))
            for path, reason in answer.unknown_paths.items()
        )
    by_path = {
        path: owners[real]._replace(path=path)
        for path, real in query.canonical.items()
        if real in owners
    }
    return Ownership(
        managers=tuple(each.manager for each in answers if not each.unknown),
        owners=by_path,
        diversions=tuple(
            diversion for each in answers for diversion in each.diversions
        ),
        exclusions=tuple(
            exclusion for each in answers for exclusion in each.exclusions
        ),
        unknown=tuple((each.manager, each.unknown) for each in answers if each.unknown),
        unknown_paths={
            path: unknown[real]
            for path, real in query.canonical.items()
            if real in unknown
        },
        installed=installed,
    )


def _reader_of(manager: str) -> Reader:
    """Return the reader of a manager's database; each is imported only where that manager is."""
    if manager == "dpkg":
        from .db_dpkg import read_dpkg as reader
    elif manager == "rpm":
        from .db_rpm import read_rpm as reader
    elif manager == "pacman":
        from .db_pacman import read_pacman as reader
    elif manager == "apk":
        from .db_apk import read_apk as reader
    elif manager == "portage":
        from .db_portage import read_portage as reader
    elif manager == "xbps":
        from .db_xbps import read_xbps as reader
    elif manager == "slackware":
        from .db_slackware import read_slackware as reader
    else:
        by_place = {"nix": _read_store, "guix": _read_store, "homebrew": _read_kegs}
        reader = by_place.get(manager, _read_conda_environments)
    return reader


def _read_store(host: Host, answer: OwnershipAnswer) -> None:
    """Answer the questions for what is in, or leads into, the store of Nix or of Guix."""
    store, hyphen = _STORES[answer.manager]
    for spelling, path in answer.query.spellings.items():
        found = store.match(host.real(path) or path)
        if found:
            name, *version = hyphen.split(found.group("stem"), maxsplit=1)
            answer.add_owner(spelling, name, "".join(version))
    if not answer.owners:
        raise Missing(answer.manager)


def _read_kegs(host: Host, answer: OwnershipAnswer) -> None:
    """Answer the questions for what is in, or leads into, a keg of Homebrew; a keg has no list of its files.

    What pip puts into the site-packages that kegs share leads into none.
    """
    for spelling, path in answer.query.spellings.items():
        found = _KEG.match(host.real(path) or path)
        if found and host.is_file(found.group(1) + "/INSTALL_RECEIPT.json"):
            answer.add_owner(spelling, found.group("name"), found.group("version"))
    if not answer.owners:
        raise Missing(answer.manager)


def _read_conda_environments(host: Host, answer: OwnershipAnswer) -> None:
    """Answer the questions for what is in an environment of Conda, from the records of that environment.

    Each environment is read by itself: whoever wrote its records, the others and the host's own packages stay known.
    """
    prefixes: dict[str, dict[bytes, bytes]] = {}
    known = {"/": ""}
    for spelling in answer.query.spellings:
        prefix = _conda_prefix(host, os.path.dirname(os.fsdecode(spelling)), known)
        if prefix:
            below = spelling[len(os.fsencode(prefix)) + 1 :]
            prefixes.setdefault(prefix, {})[below] = spelling
    if not prefixes:
        raise Missing(answer.manager)

    from .db_conda import read_conda

    for prefix, names in prefixes.items():
        records = prefix + "/conda-meta"
        unread = host.bounded(
            records, partial(read_conda, host, answer, records, names), None
        )
        if unread is None:
            answer.add_unknown(
                names.values(),
                f"{records} takes too much time or memory to read, or is malformed",
            )
        elif unread:
            answer.add_unknown(
                names.values(), f"{unread} records of {records} could not be read"
            )


def _conda_prefix(host: Host, directory: str, known: dict[str, str]) -> str:
    """Return the environment of Conda that a directory is in, or ''; ``known`` remembers each on the way."""
    passed = []
    while directory not in known:
        if host.is_file(directory + "/conda-meta/history"):
            known[directory] = directory
            break
        passed.append(directory)
        directory = os.path.dirname(directory)
    prefix = known[directory]
    known.update(dict.fromkeys(passed, prefix))
    return prefix
