# SPDX-License-Identifier: GPL-3.0-or-later
"""Distributions of RPM packages: packages provide ``python3dist(NAME)`` for the projects that they contain.

Source: Fedora Packaging Guidelines, "Python", Automatic provides, and rpm's pythondistdeps.py, which openSUSE uses too.
RHEL 7 has ``python3.6dist()`` alone (rhbz#1812665), and before Fedora 37 and RHEL 10 dots of names stay.
"""

from __future__ import annotations

import re
from typing import Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from .._host.host import Host
from .._scan.project_name import canonicalize_name
from .package_records import (
    CandidateList,
    NameQuery,
    PackageCandidate,
    PackageVersions,
    SearchMatch,
)
from .spec import ProjectRequest

_RPM = "/usr/bin/rpm"
_SECONDS = 300.0
_CAPABILITY = re.compile(r"python3(?:\.\d+)?dist\(([^)\[]+)\)")
_RPM_FORMAT = "%{NAME}\t%{EVR}\t\n[%{PROVIDENAME} = %{PROVIDEVERSION}\n]"
_FIELDS = 3  # of the first line of a package: its name, its version, and a capability

#: Return the package that a project has if it is named by the distribution's rule.
NaivePackage = Callable[[NameQuery, ProjectRequest], str]


class ProvidingPackage(NamedTuple):
    """A package with the projects that it provides, by normalized name."""

    package: str
    version: str
    projects: Dict[str, str]  # with their versions

    def add_capability(self, line: str, python: str) -> None:
        """Add the project of a line ``CAPABILITY = VERSION``, if it is one.

        :param python: a minor version whose capabilities alone count; empty: those of any.
        """
        capability, _equals, version = line.partition(" = ")
        match = _CAPABILITY.fullmatch(capability)
        if match and (not python or capability.startswith("python%sdist(" % python)):
            self.projects[canonicalize_name(match.group(1))] = version.strip()


def list_capabilities(query: NameQuery, naive_package: NaivePackage) -> List[str]:
    """Return the capabilities and the packages to query for all projects, each once."""
    capabilities: Dict[str, None] = {}
    for project in query.projects:
        capabilities.update(dict.fromkeys(_capabilities(query, project)))
        capabilities[naive_package(query, project)] = None
    return list(capabilities)


def search_capability(query: NameQuery) -> str:
    """Return the pattern of the capabilities whose project has the text that is searched."""
    return "python%sdist(*%s*)" % (query.spec.python or "3", query.spec.search)


def _capabilities(query: NameQuery, project: ProjectRequest) -> Iterator[str]:
    minors = [query.spec.python] if query.spec.python else ["3", query.default_python]
    for minor in filter(None, minors):
        for name in dict.fromkeys([project.name, project.spelled.lower()]):
            yield "python%sdist(%s)" % (minor, name)


def query_rpm(
    host: Host, query: NameQuery, capabilities: Sequence[str]
) -> List[ProvidingPackage]:
    """Return the installed packages that provide one of the capabilities.

    :raises Unreadable: rpm can't be run.
    """
    if not capabilities:
        return []
    # The status says whether all of them are provided.
    _status, output, _errors = host.run(
        [_RPM, "-q", "--whatprovides", "--qf", _RPM_FORMAT, *capabilities], _SECONDS
    )
    return parse_provides(output.decode("utf-8", "replace"), query.spec.python)


def parse_provides(text: str, python: str = "") -> List[ProvidingPackage]:
    """Return packages with the projects that they provide.

    :param text: for each package a line of name, version and the first capability, with tabs between them, and a line
        for each further capability.
    :param python: a minor version whose capabilities alone count; empty: those of any.
    """
    found: List[ProvidingPackage] = []
    for line in text.splitlines():
        fields = line.split("\t")
        if len(fields) == _FIELDS:
            found.append(
                ProvidingPackage(package=fields[0], version=fields[1], projects={})
            )
        if found:
            found[-1].add_capability(fields[-1], python)
    return found


def match_projects(
    query: NameQuery,
    installed: Sequence[ProvidingPackage],
    available: Sequence[ProvidingPackage],
    naive_package: NaivePackage,
) -> Dict[str, Tuple[PackageCandidate, ...]]:
    """Return the packages of each project by what they provide, and as a guess the one with the naive name."""
    candidates = CandidateList()
    installed_projects = {row.package: row.projects for row in installed}
    available_projects = {row.package: row.projects for row in available}
    packages = {*installed_projects, *available_projects}
    for project in query.projects:
        naive = naive_package(query, project)
        for package in [naive, *sorted(packages - {naive}, key=_rank_package)]:
            here = installed_projects.get(package, {})
            there = available_projects.get(package, {})
            if project.name in here or project.name in there:
                row = PackageCandidate(
                    package=package,
                    source="provides",
                    installed_upstream=here.get(project.name, ""),
                    candidate_upstream=there.get(project.name, ""),
                )
                candidates.add(project.name, row)
        if naive in packages:
            candidates.add(
                project.name,
                PackageCandidate(package=naive, source="naive", guess=True),
            )
    return candidates.by_name()


def _rank_package(package: str) -> Tuple[int, str]:
    return len(package), package


def join_versions(
    installed: Sequence[ProvidingPackage], available: Sequence[ProvidingPackage]
) -> Dict[str, PackageVersions]:
    """Return the versions of each package."""
    versions = {
        row.package: PackageVersions(candidate=row.version) for row in available
    }
    for row in installed:
        before = versions.get(row.package, PackageVersions())
        versions[row.package] = before._replace(installed=row.version)
    return versions


def find_matches(
    query: NameQuery, available: Sequence[ProvidingPackage]
) -> Tuple[SearchMatch, ...]:
    """Return the available packages whose project has the text that is searched."""
    return tuple(
        SearchMatch(row.package, name)
        for row in (available if query.spec.search else ())
        for name in row.projects
        if query.spec.search in name
    )
