# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer of the child that built or predicted: serialised, checked, and made into an outcome."""

from __future__ import annotations

from typing import Any, Dict, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._process.commands import OperationError
from .._scan.project_name import canonicalize_name
from .build_task import BuildTask, Installer
from .comparison import has_requested_settings
from .host_state import HostState
from .outcome import Outcome, previous_release
from .owner import has_requested_owner
from .plan import compare


class Changes(NamedTuple):
    """The distributions before and after a build, and the names that were installed again at the same version."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    reinstalled: Sequence[str] = ()
    unresolved: Optional[str] = ""


class BuildResult(NamedTuple):
    """What a child answered."""

    before: Mapping[str, str]  # distributions, by normalised name
    after: Mapping[str, str]
    reinstalled: Tuple[str, ...]
    unresolved: str  # why a prediction is not exact; '' where it is
    installer: str
    settings: bool  # whether the mode or the access to the base's packages changes
    same: bool  # whether the current release stays in use


def serialize(
    task: BuildTask, installer: Installer, changes: Changes, *, same: bool = False
) -> Dict[str, Any]:
    """Return the child's answer as plain data; ``same`` says that the current release stays in use."""
    is_copy = task.plan.base == "copy"
    return {
        "before": dict(changes.before),
        "after": dict(changes.after),
        "reinstalled": [canonicalize_name(name) for name in changes.reinstalled],
        "unresolved": changes.unresolved or "",
        "installer": installer.name,
        "settings": is_copy and not has_requested_settings(task),
        "same": same,
    }


def parse_build_result(answer: Any) -> BuildResult:
    """Return the child's answer, which the environment's owner may have written; raises OperationError if malformed."""
    names = ("before", "after")
    is_sound = isinstance(answer, dict) and all(
        isinstance(answer.get(name), dict) for name in names
    )
    if not is_sound or not isinstance(answer.get("reinstalled"), list):
        raise OperationError(
            "child-answer", "the child process of the owner returned an invalid answer"
        )
    return BuildResult(
        before={str(key): str(value) for key, value in answer["before"].items()},
        after={str(key): str(value) for key, value in answer["after"].items()},
        reinstalled=tuple(str(name) for name in answer["reinstalled"]),
        unresolved=str(answer.get("unresolved") or ""),
        installer=str(answer.get("installer", "")),
        settings=bool(answer.get("settings")),
        same=bool(answer.get("same")),
    )


def to_outcome(
    task: BuildTask, found: HostState, result: BuildResult, release: str
) -> Outcome:
    """Return the outcome of a build, or of its prediction, without the changes of links.

    :param release: the id of the release that is the current one afterwards.
    """
    spec, current, plan = task.spec, task.current, task.plan
    difference = compare(result.before, result.after, result.reinstalled)
    steps = {
        "created": current.kind == "absent",
        "adopted": plan.adopt,
        "settings": plan.base == "copy" and result.settings,
        "owner": current.kind != "absent" and not has_requested_owner(spec, current),
    }
    done = tuple(name for name, is_done in steps.items() if is_done)
    interpreter = task.toolchain.interpreter
    return Outcome(
        path=spec.path,
        changed=bool(done or plan.because or any(difference) or result.unresolved),
        python=interpreter.path,
        version=interpreter.version,
        release=release,
        previous=current.release
        if release != current.release
        else previous_release(current),
        installer=result.installer,
        difference=difference,
        before=result.before,
        after=result.after,
        rebuilt=plan.because,
        done=done,
        unresolved=result.unresolved,
    )
