# SPDX-License-Identifier: GPL-3.0-or-later
"""Alpine Linux: packages provide ``py3.X:NAME`` for the projects that they contain (abuild, scanelf of Python)."""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Sequence

from .._host.host import Host
from .._scan.project_name import canonicalize_name
from .package_records import (
    CandidateList,
    DistroState,
    NameQuery,
    PackageCandidate,
    PackageVersions,
    SearchMatch,
)

_APK = "/sbin/apk"
_CACHES = ("/var/cache/apk", "/etc/apk/cache")
_SECONDS = 120.0
#: A line of ``apk list --providers``: ``<provides> name-version arch {origin} (license) [installed]``.
#: Source: apk-tools, app_list.c.
_LINE = re.compile(
    r"<(?:py3\.\d+:)?(?P<provides>[^>]+)> (?P<package>\S+)-(?P<version>\d[^\s-]*-r\d+) (?P<rest>.*)"
)
_UPGRADABLE = re.compile(r"\[upgradable from: \S+-(\d[^\s-]*-r\d+)\]")


class ProvidedProject(NamedTuple):
    """A package that provides a project, or has its naive name."""

    name: str
    package: str
    versions: PackageVersions


def gather_apk(host: Host, query: NameQuery) -> DistroState:
    """Return what apk knows about the projects, in one query."""
    command = [_APK, "list", "--providers", *_search_patterns(query)]
    _status, output, _errors = host.run(command, _SECONDS)
    rows = parse_providers(output.decode("utf-8", "replace"))
    searched = query.spec.search
    matches = [row for row in rows if searched and searched in row.name]
    return DistroState(
        manager="apk",
        python=query.default_python,
        candidates=_find_candidates(query, rows).by_name(),
        versions={row.package: row.versions for row in rows},
        index_missing=""
        if _has_index(host)
        else "apk has no package index: run apk update",
        matches=tuple(SearchMatch(row.package, row.name) for row in matches),
    )


def _search_patterns(query: NameQuery) -> List[str]:
    """Return what apk is asked for: each spelling of a project's name, the naive name of its package, the search."""
    capability = "py%s:" % query.default_python
    patterns: Dict[str, None] = {}
    for project in query.projects:
        for name in (
            project.name,
            project.spelled,
            project.spelled.lower(),
            project.name.replace("-", "_"),
        ):
            patterns[capability + name] = None
        patterns[_naive_name(project.name)] = None
    if query.spec.search:
        patterns["%s*%s*" % (capability, query.spec.search)] = None
    return list(patterns)


def _naive_name(project: str) -> str:
    return "py3-" + project


def _find_candidates(
    query: NameQuery, rows: Sequence[ProvidedProject]
) -> CandidateList:
    """Return for each project the packages that provide it, then the one with its naive name."""
    candidates = CandidateList()
    packages = {row.package for row in rows}
    for project in query.projects:
        for row in rows:
            if row.name == project.name:
                candidates.add(
                    project.name,
                    PackageCandidate(package=row.package, source="provides"),
                )
        naive = _naive_name(project.name)
        if naive in packages:
            candidates.add(
                project.name,
                PackageCandidate(package=naive, source="naive", guess=True),
            )
    return candidates


def _has_index(host: Host) -> bool:
    is_index = re.compile(r"APKINDEX\..*").match
    return any(
        entry for directory in _CACHES for entry in host.list(directory, is_index)
    )


def parse_providers(text: str) -> List[ProvidedProject]:
    """Return the packages in the output of ``apk list --providers``.

    A name that is no ``py3.X:`` capability is the package's own, and is kept as it is: ``py3-NAME`` is no project.
    """
    found: Dict[str, ProvidedProject] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        package = match.group("package")
        name = canonicalize_name(match.group("provides").partition("=")[0])
        key = "%s %s" % (name, package)
        before = found[key].versions if key in found else PackageVersions()
        found[key] = ProvidedProject(
            name,
            package,
            _add_version(before, match.group("version"), match.group("rest")),
        )
    return list(found.values())


def _add_version(before: PackageVersions, version: str, rest: str) -> PackageVersions:
    """Return the versions with those of one more line: an old version that is installed has a line of its own."""
    older = _UPGRADABLE.search(rest)
    if older:
        return PackageVersions(installed=older.group(1), candidate=version)
    if rest.endswith("[installed]"):
        return PackageVersions(installed=version, candidate=before.candidate or version)
    return before._replace(candidate=version)
