# SPDX-License-Identifier: GPL-3.0-or-later
"""What removes the distributions of pip and restores the packages that they overwrote: spec and state in, plan out."""

from __future__ import annotations

import os
from typing import Dict, List, NamedTuple, Set, Tuple

from .state import HostDistributions, PipDistribution, RecordedFile, directories_of

_BYTECODE = "__pycache__"


class Removal(NamedTuple):
    """A distribution to remove: the files that no package owns, and directories to remove if they are empty then."""

    distribution: PipDistribution
    files: Tuple[str, ...]
    directories: Tuple[str, ...]  # the deepest first


class Kept(NamedTuple):
    """A distribution that stays, and why."""

    distribution: PipDistribution
    reason: str


class PipRemovalPlan(NamedTuple):
    """All that is done on a host, in this order: packages are reinstalled, then files are removed."""

    reinstalled: Tuple[Tuple[str, str, str], ...] = ()  # manager, package, version
    altered: Tuple[str, ...] = ()  # paths of packages that are to be restored by that
    removals: Tuple[Removal, ...] = ()
    kept: Tuple[Kept, ...] = ()


def plan_removal(host: HostDistributions) -> PipRemovalPlan:
    """Plan every distribution; one that cannot be removed does not prevent the others."""
    removals: List[Removal] = []
    kept: List[Kept] = []
    packages: Dict[Tuple[str, str], str] = {}
    altered: Dict[str, None] = {}
    for row in host.distributions:
        reason = _why_kept(host, row)
        if reason:
            kept.append(Kept(row, reason))
            continue
        removals.append(_plan_one(host, row))
        if row.overwrites[1]:
            packages[row.overwrites[:2]] = row.overwrites[2]
        for file in row.files:
            if file.owner[1] and not file.intact:
                packages[file.owner[:2]] = file.owner[2]
                altered[file.path] = None
    return PipRemovalPlan(
        reinstalled=tuple(
            (*identity, version) for identity, version in sorted(packages.items())
        ),
        altered=tuple(altered),
        removals=tuple(removals),
        kept=tuple(kept),
    )


def _why_kept(host: HostDistributions, row: PipDistribution) -> str:
    if host.immutable:
        return (
            "the system is immutable (%s): deploy an image without it" % host.immutable
        )
    if row.unknown:
        return row.unknown
    if row.outside:
        return (
            "its RECORD names files outside of the Python's prefix, such as %s"
            % row.outside[0]
        )
    if row.foreign:
        return (
            "its RECORD names a file that pip did not install, or that was changed since: %s"
            % row.foreign[0]
        )
    return ""


def _plan_one(host: HostDistributions, row: PipDistribution) -> Removal:
    owned = {file.path for file in row.files if file.owner[1]}
    files = [
        file.path
        for file in row.files
        if not file.owner[1] and not _is_bytecode_of_owned(file, owned)
    ]
    directories = {*directories_of(row)} - {*host.owned_directories}
    deepest_first = sorted(directories, key=lambda path: (-path.count("/"), path))
    return Removal(row, tuple(files), tuple(deepest_first))


def _is_bytecode_of_owned(file: RecordedFile, owned: Set[str]) -> bool:
    """Return whether a file is the bytecode of a module that a package ships: the package manager made it again."""
    directory, name = os.path.split(file.path)
    if os.path.basename(directory) != _BYTECODE:
        return False
    source = os.path.join(os.path.dirname(directory), name.partition(".")[0] + ".py")
    return source in owned
