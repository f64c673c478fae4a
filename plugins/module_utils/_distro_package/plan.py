# SPDX-License-Identifier: GPL-3.0-or-later
"""Which package is the right one for each project, and whether its versions are acceptable. Nothing is read here."""

from __future__ import annotations

from typing import List, NamedTuple, Optional, Sequence, Tuple

from .._scan.pep440 import from_distribution
from .._scan.select import satisfies
from .package_records import DistroState, PackageCandidate, PackageVersions
from .spec import DistroPackageSpec, ProjectRequest

_NO_CANDIDATE = PackageCandidate(package="", source="")
_CURE = "Use a virtual environment (pyfleet.python.venv), or pipx for applications (pyfleet.python.pipx_app)"
_REASONS_LIMIT = 10  # in the message


class ProjectResult(NamedTuple):
    """A project, the package that contains it, and what installing that would do.

    ``status`` is installed, install, upgrade (an acceptable version is installed, or would be after that), unsuitable
    (no version is acceptable), missing (there is no package) or unknown (the package manager has no index).
    """

    request: ProjectRequest
    candidate: PackageCandidate
    versions: PackageVersions
    installed_upstream: str
    candidate_upstream: str
    status: str
    available: Optional[bool]  # None: not known
    because: str = ""

    @property
    def verified(self) -> bool:
        """Return whether the installed package is known to contain the project."""
        return bool(self.versions.installed) and self.candidate.source in (
            "provides",
            "installed-metadata",
        )

    @property
    def satisfied(self) -> Optional[bool]:
        """Return whether the distribution has an acceptable version; None if it is not known."""
        if self.status == "unknown":
            return None
        return self.status in ("installed", "install", "upgrade")


class DistroPackagePlan(NamedTuple):
    """What a host's distribution has of the requested projects."""

    results: Tuple[ProjectResult, ...]
    install: Tuple[str, ...]  # packages
    missing: Tuple[str, ...]  # as requested
    message: str


def plan_packages(spec: DistroPackageSpec, state: DistroState) -> DistroPackagePlan:
    """Return the package of each project, and what is to be installed for all of them."""
    results = tuple(_find_result(project, state) for project in spec.projects)
    install = [
        row.candidate.package for row in results if row.status in ("install", "upgrade")
    ]
    if state.index_missing:
        install += [
            row.candidate.package
            for row in results
            if row.status == "unknown" and row.candidate.package
        ]
    missing = tuple(
        row.request.requested
        for row in results
        if row.status in ("missing", "unsuitable")
    )
    return DistroPackagePlan(
        results=results,
        install=tuple(dict.fromkeys(install)),
        missing=missing,
        message=_describe(results, state),
    )


def _find_result(project: ProjectRequest, state: DistroState) -> ProjectResult:
    candidate = _choose(state.candidates.get(project.name, ()), state)
    versions = state.versions.get(candidate.package, PackageVersions())
    installed = candidate.installed_upstream if versions.installed else ""
    installed = installed or from_distribution(versions.installed)
    available = from_distribution(candidate.candidate_upstream or versions.candidate)
    status = _find_status(project, versions, (installed, available), state)
    is_available: Optional[bool] = bool(versions.candidate)
    if status == "unknown" and not versions.candidate:
        is_available = None
    row = ProjectResult(
        request=project,
        candidate=candidate,
        versions=versions,
        installed_upstream=installed,
        candidate_upstream=available,
        status=status,
        available=is_available,
    )
    return row._replace(because=_explain(row, state))


def _choose(
    candidates: Sequence[PackageCandidate], state: DistroState
) -> PackageCandidate:
    """Return the best candidate that is installed or available; else one that is no guess of the naive rule."""
    known = [each for each in candidates if each.package in state.versions]
    certain = [each for each in candidates if each.source != "naive"]
    usable = known or certain
    if not usable and state.index_missing:
        usable = list(candidates)
    return usable[0] if usable else _NO_CANDIDATE


def _find_status(
    project: ProjectRequest,
    versions: PackageVersions,
    upstream: Tuple[str, str],
    state: DistroState,
) -> str:
    installed, available = upstream
    if versions.installed and _accepts(project, installed):
        return "installed"
    if versions.candidate and _accepts(project, available):
        return "upgrade" if versions.installed else "install"
    if state.unsupported:
        return "missing"
    if (
        state.index_missing
    ):  # apt then takes the version that is installed for the candidate
        return "unknown"
    is_known = bool(versions.candidate or versions.installed)
    if state.contents_problem and not is_known:
        return "unknown"
    return "unsuitable" if is_known else "missing"


def _accepts(project: ProjectRequest, version: str) -> bool:
    return not project.specifier or (
        bool(version) and satisfies(version, project.specifier)
    )


def _explain(row: ProjectResult, state: DistroState) -> str:
    """Return why a project cannot be installed, in a sentence; empty if it can."""
    name = row.request.requested
    if state.unsupported:
        return state.unsupported
    if row.status == "missing":
        return "%s has no package of %s" % (state.manager, name)
    if row.status == "unsuitable":
        versions = " and ".join(
            dict.fromkeys(
                filter(None, (row.installed_upstream, row.candidate_upstream))
            )
        )
        return "%s is %s, not %s" % (
            row.candidate.package,
            versions or "of no known version",
            name,
        )
    if row.status != "unknown":
        return ""
    return state.index_missing or state.contents_problem


def _describe(results: Sequence[ProjectResult], state: DistroState) -> str:
    """Return one line for a person."""
    if not results:
        return "%d packages found" % len(state.matches)
    parts: List[str] = []
    words = {
        "installed": "installed",
        "install": "to install",
        "upgrade": "to upgrade",
        "unsuitable": "in another version only",
        "missing": "without a package",
        "unknown": "unknown",
    }
    for status, text in words.items():
        count = sum(1 for row in results if row.status == status)
        if count:
            parts.append("%d %s" % (count, text))
    every_reason = list(dict.fromkeys(row.because for row in results if row.because))
    reasons = every_reason[:_REASONS_LIMIT]
    if len(every_reason) > len(reasons):
        reasons.append("And %d more, in projects" % (len(every_reason) - len(reasons)))
    if any(row.status in ("missing", "unsuitable") for row in results):
        reasons.append(_CURE)
    summary = "%s: %s" % (state.manager or "no package manager", ", ".join(parts))
    return ". ".join([summary, *reasons])
