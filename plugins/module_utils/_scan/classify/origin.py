# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an installed distribution came from: by the package that owns its metadata, INSTALLER being only a hint."""

from __future__ import annotations

import os
from typing import Mapping, Sequence

from ..model import Distribution, Ownership, SiteDirectory
from ..project_name import canonicalize_name
from ..unknown_owner import find_unknown
from ..verdicts import Package

_INSTALLERS = {"pip": "pip", "uv": "uv", "conda": "conda", "conda-pypi": "conda"}


def classify_packages(
    distributions: Sequence[Distribution],
    ownership: Ownership,
    site_directories: Sequence[SiteDirectory] = (),
    modules: Mapping[str, str] | None = None,
) -> tuple[Package, ...]:
    """Return each distribution of one interpreter with its origin, and the system package whose files it overwrites.

    ``ownership`` answers for their locations, and for ``modules``: by location, one module of each.
    """
    managed = {
        site.path for site in site_directories if site.role in ("distribution", "site")
    }
    system: dict[tuple[str, str], str] = {}
    for row in distributions:
        system[_project(row)] = system.get(_project(row)) or _system_owner(
            row.location, ownership
        )
    packages = []
    for row in distributions:
        owner = ownership.owners.get(row.location)
        origin = _origin(row, ownership, _project(row)[0] in managed)
        over = (
            _system_owner((modules or {}).get(row.location, ""), ownership)
            or system[_project(row)]
        )
        package = owner.package if owner else ""
        packages.append(Package(*row[:4], origin, package, "" if package else over))
    return tuple(packages)


def _origin(row: Distribution, ownership: Ownership, managed: bool) -> str:
    owner = ownership.owners.get(row.location)
    if owner is not None:
        return "conda" if owner.manager == "conda" else "distribution"
    if row.editable:
        return "editable"
    # Where the owner may be unknown, INSTALLER proves nothing: rpm leaves "pip" in some of what it packages.
    if managed and find_unknown(ownership, [row.location]):
        return "unknown"
    return _INSTALLERS.get(row.installer.lower(), "unknown")


def _project(row: Distribution) -> tuple[str, str]:
    """Return a distribution's directory and its project's name, normalised (PEP 503)."""
    return os.path.dirname(row.location), canonicalize_name(row.name)


def _system_owner(path: str, ownership: Ownership) -> str:
    owner = ownership.owners.get(path)
    return owner.package if owner is not None and owner.manager != "conda" else ""
