# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule about distributions that the site lists: the compromised, the forbidden."""

from __future__ import annotations

import os
from typing import Iterator

from ..._host.record import NamedTuple
from ..project_name import canonicalize_name
from ..verdicts import ListedPackage
from .rule import Check, Results, Rule, ScannedHost

LISTED_PACKAGE = Rule(
    key="listed-package",
    severity="high",
    needs=("installations", "environments", "packages"),
    cure="Find out what it did there. Then remove it from {directory}, or install a version that is not listed.",
)


class _Installed(NamedTuple):
    """A distribution, or a package of conda, that is on the host."""

    project: str  # normalised
    name: str
    version: str
    location: str
    used_by: str


def check_listed(scanned: ScannedHost) -> Results:
    """Yield each installed distribution that the site lists, in every installation and environment."""
    by_project: dict[str, list[ListedPackage]] = {}
    for listed in scanned.listed_packages:
        by_project.setdefault(listed.name, []).append(listed)
    if not by_project:
        return
    from ..specifier import matches

    for installed in _all_installed(scanned):
        for listed in by_project.get(installed.project, ()):
            answer = (
                matches(installed.version, listed.clauses)
                if installed.version or not listed.clauses
                else None
            )
            if answer is None:
                reason = "%s %s cannot be compared with %s" % (
                    installed.name,
                    installed.version,
                    listed.versions,
                )
                yield LISTED_PACKAGE.undecided(installed.location, reason)
            elif answer:
                wanted = "every version" if not listed.clauses else listed.versions
                yield LISTED_PACKAGE.finding(
                    installed.location,
                    "%s %s is listed: %s"
                    % (installed.name, installed.version, listed.reason),
                    severity=listed.severity,
                    evidence=(
                        "listed: %s of %s" % (wanted, listed.name),
                        "installed in " + installed.used_by,
                    ),
                )


def _all_installed(scanned: ScannedHost) -> Iterator[_Installed]:
    names: dict[str, str] = {}

    def project_of(name: str) -> str:
        if name not in names:
            names[name] = canonicalize_name(name)
        return names[name]

    imported: set[tuple[str, str]] = (
        set()
    )  # (prefix of conda, project) that a distribution in it answers for
    prefixes = {row.prefix for row in scanned.more.conda_packages}
    for installation in scanned.classified.installations:
        reading = installation.reading
        for package in installation.packages:
            project = project_of(package.name)
            if reading.prefix in prefixes and package.location.startswith(
                reading.prefix + "/"
            ):
                imported.add((reading.prefix, project))
            yield _Installed(
                project,
                package.name,
                package.version,
                package.location,
                _site_of(package.location),
            )
    for environment in scanned.classified.environments:
        path = environment.reading.path
        for package in environment.packages:
            project = project_of(package.name)
            imported.add((path, project))
            yield _Installed(
                project, package.name, package.version, package.location, path
            )
    for record in scanned.more.conda_packages:
        project = project_of(record.name)
        if (record.prefix, project) not in imported:
            yield _Installed(
                project, record.name, record.version, record.path, record.prefix
            )


def _site_of(location: str) -> str:
    return os.path.dirname(location)


CHECKS = (Check(check_listed, (LISTED_PACKAGE,)),)
