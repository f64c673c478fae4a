# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian, Ubuntu and derivatives: packages are named after modules, so names have to be looked up.

In this order: the metadata of what is installed, the Contents that apt-file has cached, the table of the release, and
the naive rule ``python3-NAME``, which is a guess.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Sequence, Tuple

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

_APT_CACHE = "/usr/bin/apt-cache"
_APT_FILE = "/usr/bin/apt-file"
_LISTS = "/var/lib/apt/lists"
_SECONDS = 120.0
_RELEASE = re.compile(r"debian-(\d+)")
_MATCHES_LIMIT = 200


def gather_apt(host: Host, query: NameQuery) -> DistroState:
    """Return what apt knows about the projects, in one query of its cache."""
    candidates = CandidateList()
    installed = add_installed(host, query, candidates)
    contents_problem = _add_contents(host, query, candidates)
    _add_table(query, candidates)
    for project in query.projects:
        for package in guess_packages(project.name):
            candidates.add(
                project.name,
                PackageCandidate(package=package, source="naive", guess=True),
            )
    matches = _search(host, query)
    packages = [*candidates.packages(), *(match.package for match in matches)]
    known, problem = _query_policy(host, packages)
    versions = {**installed, **known}
    has_lists = bool(host.list(_LISTS, re.compile(r".*_Packages").match))
    return DistroState(
        manager="apt",
        python=query.default_python,
        candidates=candidates.by_name(),
        contents_problem=contents_problem,
        versions=versions,
        index_missing=problem
        if has_lists
        else "apt has no package lists: run apt-get update",
        matches=tuple(match for match in matches if versions.get(match.package)),
    )


def guess_packages(name: str) -> Iterator[str]:
    """Yield the packages that a project has if it is named as its module is (Debian Python Policy, 4.3)."""
    yield "python3-" + name
    if name.startswith("python-"):
        yield "python3-" + name[len("python-") :]


def _add_contents(host: Host, query: NameQuery, candidates: CandidateList) -> str:
    """Add what apt-file finds for the projects that nothing is installed of, if it has Contents.

    Return why they could not be searched.
    """
    names = candidates.missing(query.projects)
    has_contents = bool(host.list(_LISTS, re.compile(r".*_Contents-").match))
    if not names or not has_contents or not host.is_file(_APT_FILE):
        return ""
    pattern = "^/usr/lib/python3[.0-9]*/" + make_metadata_pattern(names)
    command = [_APT_FILE, "search", "--regexp", pattern]
    return add_contents(host, candidates, command, _find_in_apt_file)


def _find_in_apt_file(text: str) -> List[Tuple[str, str]]:
    return sorted(parse_apt_file(text), key=rank_package)


def parse_apt_file(text: str) -> List[Tuple[str, str]]:
    """Return (project, package) of each line of ``apt-file search``: a package, a colon, a path."""
    found: Dict[Tuple[str, str], None] = {}
    for line in text.splitlines():
        package, colon, path = line.partition(": ")
        name = parse_metadata_path(path)
        if colon and name:
            found[(name, package)] = None
    return list(found)


def rank_package(row: Tuple[str, str]) -> Tuple[bool, bool, int, str]:
    """Return the order of packages that contain the same project: python3-NAME, other libraries, then others."""
    name, package = row
    return (
        package != "python3-" + name,
        not package.startswith("python3-"),
        len(package),
        package,
    )


def _add_table(query: NameQuery, candidates: CandidateList) -> None:
    """Add the package of the host's release; on a release without a table, those of other releases as guesses."""
    own = "%s-%s" % (query.system.id, query.system.version)
    for project in query.projects:
        releases = query.spec.table.get(project.name, {})
        if own in releases:
            candidates.add(
                project.name,
                PackageCandidate(package=releases[own], source="table", release=own),
            )
            continue
        if own in query.spec.table_dates:  # the project is not in it
            continue
        for release in sorted(releases, key=_release_number, reverse=True):
            row = PackageCandidate(
                package=releases[release], source="table", guess=True, release=release
            )
            candidates.add(project.name, row)


def _release_number(release: str) -> int:
    match = _RELEASE.fullmatch(release)
    return int(match.group(1)) if match else 0


def _query_policy(
    host: Host, packages: Sequence[str]
) -> Tuple[Dict[str, PackageVersions], str]:
    """Return the versions of packages, and why they are not known."""
    if not packages:
        return {}, ""
    done = host.run([_APT_CACHE, "policy", *packages], _SECONDS)
    return parse_policy(done[1].decode("utf-8", "replace")), describe_problem(
        "apt cannot read its package lists", done
    )


def parse_policy(text: str) -> Dict[str, PackageVersions]:
    """Return the versions in the output of ``apt-cache policy``; packages that apt does not know are not in it."""
    found: Dict[str, PackageVersions] = {}
    package = ""
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            package = line[:-1]
            continue
        key, _colon, value = line.strip().partition(": ")
        value = "" if value == "(none)" else value
        before = found.get(package, PackageVersions())
        if key == "Installed" and value:
            found[package] = before._replace(installed=value)
        elif key == "Candidate" and value:
            found[package] = before._replace(candidate=value)
    return found


def _search(host: Host, query: NameQuery) -> List[SearchMatch]:
    """Return packages whose project has the text in its name by the table, and whose own name has it."""
    text = query.spec.search
    if not text:
        return []
    found: Dict[str, SearchMatch] = {}
    for name, releases in sorted(query.spec.table.items()):
        if text in name:
            for package in dict.fromkeys(releases.values()):
                found.setdefault(package, SearchMatch(package, name))
    _status, output, _errors = host.run([_APT_CACHE, "pkgnames", "python3-"], _SECONDS)
    for package in sorted(output.decode("utf-8", "replace").split()):
        if text in package:
            found.setdefault(package, SearchMatch(package, ""))
    return list(found.values())[:_MATCHES_LIMIT]
