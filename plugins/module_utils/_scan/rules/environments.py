# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about environments: each one that is not sound falls under one of them."""

from __future__ import annotations

from typing import Sequence

from ..verdicts import JudgedEnvironment, Problem
from .pipx import PIPX_APPLICATION_BROKEN
from .rule import Check, Results, Rule, ScannedHost

_REBUILD = "Rebuild the environment, as its owner."

ENVIRONMENT_BROKEN = Rule(
    key="environment-broken",
    severity="high",
    needs=("environments",),
    cure=_REBUILD,
)
ENVIRONMENT_INCOMPLETE = Rule(
    key="environment-incomplete",
    severity="medium",
    needs=("environments",),
    cure=_REBUILD,
)
ENVIRONMENT_STALE = Rule(
    key="environment-stale",
    severity="high",
    needs=("environments",),
    cure=_REBUILD,
)


def check_environments(scanned: ScannedHost) -> Results:
    """Yield each environment in use that is broken, or whose health is unknown; kept releases are not judged."""
    for judged in scanned.judged.environments:
        reading = judged.environment.reading
        if not reading.in_use:
            continue
        rule, path = _rule_of(judged), reading.release_of or reading.path
        worst = [problem for problem in judged.problems if problem.severity == "high"]
        if judged.health == "unknown":
            messages = _messages(judged.problems)
            yield rule.undecided(path, messages or "its health is not known")
        elif judged.health == "broken":
            yield rule.finding(
                path,
                _messages(worst) or "it is broken",
                cure=worst[0].hint if worst else "",
                evidence=[
                    "%s: %s" % (problem.code, problem.message)
                    for problem in judged.problems
                ],
            )


def _messages(problems: Sequence[Problem]) -> str:
    return " ".join(problem.message for problem in problems)


def _rule_of(judged: JudgedEnvironment) -> Rule:
    codes = {problem.code for problem in judged.problems if problem.severity == "high"}
    if judged.environment.kind == "pipx":
        return PIPX_APPLICATION_BROKEN
    if "python-moved" in codes:
        return ENVIRONMENT_STALE
    half_made = codes - {"pip-missing"} == {"half-made"}
    return ENVIRONMENT_INCOMPLETE if half_made else ENVIRONMENT_BROKEN


CHECKS = (
    Check(
        check_environments,
        (
            ENVIRONMENT_BROKEN,
            ENVIRONMENT_INCOMPLETE,
            ENVIRONMENT_STALE,
            PIPX_APPLICATION_BROKEN,
        ),
    ),
)
