# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the controller that a release was built from, where the list of environments names those of another one.

The role app_venv copies each set of files into a directory of its own, `sources/<16 hexadecimal digits>`. After a
rollback the list still names the set of the newest release; that of the current one lies beside it.
"""

from __future__ import annotations

import os
import re
from typing import Any, Iterator, Mapping, Optional

from .._host.host import Host
from .._scan.project_name import canonicalize_name
from .inputs import read_inputs
from .spec import EnvironmentSpec

_SET = re.compile(r"(/.+/sources)/([0-9a-f]{16})(?=/|$)")
_ARCHIVE = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._]*?)-([0-9][^-]*)(?:-.*\.whl|\.tar\.gz|\.zip)$"
)


def find_recorded_spec(
    host: Host, spec: EnvironmentSpec, record: Mapping[str, Any]
) -> EnvironmentSpec:
    """Return ``spec`` with the set of files that the release of a record was built from; unchanged where none fits.

    A set fits where the digest of all inputs is the recorded one, or else where its archives are of the recorded
    versions.
    """
    if read_inputs(host, spec).digest == record["inputs"]:
        return spec
    candidates = list(_find_candidates(host, spec))
    for candidate in candidates:
        if read_inputs(host, candidate).digest == record["inputs"]:
            return candidate
    for candidate in (spec, *candidates):
        if _has_recorded_versions(candidate, record):
            return candidate
    return spec


def _find_candidates(host: Host, spec: EnvironmentSpec) -> Iterator[EnvironmentSpec]:
    """Yield the spec with each other set of files in place of its own."""
    paths = (
        *spec.packages,
        *spec.requirements,
        *spec.constraints,
        *spec.find_links,
        spec.lock,
    )
    found = next(filter(None, map(_SET.match, paths)), None)
    if found is None:
        return
    parent, own = found.groups()
    for entry in host.list(parent):
        if entry.name != own and _SET.fullmatch("%s/%s" % (parent, entry.name)):
            candidate = _replace_set(
                host, spec, found.group(), "%s/%s" % (parent, entry.name)
            )
            if candidate is not None:
                yield candidate


def _replace_set(
    host: Host, spec: EnvironmentSpec, own: str, other: str
) -> Optional[EnvironmentSpec]:
    def replace(path: str) -> str:
        return (
            other + path[len(own) :]
            if path == own or path.startswith(own + "/")
            else path
        )

    archives = {
        _project(entry.name): "%s/%s" % (other, entry.name)
        for entry in host.list(other)
    }
    packages = []
    for package in spec.packages:
        if not package.startswith(own + "/"):
            packages.append(package)
        elif _project(package) in archives:
            packages.append(archives[_project(package)])
        else:
            return None
    return spec._replace(
        packages=tuple(packages),
        requirements=tuple(replace(path) for path in spec.requirements),
        constraints=tuple(replace(path) for path in spec.constraints),
        find_links=tuple(replace(path) for path in spec.find_links),
        lock=replace(spec.lock),
    )


def _project(path: str) -> str:
    """Return the name of the project in the name of an archive; that of any other file as it is."""
    name = os.path.basename(path)
    found = _ARCHIVE.match(name)
    return canonicalize_name(found.group(1)) if found else name


def _has_recorded_versions(spec: EnvironmentSpec, record: Mapping[str, Any]) -> bool:
    versions = record["packages"]
    found = [
        _ARCHIVE.match(os.path.basename(package))
        for package in spec.packages
        if _SET.match(package)
    ]
    pairs = [
        (canonicalize_name(match.group(1)), match.group(2)) for match in found if match
    ]
    return bool(pairs) and all(versions.get(name) == version for name, version in pairs)
