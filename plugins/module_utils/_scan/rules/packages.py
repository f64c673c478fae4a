# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about installed distributions: what pip or uv put among, over or before a package manager's own."""

from __future__ import annotations

import os
from typing import Iterator

from ..._host.record import NamedTuple
from ..project_name import canonicalize_name
from ..unknown_owner import find_unknown
from ..verdicts import Installation, Package
from .package_commands import reinstall_command
from .rule import Check, Results, Rule, ScannedHost

_SEPARATE = "Install what needs them in a virtual environment (python3 -m venv), then remove them from {subject}."

PIP_IN_SYSTEM_PACKAGES = Rule(
    key="pip-in-system-packages",
    severity="medium",
    needs=("installations", "packages"),
    cure=_SEPARATE,
)
SYSTEM_PACKAGE_OVERWRITTEN = Rule(
    key="system-package-overwritten",
    severity="high",
    needs=("installations", "packages"),
    cure="Reinstall the package that owns the files.",
)
SHADOWS_SYSTEM_PACKAGE = Rule(
    key="shadows-system-package",
    severity="medium",
    needs=("installations", "packages"),
    cure=_SEPARATE,
)

_EVIDENCE_LIMIT = 40  # clauses of one finding
_NAMES_LIMIT = 5  # projects that one message names
_SYSTEM_ROLES = ("distribution", "site")  # of directories that a package manager fills
_INSTALLER_ORIGINS = ("pip", "uv", "editable")


class _Managed(NamedTuple):
    """An installation whose packages a package manager maintains."""

    installation: Installation
    roles: dict[str, str]  # role of each of its site directories

    def role_of(self, package: Package) -> str:
        """Return the role of the directory that a package lies in, '' of an unknown one."""
        return self.roles.get(os.path.dirname(package.location), "")


def _managed(scanned: ScannedHost) -> Iterator[_Managed]:
    """Yield the installations that a package manager maintains, but for Conda, Nix and Guix: pip may write there."""
    for installation in scanned.classified.installations:
        owner = installation.package
        if installation.system or (
            owner and owner.manager not in ("conda", "nix", "guix")
        ):
            roles = {
                directory.path: directory.role
                for directory in installation.reading.site_directories
            }
            yield _Managed(installation, roles)


def check_intruders(scanned: ScannedHost) -> Results:
    """Yield, by directory, what lies in a directory of the system's packages and belongs to no package."""
    for directory, packages in _system_packages(scanned).items():
        intruders = [
            each
            for each in packages
            if each.origin in _INSTALLER_ORIGINS and not each.owner
        ]
        if intruders:
            evidence = sorted(
                "%s %s (%s)" % (each.name, each.version, each.origin)
                for each in intruders
            )
            yield PIP_IN_SYSTEM_PACKAGES.finding(
                directory,
                "%d that no package owns: %s" % (len(intruders), _names(intruders)),
                evidence=evidence[:_EVIDENCE_LIMIT],
            )
        doubtful = [each for each in packages if each.origin == "unknown"]
        unread = find_unknown(
            scanned.readings.ownership, [each.location for each in doubtful]
        )
        if doubtful and unread:
            reason = "the owner of %s is not known: %s: %s" % (
                _names(doubtful),
                *unread[0],
            )
            yield PIP_IN_SYSTEM_PACKAGES.undecided(directory, reason)


def _system_packages(scanned: ScannedHost) -> dict[str, list[Package]]:
    """Return what lies in each directory of the system's packages, once where several Pythons share the directory."""
    found: dict[str, dict[str, Package]] = {}  # by directory and location
    for managed in _managed(scanned):
        for package in managed.installation.packages:
            if managed.role_of(package) in _SYSTEM_ROLES:
                directory = os.path.dirname(package.location)
                found.setdefault(directory, {})[package.location] = package
    return {directory: list(rows.values()) for directory, rows in found.items()}


def check_overwritten(scanned: ScannedHost) -> Results:
    """Yield each distribution whose files lie over those of a package of the system."""
    for managed in _managed(scanned):
        installation = managed.installation
        for package in installation.packages:
            if not package.overwrites:
                continue
            owner = installation.package
            overwritten = owner._replace(package=package.overwrites) if owner else None
            reinstall = (
                reinstall_command(scanned, overwritten, installation)
                or "reinstall " + package.overwrites
            )
            yield SYSTEM_PACKAGE_OVERWRITTEN.finding(
                package.location,
                "%s %s overwrites files of the package %s"
                % (package.name, package.version, package.overwrites),
                cure="Remove %s. Then: %s" % (package.location, reinstall),
            )


def check_shadowing(scanned: ScannedHost) -> Results:
    """Yield, by directory, the projects in /usr/local or a user site that are imported before the system's own."""
    for managed in _managed(scanned):
        owned = _owned_projects(managed)
        for directory, shadowing in _find_shadowing(managed, owned).items():
            yield SHADOWS_SYSTEM_PACKAGE.finding(
                directory,
                "imported before the operating system's own: " + _names(shadowing),
                evidence=[
                    _comparison(each, owned) for each in shadowing[:_EVIDENCE_LIMIT]
                ],
            )


def _owned_projects(managed: _Managed) -> dict[str, Package]:
    """Return the packages of the package manager by project, the one that is imported first of each."""
    owned: dict[str, Package] = {}
    for role in _SYSTEM_ROLES:
        for package in managed.installation.packages:
            if package.owner and managed.role_of(package) == role:
                owned.setdefault(canonicalize_name(package.name), package)
    return owned


def _find_shadowing(
    managed: _Managed, owned: dict[str, Package]
) -> dict[str, list[Package]]:
    """Return, by directory, what no package manager owns and is imported before a project of ``owned``."""
    found: dict[str, list[Package]] = {}
    for role in ("user", "local"):
        for package in managed.installation.packages:
            first = not package.owner and managed.role_of(package) == role
            if first and canonicalize_name(package.name) in owned:
                directory = os.path.dirname(package.location)
                found.setdefault(directory, []).append(package)
    return found


def _comparison(package: Package, owned: dict[str, Package]) -> str:
    system = owned[canonicalize_name(package.name)]
    return "%s %s comes before %s (%s)" % (
        package.name,
        package.version,
        system.version,
        system.owner,
    )


def _names(packages: list[Package]) -> str:
    names = sorted({package.name for package in packages}, key=str.lower)
    text = ", ".join(names[:_NAMES_LIMIT])
    more = len(names) - _NAMES_LIMIT
    return "%s, and %d more" % (text, more) if more > 0 else text


CHECKS = (
    Check(check_intruders, (PIP_IN_SYSTEM_PACKAGES,)),
    Check(check_overwritten, (SYSTEM_PACKAGE_OVERWRITTEN,)),
    Check(check_shadowing, (SHADOWS_SYSTEM_PACKAGE,)),
)
