# SPDX-License-Identifier: GPL-3.0-or-later
"""Which projects are requested: the option table, and the records made from it."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, Mapping, NamedTuple, Optional, Tuple

from .._scan.invalid_option import OptionProblem
from .._scan.project_name import canonicalize_name
from .._scan.select import is_understood

#: A name as PyPI accepts it, extras, a specifier, and a marker (dependency specifiers, PEP 508).
_REQUIREMENT = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(\(?[=<>!~][^;@]*)?(;.*)?",
    re.DOTALL,
)
_MINOR = re.compile(r"3\.\d{1,2}")
_SEARCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,60}")
_LONGEST = 200
#: Of every distribution; what begins with a hyphen would be an option of the package manager.
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._@-]{0,199}")

#: Package names by release of the distribution, such as ``debian-12``.
PackagesByRelease = Mapping[str, str]


class ProjectRequest(NamedTuple):
    """A project of PyPI, and which of its versions are acceptable."""

    requested: str
    name: str  # normalized
    spelled: str  # as requested: some package managers know other spellings
    specifier: str = ""  # empty: any version


class DistroPackageSpec(NamedTuple):
    """Projects, and the Python of the distribution that they are for."""

    projects: Tuple[ProjectRequest, ...] = ()
    search: str = ""  # normalized
    python: str = (
        ""  # a minor version; empty: the Python that the distribution calls python3
    )
    package_manager: str = "auto"
    table: Mapping[str, PackagesByRelease] = {}  # by normalized name
    table_dates: Mapping[
        str, str
    ] = {}  # the releases that the table is complete for, and when it was made


#: The one table of options: name, and argument specification.
OPTION_TABLE: Mapping[str, Dict[str, Any]] = {
    "names": {"type": "list", "elements": "str", "default": []},
    "search": {"type": "str"},
    "python": {"type": "str"},
    "package_manager": {
        "type": "str",
        "choices": ["auto", "apk", "apt", "dnf", "homebrew", "pacman", "zypper"],
        "default": "auto",
    },
    "packages_by_release": {"type": "dict", "default": {}},
    "table_dates": {"type": "dict", "default": {}},
}


def make_spec(params: Mapping[str, Any]) -> DistroPackageSpec:
    """Return the spec of valid options; names that are invalid are left out."""
    projects = []
    for text in params["names"]:
        project = parse_request(text)
        if project:
            projects.append(project)
    table = {}
    for name, packages in params["packages_by_release"].items():
        table[str(name)] = {
            str(release): str(package) for release, package in packages.items()
        }
    return DistroPackageSpec(
        projects=tuple(dict.fromkeys(projects)),
        search=canonicalize_name(params["search"] or ""),
        python=params["python"] or "",
        package_manager=params["package_manager"],
        table=table,
        table_dates={
            str(release): str(date) for release, date in params["table_dates"].items()
        },
    )


def parse_request(text: str) -> Optional[ProjectRequest]:
    """Parse a name with an optional specifier, such as ``requests>=2.31``; None for anything else."""
    match = _REQUIREMENT.fullmatch(text)
    if match is None or _find_request_problem(text):
        return None
    name, _extras, specifier, _marker = match.groups()
    return ProjectRequest(
        requested=text.strip(),
        name=canonicalize_name(name),
        spelled=name,
        specifier=_normalize_specifier(specifier),
    )


def _normalize_specifier(specifier: Optional[str]) -> str:
    return re.sub(r"[\s()]", "", specifier or "")


def validate_options(params: Mapping[str, Any]) -> Iterator[OptionProblem]:
    """Yield what is invalid in the options of the module."""
    for text in params["names"]:
        problem = _find_request_problem(text)
        if problem:
            yield problem
    yield from _find_table_problems(params["packages_by_release"])
    if not params["names"] and params["search"] is None:
        yield OptionProblem(
            "names",
            "neither names nor search is set",
            "Name the projects, such as requests>=2.31.",
        )
    if params["search"] is not None and not _SEARCH.fullmatch(params["search"]):
        hint = "Use two or more letters and digits of a project's name."
        yield OptionProblem(
            "search", "search is not part of a name: %.80r" % params["search"], hint
        )
    if params["python"] and not _MINOR.fullmatch(params["python"]):
        yield OptionProblem(
            "python",
            "python is not a minor version: %.80r" % params["python"],
            "Use one such as 3.12.",
        )


def _find_table_problems(table: Mapping[str, Any]) -> Iterator[OptionProblem]:
    """Yield what is no table of packages by release, by project."""
    option = "packages_by_release"
    for name, packages in table.items():
        if not isinstance(packages, Mapping):
            message = "%s: the packages of %.80s are not a dictionary" % (option, name)
            yield OptionProblem(option, message, "Use {debian-13: python3-NAME}.")
            continue
        for package in packages.values():
            if not isinstance(package, str) or not _PACKAGE.fullmatch(package):
                message = "%s: %.80r is not the name of a package" % (option, package)
                yield OptionProblem(option, message, "Use one such as python3-NAME.")


def _find_request_problem(text: str) -> Optional[OptionProblem]:
    match = _REQUIREMENT.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        hint = "Use a name with an optional specifier, such as requests>=2.31: distributions have no URLs or files."
        return OptionProblem(
            "names", "%.80r is not a name with an optional specifier" % text, hint
        )
    name, extras, specifier, marker = match.groups()
    if extras:
        hint = "Name the projects that the extra adds: packages of distributions have no extras."
        return OptionProblem("names", "%r has extras" % text, hint)
    if marker:
        return OptionProblem(
            "names",
            "%r has a marker" % text,
            "Decide with a condition of the task instead.",
        )
    if specifier and not is_understood(_normalize_specifier(specifier)):
        return OptionProblem(
            "names",
            "%r has no valid specifier" % text,
            "Use one such as %s>=2,<3 (PEP 440)." % name,
        )
    return None
