# SPDX-License-Identifier: GPL-3.0-or-later
"""Candidates by what packages contain, for package managers with an index of the files of all packages."""

from __future__ import annotations

from typing import Callable, Iterable, Sequence, Tuple

from .._host.host import Host, Unreadable
from .package_records import CandidateList, PackageCandidate

_SECONDS = 120.0


def add_contents(
    host: Host,
    candidates: CandidateList,
    command: Sequence[str],
    parse: Callable[[str], Iterable[Tuple[str, str]]],
) -> str:
    """Add what a search of the index finds; return why it could not be searched, empty where it was.

    :param parse: returns (project, package) of each line of the output, the best package of a project first.
    """
    try:
        _status, output, _errors = host.run(command, _SECONDS)
    except Unreadable as exc:
        return "what packages contain could not be searched: %s" % exc.reason
    for name, package in parse(output.decode("utf-8", "replace")):
        candidates.add(name, PackageCandidate(package=package, source="contents"))
    return ""
