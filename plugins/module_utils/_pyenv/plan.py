# SPDX-License-Identifier: GPL-3.0-or-later
"""What brings the versions of a pyenv root to a spec: spec and state in, plan out."""

from __future__ import annotations

from typing import Dict, List, Mapping, Optional, Tuple

from .._host.record import NamedTuple
from .definitions import find_newest, find_releases, find_unstable
from .spec import SYSTEM, PyenvSpec, build_fingerprint
from .state import PyenvState

BUILT, REBUILT, REMOVED, KEPT = "built", "rebuilt", "removed", "none"


class PlanProblem(NamedTuple):
    """Why a spec cannot be met, and what to do."""

    code: str
    message: str
    hint: str


class VersionPlan(NamedTuple):
    """What happens to one version."""

    request: str
    name: str
    action: str  # built, rebuilt, removed, none


class PyenvPlan(NamedTuple):
    """All that happens in a root."""

    versions: Tuple[VersionPlan, ...] = ()
    recovered: Tuple[str, ...] = ()  # killed builds, which are undone first
    installed_before: Tuple[str, ...] = ()
    installed_after: Tuple[str, ...] = ()
    global_before: Tuple[str, ...] = ()
    global_after: Tuple[str, ...] = ()
    problems: Tuple[PlanProblem, ...] = ()

    def builds(self) -> Tuple[VersionPlan, ...]:
        """Return the versions to build."""
        return tuple(row for row in self.versions if row.action in (BUILT, REBUILT))

    def removals(self) -> Tuple[VersionPlan, ...]:
        """Return the versions to remove."""
        return tuple(row for row in self.versions if row.action == REMOVED)

    def changes(self) -> bool:
        """Return whether anything changes."""
        return bool(
            self.builds()
            or self.removals()
            or self.recovered
            or self.global_before != self.global_after
        )


def plan_pyenv(spec: PyenvSpec, state: PyenvState) -> PyenvPlan:
    """Plan every version, then the global ones."""
    problems: List[PlanProblem] = []
    complete = tuple(
        row.name
        for row in state.installed
        if row.is_complete and row.name not in state.interrupted
    )
    rows: Dict[str, VersionPlan] = {}
    for request in spec.versions:
        if spec.state == "absent":
            found = _plan_absent(request, state)
        else:
            found = _plan_present(request, spec, state, problems)
        for row in found:
            rows.setdefault(row.name, row)
    versions = tuple(rows.values())
    gone = {row.name for row in versions if row.action == REMOVED}
    new = {row.name for row in versions if row.action == BUILT}
    after = tuple(sorted(({*complete} | new) - gone))
    return PyenvPlan(
        versions=versions,
        recovered=state.interrupted,
        installed_before=tuple(sorted(complete)),
        installed_after=after,
        global_before=state.global_versions,
        global_after=_plan_global(spec, state, after, problems),
        problems=tuple(problems),
    )


def _plan_absent(request: str, state: PyenvState) -> List[VersionPlan]:
    names = [row.name for row in state.installed]
    found = [request] if request in names else find_releases(request, names)
    if not found:
        return [VersionPlan(request, request, KEPT)]
    return [VersionPlan(request, name, REMOVED) for name in found]


def _plan_present(
    request: str, spec: PyenvSpec, state: PyenvState, problems: List[PlanProblem]
) -> List[VersionPlan]:
    complete = {
        row.name: row
        for row in state.installed
        if row.is_complete and row.name not in state.interrupted
    }
    known = find_newest(request, state.definitions)
    name = find_newest(request, complete)
    if spec.state == "latest":
        name = find_newest(request, {*complete, *filter(None, [known])})
    if name is None:
        name = known
    if name is None:
        problems.append(_unknown_version(request, state))
        return []
    if name not in complete:
        return [VersionPlan(request, name, BUILT)]
    wanted = build_fingerprint(spec.build)
    differs = complete[name].options not in (None, wanted)
    if spec.rebuild == "changed" and differs:
        return [VersionPlan(request, name, REBUILT)]
    return [VersionPlan(request, name, KEPT)]


def _unknown_version(request: str, state: PyenvState) -> PlanProblem:
    if not state.executable:
        message = "there is no pyenv that could build %s" % request
        return PlanProblem(
            "no-pyenv",
            message,
            "Install it with the role pyfleet.python.pyenv, or set pyenv to its executable.",
        )
    unstable = find_unstable(request, state.definitions)
    if unstable:
        message = "this pyenv knows no release of %s, only %s"
        return PlanProblem(
            "no-release",
            message % (request, ", ".join(unstable[-5:])),
            "Request one of them by its whole name, or upgrade pyenv.",
        )
    releases = find_releases(request.rpartition(".")[0] or request, state.definitions)
    newest = " The newest that it knows is %s." % releases[-1] if releases else ""
    return PlanProblem(
        "unknown-version",
        "this pyenv has no definition of %s" % request,
        "Upgrade pyenv, or correct the version." + newest,
    )


def _plan_global(
    spec: PyenvSpec,
    state: PyenvState,
    installed: Tuple[str, ...],
    problems: List[PlanProblem],
) -> Tuple[str, ...]:
    """Return the global versions; what is removed is no longer one of them."""
    if spec.global_versions is None:
        return _without_removed(spec, state, installed)
    found = []
    resolved = _resolved(spec, state, installed)
    for request in spec.global_versions:
        name = SYSTEM if request == SYSTEM else resolved.get(request)
        if name is None:
            message = "global names %s, which is not installed" % request
            hint = "Add it to versions, or remove it from global."
            problems.append(PlanProblem("global-not-installed", message, hint))
        else:
            found.append(name)
    return tuple(dict.fromkeys(found))


def _without_removed(
    spec: PyenvSpec, state: PyenvState, installed: Tuple[str, ...]
) -> Tuple[str, ...]:
    if spec.state != "absent":
        return state.global_versions
    there = {row.name for row in state.installed}
    return tuple(
        name for name in state.global_versions if name in installed or name not in there
    )


def _resolved(
    spec: PyenvSpec, state: PyenvState, installed: Tuple[str, ...]
) -> Mapping[str, Optional[str]]:
    return {
        request: find_newest(request, installed)
        for request in spec.global_versions or ()
    }
