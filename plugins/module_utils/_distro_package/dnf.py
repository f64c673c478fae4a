# SPDX-License-Identifier: GPL-3.0-or-later
"""Fedora, RHEL and derivatives: packages provide ``python3dist(NAME)`` for the projects that they contain.

Source: Fedora Packaging Guidelines, "Python", Automatic provides. RHEL 7 has ``python3.6dist()`` alone (rhbz#1812665),
and before Fedora 37 and RHEL 10 dots of names stay.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, NamedTuple, Sequence, Tuple

from .._host.host import Host, Unreadable
from .._scan.project_name import canonicalize_name
from .package_records import (
    CandidateList,
    DistroState,
    NameQuery,
    PackageCandidate,
    PackageVersions,
    SearchMatch,
)
from .spec import ProjectRequest

_RPM = "/usr/bin/rpm"
_PROGRAMS = ("/usr/bin/dnf", "/usr/bin/dnf5", "/usr/bin/yum")
_SECONDS = 300.0
_CAPABILITY = re.compile(r"python3(?:\.\d+)?dist\(([^)\[]+)\)")
_RPM_FORMAT = "%{NAME}\t%{EVR}\t\n[%{PROVIDENAME} = %{PROVIDEVERSION}\n]"
_FIELDS = 3  # of the first line of a package: its name, its version, and a capability
_DNF_FORMAT = "%{name}\t%{evr}\t%{provides}\n"


class ProvidingPackage(NamedTuple):
    """A package with the projects that it provides, by normalized name."""

    package: str
    version: str
    projects: Dict[str, str]  # with their versions


def gather_dnf(host: Host, query: NameQuery) -> DistroState:
    """Return what rpm and dnf know about the projects, in one query of each."""
    capabilities: Dict[str, None] = {}
    for project in query.projects:
        capabilities.update(dict.fromkeys(_capabilities(query, project)))
        capabilities[_naive_package(query, project)] = None
    if query.spec.search:
        capabilities[
            "python%sdist(*%s*)" % (query.spec.python or "3", query.spec.search)
        ] = None
    installed = _query_rpm(
        host, query, [each for each in capabilities if "*" not in each]
    )
    available, problem = _query_dnf(host, query, list(capabilities))
    return DistroState(
        manager="dnf",
        python=query.spec.python or query.default_python,
        candidates=_match_projects(query, installed, available),
        versions=_join_versions(installed, available),
        index_missing=problem,
        matches=tuple(_find_matches(query, available)),
    )


def _capabilities(query: NameQuery, project: ProjectRequest) -> Iterator[str]:
    minors = [query.spec.python] if query.spec.python else ["3", query.default_python]
    for minor in filter(None, minors):
        for name in dict.fromkeys([project.name, project.spelled.lower()]):
            yield "python%sdist(%s)" % (minor, name)


def _naive_package(query: NameQuery, project: ProjectRequest) -> str:
    """Return the package that a project has if it is named by the rule; python3 is the default Python alone."""
    is_default = query.spec.python in ("", query.default_python)
    return "python%s-%s" % ("3" if is_default else query.spec.python, project.name)


def _query_rpm(
    host: Host, query: NameQuery, capabilities: Sequence[str]
) -> List[ProvidingPackage]:
    if not capabilities:
        return []
    # The status says whether all of them are provided.
    _status, output, _errors = host.run(
        [_RPM, "-q", "--whatprovides", "--qf", _RPM_FORMAT, *capabilities], _SECONDS
    )
    return parse_provides(output.decode("utf-8", "replace"), query.spec.python)


def _query_dnf(
    host: Host, query: NameQuery, capabilities: Sequence[str]
) -> Tuple[List[ProvidingPackage], str]:
    """Return the available packages, and why they are not known."""
    program = next(filter(host.is_file, _PROGRAMS), "")
    if not program:
        return [], "there is no dnf on this host"
    argv = [
        program,
        "--quiet",
        "repoquery",
        "--available",
        "--latest-limit=1",
        "--qf",
        _DNF_FORMAT,
    ]
    try:
        status, output, errors = host.run(
            [*argv, "--whatprovides", ",".join(capabilities)], _SECONDS
        )
    except Unreadable as exc:
        return [], "dnf cannot be queried: %s" % exc.reason
    if status:
        last = errors.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return [], "dnf cannot read its repositories: %s" % last[:300]
    return parse_provides(output.decode("utf-8", "replace"), query.spec.python), ""


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
        capability, _equals, version = fields[-1].partition(" = ")
        match = _CAPABILITY.fullmatch(capability)
        is_wanted = not python or capability.startswith("python%sdist(" % python)
        if match and found and is_wanted:
            found[-1].projects[canonicalize_name(match.group(1))] = version.strip()
    return found


def _match_projects(
    query: NameQuery,
    installed: Sequence[ProvidingPackage],
    available: Sequence[ProvidingPackage],
) -> Dict[str, Tuple[PackageCandidate, ...]]:
    candidates = CandidateList()
    installed_projects = {row.package: row.projects for row in installed}
    available_projects = {row.package: row.projects for row in available}
    packages = {*installed_projects, *available_projects}
    for project in query.projects:
        naive = _naive_package(query, project)
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


def _join_versions(
    installed: Sequence[ProvidingPackage], available: Sequence[ProvidingPackage]
) -> Dict[str, PackageVersions]:
    versions = {
        row.package: PackageVersions(candidate=row.version) for row in available
    }
    for row in installed:
        before = versions.get(row.package, PackageVersions())
        versions[row.package] = before._replace(installed=row.version)
    return versions


def _find_matches(
    query: NameQuery, available: Sequence[ProvidingPackage]
) -> Iterator[SearchMatch]:
    for row in available if query.spec.search else ():
        for name in row.projects:
            if query.spec.search in name:
                yield SearchMatch(row.package, name)
