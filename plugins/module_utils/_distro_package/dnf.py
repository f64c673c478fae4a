# SPDX-License-Identifier: GPL-3.0-or-later
"""Fedora, RHEL and derivatives, by dnf or yum."""

from __future__ import annotations

from typing import Iterator, List, Sequence, Tuple

from .._host.host import Host, Unreadable
from .._host.program_errors import describe_problem
from .package_records import DistroState, NameQuery
from .rpm_provides import (
    ProvidingPackage,
    find_matches,
    join_versions,
    list_capabilities,
    match_projects,
    parse_provides,
    query_rpm,
    search_capability,
)
from .spec import ProjectRequest

_PROGRAMS = ("/usr/bin/dnf", "/usr/bin/dnf5", "/usr/bin/yum")
_SECONDS = 300.0
_FORMAT = "%{name}\t%{evr}\t%{provides}\n"
#: Fails where a repository does not answer. What it asks for is nothing that a package provides.
_STRICT_QUERY = (
    "--setopt=*.skip_if_unavailable=0",
    "--quiet",
    "repoquery",
    "--available",
    "--whatprovides",
    "python3dist()",
)
_AT_ONCE = 250  # capabilities of up to 220 characters


def gather_dnf(host: Host, query: NameQuery) -> DistroState:
    """Return what rpm and dnf know about the projects, in one query of each."""
    capabilities = list_capabilities(query, _naive_package)
    installed = query_rpm(host, query, capabilities)
    if query.spec.search:
        capabilities.append(search_capability(query))
    available, problem = _query_dnf(host, query, capabilities)
    candidates = match_projects(query, installed, available, _naive_package)
    if not problem and any(row.name not in candidates for row in query.projects):
        problem = _find_repository_problem(host)
    return DistroState(
        manager="dnf",
        python=query.spec.python or query.default_python,
        candidates=candidates,
        versions=join_versions(installed, available),
        index_missing=problem,
        matches=find_matches(query, available),
    )


def _naive_package(query: NameQuery, project: ProjectRequest) -> str:
    """Return the package that a project has if it is named by the rule; python3 is the default Python alone."""
    is_default = query.spec.python in ("", query.default_python)
    return "python%s-%s" % ("3" if is_default else query.spec.python, project.name)


def _query_dnf(
    host: Host, query: NameQuery, capabilities: Sequence[str]
) -> Tuple[List[ProvidingPackage], str]:
    """Return the available packages, and why they are not known."""
    program = _find_program(host)
    if not program:
        return [], "there is no dnf on this host"
    argv = [
        program,
        "--quiet",
        "repoquery",
        "--available",
        "--latest-limit=1",
        "--qf",
        _FORMAT,
    ]
    try:
        done = host.run([*argv, *_name_capabilities(capabilities)], _SECONDS)
    except Unreadable as exc:
        return [], "dnf cannot be queried: %s" % exc.reason
    problem = describe_problem("dnf cannot read its repositories", done)
    if problem:
        return [], problem
    return parse_provides(done[1].decode("utf-8", "replace"), query.spec.python), ""


def _find_program(host: Host) -> str:
    return next(filter(host.is_file, _PROGRAMS), "")


def _find_repository_problem(host: Host) -> str:
    """Return why dnf does not know all packages, although it says nothing: it skips repositories that do not answer."""
    program = _find_program(host)
    try:
        listed = host.run([program, "repolist", "--enabled", "--quiet"], _SECONDS)
        if not listed[0] and not listed[1].strip():
            return "dnf has no enabled repository"
        done = host.run([program, *_STRICT_QUERY], _SECONDS)
    except Unreadable as exc:
        return "dnf cannot be queried: %s" % exc.reason
    return describe_problem("dnf cannot read its repositories", done)


def _name_capabilities(capabilities: Sequence[str]) -> Iterator[str]:
    """Yield the options that name capabilities; Linux limits the length of one argument to 128 KiB."""
    for start in range(0, len(capabilities), _AT_ONCE):
        yield "--whatprovides"
        yield ",".join(capabilities[start : start + _AT_ONCE])
