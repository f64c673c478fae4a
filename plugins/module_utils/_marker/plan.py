# SPDX-License-Identifier: GPL-3.0-or-later
"""What restores each EXTERNALLY-MANAGED file, by the cause: spec and state in, plan out."""

from __future__ import annotations

from typing import List, NamedTuple, Optional, Tuple

from .site_marker import is_site_marker, make_text
from .spec import MarkerSpec
from .state import HostMarkers, MarkerState

#: Package managers that can put back a file of theirs.
REINSTALLING = ("apk", "dpkg", "homebrew", "pacman", "portage", "rpm", "xbps")
#: What the package manager cannot replace by a file.
OBSTACLES = ("dangling", "directory", "other")
_INSTEAD = {
    "conda": "Install conda-pypi again in that environment, or use conda install.",
    "nix": "The Nix store is read-only: run nix-store --verify --check-contents --repair.",
    "uv": "Run: uv python install --reinstall.",
}


class Step(NamedTuple):
    """One thing to do: its ``kind``, and what it is done with.

    Kinds: remove-obstacle, remove-diversion, include-path, allow-extraction, reinstall, write-file, remove-file.
    """

    kind: str
    argument: str = ""


class PlanProblem(NamedTuple):
    """Why a file cannot be restored, and what to do."""

    code: str
    message: str
    hint: str


class MarkerPlan(NamedTuple):
    """What is done at one place, what is there afterwards, and what prevents it."""

    marker: MarkerState
    steps: Tuple[Step, ...] = ()
    state: str = ""  # afterwards
    kept: str = ""  # why something is left as it is
    problem: Optional[PlanProblem] = None


def plan_markers(spec: MarkerSpec, host: HostMarkers) -> Tuple[MarkerPlan, ...]:
    """Plan each place on its own: a problem with one does not prevent the others."""
    return tuple(_plan_one(spec, host, marker) for marker in host.markers)


def _plan_one(spec: MarkerSpec, host: HostMarkers, marker: MarkerState) -> MarkerPlan:
    if spec.site_marker == "present":
        return _plan_site_marker(spec, host, marker)
    if spec.site_marker == "absent":
        return _plan_removal(host, marker)
    if marker.state in ("intact", "not_expected", "unexpected"):
        return MarkerPlan(marker, state=marker.state)
    if marker.state == "unknown":
        hint = "Run as root, or look at the file by hand."
        message = "it is not known whether %s is as shipped: %s" % (
            marker.path,
            marker.because,
        )
        return MarkerPlan(
            marker,
            state=marker.state,
            problem=PlanProblem("unknown-state", message, hint),
        )
    if marker.state == "diverted" and spec.diversions == "keep":
        kept = "the diversion is kept: %s; set diversions to remove" % marker.because
        return MarkerPlan(marker, state=marker.state, kept=kept)
    problem = _find_problem(host, marker)
    if problem:
        return MarkerPlan(marker, state=marker.state, problem=problem)
    return MarkerPlan(marker, steps=tuple(_plan_steps(marker)), state="intact")


def _find_problem(host: HostMarkers, marker: MarkerState) -> Optional[PlanProblem]:
    if host.immutable:
        message = "%s cannot be written: the system is immutable (%s)" % (
            marker.path,
            host.immutable,
        )
        return PlanProblem(
            "immutable-system", message, "Deploy an image in which the file is intact."
        )
    if marker.manager not in REINSTALLING:
        hint = _INSTEAD.get(
            marker.manager, "Reinstall that Python the way it was installed."
        )
        message = "no package manager of this host can restore %s" % marker.path
        return PlanProblem("no-package-manager", message, hint)
    if marker.is_filled:
        message = "%s is a directory that contains files" % marker.path
        return PlanProblem("obstacle", message, "Look at it, and move it away.")
    if marker.diverted_by:
        message = "%s is diverted by the package %s" % (marker.path, marker.diverted_by)
        return PlanProblem(
            "diverted-by-package",
            message,
            "Remove that package, or ask its maintainers.",
        )
    return None


def _plan_steps(marker: MarkerState) -> List[Step]:
    steps = []
    is_diverted = marker.state == "diverted"
    # dpkg-divert overwrites nothing
    if marker.kind in OBSTACLES or (is_diverted and marker.kind != "missing"):
        steps.append(Step("remove-obstacle", marker.path))
    if is_diverted:
        steps.append(Step("remove-diversion", marker.path))
    if marker.state == "excluded" and marker.manager == "dpkg":
        steps.append(Step("include-path", marker.path))
    if marker.state == "excluded" and marker.manager == "pacman":
        steps.append(
            Step(
                "allow-extraction",
                marker.exclusions[-1] if marker.exclusions else "/etc/pacman.conf",
            )
        )
    steps.append(Step("reinstall", marker.package))
    return steps


def _plan_site_marker(
    spec: MarkerSpec, host: HostMarkers, marker: MarkerState
) -> MarkerPlan:
    text = make_text(spec.message, spec.localized_messages)
    if marker.state not in ("not_expected", "unexpected"):
        message = (
            "the vendor ships %s, and its text is for every user of that Python"
            % marker.path
        )
        shipped = PlanProblem(
            "vendor-ships-one",
            message,
            "Leave error_message out: the file is restored as shipped.",
        )
        return MarkerPlan(marker, state=marker.state, problem=shipped)
    problem = _find_site_problem(host, marker)
    if problem:
        return MarkerPlan(marker, state=marker.state, problem=problem)
    if marker.content == text.encode("utf-8"):
        return MarkerPlan(marker, state="unexpected")
    return MarkerPlan(marker, steps=(Step("write-file", text),), state="unexpected")


def _plan_removal(host: HostMarkers, marker: MarkerState) -> MarkerPlan:
    if marker.state == "not_expected":
        return MarkerPlan(marker, state=marker.state)
    if not is_site_marker(marker.content):
        message = "%s was not written by this module" % marker.path
        foreign = PlanProblem(
            "foreign-file",
            message,
            "Find out who manages it; this module never removes it.",
        )
        return MarkerPlan(marker, state=marker.state, problem=foreign)
    problem = _find_site_problem(host, marker)
    if problem:
        return MarkerPlan(marker, state=marker.state, problem=problem)
    return MarkerPlan(
        marker, steps=(Step("remove-file", marker.path),), state="not_expected"
    )


def _find_site_problem(host: HostMarkers, marker: MarkerState) -> Optional[PlanProblem]:
    if host.immutable:
        message = "%s cannot be written: the system is immutable (%s)" % (
            marker.path,
            host.immutable,
        )
        return PlanProblem(
            "immutable-system", message, "Write the file when the image is built."
        )
    if marker.kind != "missing" and not is_site_marker(marker.content):
        message = "%s exists and was not written by this module" % marker.path
        return PlanProblem(
            "foreign-file", message, "Find out who manages it, and remove it by hand."
        )
    return None
