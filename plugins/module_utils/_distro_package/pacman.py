# SPDX-License-Identifier: GPL-3.0-or-later
"""Arch Linux and derivatives: what packages contain, by pacman's database of files where it has been fetched.

Without it (``pacman -Fy``) the name is a guess: ``python-NAME`` (ArchWiki, "Python package guidelines").
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Tuple

from .._host.host import Host
from .._host.program_errors import describe_problem
from .installed_metadata import add_installed
from .metadata_pattern import make_metadata_pattern, parse_metadata_path
from .package_contents import add_contents
from .package_records import (
    CandidateList,
    DistroState,
    NameQuery,
    PackageCandidate,
    PackageVersions,
    SearchMatch,
)

_PACMAN = "/usr/bin/pacman"
_DATABASES = "/var/lib/pacman/sync"
_SECONDS = 120.0
_FIELDS = 4  # repository, package, version, path


def gather_pacman(host: Host, query: NameQuery) -> DistroState:
    """Return what pacman knows about the projects: one query of its files, one of all packages."""
    candidates = CandidateList()
    installed = add_installed(host, query, candidates)
    contents_problem = _add_contents(host, query, candidates)
    for project in query.projects:
        package = guess_package(project.name)
        candidates.add(
            project.name, PackageCandidate(package=package, source="naive", guess=True)
        )
    done = host.run([_PACMAN, "-Sl"], _SECONDS)
    listed = parse_list(done[1].decode("utf-8", "replace"))
    versions = dict(installed)
    for package, row in listed.items():
        here = installed.get(package, row)
        versions[package] = PackageVersions(
            installed=here.installed, candidate=row.candidate
        )
    return DistroState(
        manager="pacman",
        python=query.default_python,
        candidates=candidates.by_name(),
        contents_problem=contents_problem,
        versions=versions,
        index_missing=describe_problem("pacman cannot read its databases", done)
        if listed
        else "pacman has no package databases: run pacman -Sy",
        matches=tuple(_find_matches(query, listed)),
    )


def guess_package(name: str) -> str:
    """Return the package that a project has if it is named by the rule; ``python-`` is not doubled."""
    return name if name.startswith("python-") else "python-" + name


def _add_contents(host: Host, query: NameQuery, candidates: CandidateList) -> str:
    """Add what packages contain, where pacman knows it; return why it could not be searched."""
    names = candidates.missing(query.projects)
    has_files = bool(host.list(_DATABASES, re.compile(r".*\.files").fullmatch))
    if not names or not has_files:
        return ""
    pattern = "^usr/lib/python3[.0-9]+/" + make_metadata_pattern(names)
    command = [_PACMAN, "-Fx", "--machinereadable", pattern]
    return add_contents(host, candidates, command, parse_files)


def parse_files(text: str) -> List[Tuple[str, str]]:
    """Return (project, package) of each line of ``pacman -F --machinereadable``, python-NAME first."""
    found: Dict[Tuple[str, str], None] = {}
    for line in text.splitlines():
        fields = line.split("\0")
        name = parse_metadata_path(fields[-1]) if len(fields) == _FIELDS else None
        if name:
            found[(name, fields[1])] = None
    return sorted(
        found, key=lambda row: (row[1] != guess_package(row[0]), len(row[1]), row[1])
    )


def parse_list(text: str) -> Dict[str, PackageVersions]:
    """Return the versions in the output of ``pacman -Sl``; of a package in several repositories, the first counts.

    A line is a repository, a package, a version and, of an installed one, ``[installed]`` or ``[installed: VERSION]``.
    """
    found: Dict[str, PackageVersions] = {}
    for line in text.splitlines():
        fields = line.split(" ", 3)
        if len(fields) < 3:
            continue
        status = fields[3].strip("[]") if len(fields) > 3 else ""
        installed = ""
        if status.startswith("installed"):
            installed = status.partition(": ")[2] or fields[2]
        found.setdefault(
            fields[1], PackageVersions(installed=installed, candidate=fields[2])
        )
    return found


def _find_matches(
    query: NameQuery, listed: Dict[str, PackageVersions]
) -> Iterator[SearchMatch]:
    for package in sorted(listed) if query.spec.search else ():
        if package.startswith("python-") and query.spec.search in package:
            yield SearchMatch(package, "")
