# SPDX-License-Identifier: GPL-3.0-or-later
"""What would change in an environment of conda: requested packages and state in, plan out."""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Sequence, Tuple

from .match_spec import CondaPackage, MatchSpec, matches
from .spec import EnvironmentSpec, Requested
from .state import EnvironmentState

_NAME_END = re.compile(r"[ =<>!~\[]")


class Step(NamedTuple):
    """One call of the tool, or the removal of the whole environment, with the packages concerned."""

    kind: str  # create, install, update, remove, delete
    words: Tuple[str, ...] = ()


class Plan(NamedTuple):
    """The steps, in their order."""

    steps: Tuple[Step, ...] = ()


def plan_environment(
    spec: EnvironmentSpec, requested: Requested, state: EnvironmentState
) -> Plan:
    """Plan what brings an environment to its requested state."""
    if spec.state == "absent":
        return Plan((Step("delete"),) if state.is_environment else ())
    words = tuple(each.text for each in requested.specs)
    if not state.is_environment:
        return Plan((Step("create", words),))
    steps: List[Step] = []
    if find_unsatisfied(requested.specs, state.packages):
        steps.append(Step("install", words))
    if spec.state == "latest" and state.packages:
        steps.append(Step("update"))
    extra = find_extra(requested.specs, state.packages) if spec.exact else ()
    if extra:
        steps.append(Step("remove", extra))
    return Plan(tuple(steps))


def find_unsatisfied(
    specs: Sequence[MatchSpec], packages: Sequence[CondaPackage]
) -> Tuple[MatchSpec, ...]:
    """Return the match specs that no installed package satisfies."""
    return tuple(
        spec
        for spec in specs
        if not any(matches(spec, package) for package in packages)
    )


def find_extra(
    specs: Sequence[MatchSpec], packages: Sequence[CondaPackage]
) -> Tuple[str, ...]:
    """Return the names of packages that nothing requested needs, directly or by its dependencies."""
    by_name: Dict[str, CondaPackage] = {package.name: package for package in packages}
    pending = [spec.name for spec in specs]
    needed = set()
    while pending:
        name = pending.pop()
        if name in needed or name not in by_name:
            continue
        needed.add(name)
        pending += [
            _NAME_END.split(text, 1)[0].lower() for text in by_name[name].depends
        ]
        if (
            name == "python"
        ):  # conda installs it with python (add_pip_as_python_dependency)
            pending.append("pip")
    return tuple(sorted(set(by_name) - needed))
