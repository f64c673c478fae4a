# SPDX-License-Identifier: GPL-3.0-or-later
"""openSUSE and SUSE Linux Enterprise, by zypper.

Packages are named for the Python that they are for (``python313-requests``), those for Python 3.6 of Leap 15 and SLE 15
``python3-requests``. Source: https://en.opensuse.org/openSUSE:Packaging_Python.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Sequence, Tuple

from .._host.host import Host, Unreadable
from .._host.program_errors import describe_problem
from .package_records import DistroState, NameQuery
from .rpm_provides import (
    ProvidingPackage,
    find_matches,
    join_versions,
    list_capabilities,
    match_projects,
    query_rpm,
    search_capability,
)
from .spec import ProjectRequest

_ZYPPER = "/usr/bin/zypper"
_SECONDS = 300.0
#: Before ``python3`` was a name for the newest of several.
_UNVERSIONED = "3.6"
#: A row of the table: status, name, type, version, architecture, repository.
_COLUMNS = 6
_INSTALLED_ONLY = "(System Packages)"  # the repository of what is in no repository
_MATCH = "    provides: "
_PROBLEMS = ("Warning: Skipping repository", "Warning: No repositories defined")
#: zypper(8), Exit codes: all found, none found, and repositories skipped.
_ANSWERS = (0, 104, 106)
#: The parts by which rpm compares versions (rpm/rpmio/rpmvercmp.c).
_PART = re.compile(r"[0-9]+|[a-zA-Z]+|~|\^")
_BEFORE_END, _END, _AFTER_END, _LETTERS, _NUMBER = range(5)


def gather_zypper(host: Host, query: NameQuery) -> DistroState:
    """Return what rpm and zypper know about the projects, in one query of each; nothing is refreshed."""
    # Several Pythons may provide python3dist().
    python = query.spec.python or query.default_python
    query = query._replace(spec=query.spec._replace(python=python))
    capabilities = list_capabilities(query, _naive_package)
    installed = query_rpm(host, query, capabilities)
    available, problem = _query_zypper(host, query, capabilities)
    return DistroState(
        manager="zypper",
        python=python,
        candidates=match_projects(query, installed, available, _naive_package),
        versions=join_versions(installed, available),
        index_missing=problem,
        matches=find_matches(query, available),
    )


def _naive_package(query: NameQuery, project: ProjectRequest) -> str:
    """Return the package that a project has if it is named by the rule."""
    minor = query.spec.python
    flavor = "3" if minor in ("", _UNVERSIONED) else minor.replace(".", "")
    return "python%s-%s" % (flavor, project.name)


def _query_zypper(
    host: Host, query: NameQuery, capabilities: Sequence[str]
) -> Tuple[List[ProvidingPackage], str]:
    """Return the available packages, and why not all of them are known."""
    search = ["--non-interactive", "--no-refresh", "search", "--type", "package"]
    search += ["--provides", "--verbose"]
    commands = []
    if capabilities:
        commands.append([*search, "--match-exact", "--", *capabilities])
    if query.spec.search:
        commands.append([*search, "--", search_capability(query)])
    texts: List[str] = []
    problem = ""
    for command in commands:
        try:
            done = host.run([_ZYPPER, *command], _SECONDS)
        except Unreadable as exc:
            return [], "zypper cannot be queried: %s" % exc.reason
        if done[0] not in _ANSWERS:
            return [], describe_problem("zypper cannot read its repositories", done)
        text, errors = (part.decode("utf-8", "replace") for part in done[1:])
        problem = problem or _find_problem(text + "\n" + errors)
        texts.append(text)
    return parse_search("\n".join(texts), query.spec.python), problem


def _find_problem(text: str) -> str:
    """Return the first warning that says which repositories were not read; empty if there is none."""
    for line in text.splitlines():
        if line.startswith(_PROBLEMS):
            return "zypper says: %s" % line.partition(": ")[2][:300]
    return ""


def parse_search(text: str, python: str = "") -> List[ProvidingPackage]:
    """Return the newest available version of each package that ``zypper search --verbose --provides`` found.

    :param text: the output in English: rows of a table, each with lines of the capabilities that matched below it.
    :param python: a minor version whose capabilities alone count; empty: those of any.
    """
    newest: Dict[str, ProvidingPackage] = {}
    row = ProvidingPackage(package="", version="", projects={})
    for line in text.splitlines():
        if line.startswith(_MATCH):
            row.add_capability(line[len(_MATCH) :], python)
            continue
        columns = [column.strip() for column in line.split("|")]
        if len(columns) != _COLUMNS or columns[2] != "package":
            continue
        row = ProvidingPackage(package=columns[1], version=columns[3], projects={})
        known = newest.get(row.package)
        if columns[5] == _INSTALLED_ONLY:
            continue
        if known is None or sort_key(known.version) < sort_key(row.version):
            newest[row.package] = row
        elif known.version == row.version:
            row = known
    return list(newest.values())


def sort_key(version: str) -> Tuple[Any, ...]:
    """Return the key by which rpm orders ``[EPOCH:]VERSION-RELEASE`` (rpm-version(7))."""
    epoch, _colon, rest = version.rpartition(":")
    upstream, _hyphen, release = rest.partition("-")
    return _parts_of(epoch or "0"), _parts_of(upstream), _parts_of(release)


def _parts_of(text: str) -> Tuple[Tuple[int, Any], ...]:
    parts: List[Tuple[int, Any]] = []
    for part in _PART.findall(text):
        if part == "~":
            parts.append((_BEFORE_END, ""))
        elif part == "^":
            parts.append((_AFTER_END, ""))
        elif part.isdigit():
            digits = part.lstrip("0")
            parts.append((_NUMBER, (len(digits), digits)))
        else:
            parts.append((_LETTERS, part))
    return (*parts, (_END, ""))
