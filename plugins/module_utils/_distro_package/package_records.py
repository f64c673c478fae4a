# SPDX-License-Identifier: GPL-3.0-or-later
"""What package managers are asked about projects, and what they answer."""

from __future__ import annotations

from typing import Dict, Iterable, List, Mapping, NamedTuple, Sequence, Tuple

from .._scan.model import System
from .spec import DistroPackageSpec, ProjectRequest

#: Where the name of a package comes from, the most reliable first.
SOURCES = ("provides", "installed-metadata", "contents", "table", "naive")


class NameQuery(NamedTuple):
    """The projects to find, on a host."""

    spec: DistroPackageSpec
    system: System
    default_python: (
        str  # the minor version of the distribution's python3; empty: unknown
    )
    directories: Tuple[str, ...] = ()  # that packages install projects into

    @property
    def projects(self) -> Tuple[ProjectRequest, ...]:
        """Return the projects by name; a search finds further ones."""
        return self.spec.projects


class PackageCandidate(NamedTuple):
    """A package that contains a project, or may."""

    package: str
    source: str
    guess: bool = False
    release: str = ""  # of the table
    installed_upstream: str = (
        ""  # the project's own version of what is installed; empty: not known
    )
    candidate_upstream: str = ""  # and of what could be


class PackageVersions(NamedTuple):
    """The versions of a package, as the package manager writes them; empty: none."""

    installed: str = ""
    candidate: str = ""


class SearchMatch(NamedTuple):
    """A package that a search found."""

    package: str
    name: str  # the project; empty: not known


class DistroState(NamedTuple):
    """What the package manager of a host knows about projects."""

    manager: str
    python: str
    candidates: Mapping[
        str, Sequence[PackageCandidate]
    ] = {}  # by normalized name, the best first
    versions: Mapping[str, PackageVersions] = {}  # by package
    index_missing: str = (
        ""  # why it is unknown which packages are available; empty: it is known
    )
    matches: Tuple[SearchMatch, ...] = ()
    unsupported: str = ""  # why nothing can be found here
    contents_problem: str = ""  # why it is not known which packages contain the projects that have no other candidate


class CandidateList:
    """Collects candidates; of several for the same package the first stays."""

    def __init__(self) -> None:
        self._found: Dict[str, Dict[str, PackageCandidate]] = {}

    def add(self, name: str, candidate: PackageCandidate) -> None:
        """Add a candidate for a project."""
        self._found.setdefault(name, {}).setdefault(candidate.package, candidate)

    def missing(self, projects: Iterable[ProjectRequest]) -> List[str]:
        """Return the names of those projects that have no candidate."""
        return [row.name for row in projects if row.name not in self._found]

    def packages(self) -> List[str]:
        """Return every package once."""
        found: Dict[str, None] = {}
        for candidates in self._found.values():
            found.update(dict.fromkeys(candidates))
        return list(found)

    def by_name(self) -> Dict[str, Tuple[PackageCandidate, ...]]:
        """Return the candidates of each project, in the order of their addition."""
        return {
            name: tuple(candidates.values()) for name, candidates in self._found.items()
        }
