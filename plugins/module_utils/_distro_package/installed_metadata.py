# SPDX-License-Identifier: GPL-3.0-or-later
"""Which installed package owns the metadata of a project: the answer that needs no table and no network."""

from __future__ import annotations

from typing import Dict

from .._host.host import Host
from .._scan.model import Distribution
from .._scan.project_name import canonicalize_name
from .._scan.read.distributions import read_distributions
from .._scan.read.ownership import read_ownership
from .package_records import CandidateList, NameQuery, PackageCandidate, PackageVersions


def add_installed(
    host: Host, query: NameQuery, candidates: CandidateList
) -> Dict[str, PackageVersions]:
    """Add the packages that own metadata of the projects; return their installed versions by package.

    Metadata without an owner was put there by pip, and says nothing about packages.
    """
    wanted = {project.name for project in query.projects}
    found: Dict[str, Distribution] = {}
    for distribution in read_distributions(host, query.directories):
        name = canonicalize_name(distribution.name)
        if name in wanted:
            found.setdefault(name, distribution)
    owners = read_ownership(host, [each.location for each in found.values()]).owners
    versions = {}
    for name, distribution in found.items():
        owner = owners.get(distribution.location)
        if owner:
            candidate = PackageCandidate(
                package=owner.package,
                source="installed-metadata",
                installed_upstream=distribution.version,
            )
            candidates.add(name, candidate)
            versions[owner.package] = PackageVersions(installed=owner.version)
    return versions
