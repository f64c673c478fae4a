# SPDX-License-Identifier: GPL-3.0-or-later
"""The result for one environment, before it is serialized."""

from __future__ import annotations

import time
from typing import Callable, Mapping, NamedTuple, Optional, Tuple

from .._process.commands import OperationError, from_os_error
from .plan import Difference
from .spec import EnvironmentSpec
from .state import EnvironmentState


class Outcome(NamedTuple):
    """What a converge found and changed in one environment."""

    path: str
    changed: bool = False
    python: str = ""
    version: str = ""
    release: str = ""
    previous: str = ""
    installer: str = ""
    difference: Difference = Difference()
    before: Mapping[str, str] = {}
    after: Mapping[str, str] = {}
    rebuilt: Tuple[
        str, ...
    ] = ()  # why the environment was not updated but built from nothing
    done: Tuple[
        str, ...
    ] = ()  # other changes: created, adopted, owner, mode, links, switched, removed
    unresolved: str = ""
    duration: float = 0.0
    failed: Optional[OperationError] = None


def capture_outcome(
    spec: EnvironmentSpec, work: Callable[[], Optional[Outcome]]
) -> Optional[Outcome]:
    """Return what ``work`` returns, with its duration; an OperationError or OSError becomes a failed outcome."""
    started = time.monotonic()
    try:
        outcome = work()
    except OperationError as exc:
        outcome = Outcome(spec.path, failed=exc)
    except OSError as exc:
        outcome = Outcome(spec.path, failed=from_os_error(exc, spec.path))
    if outcome is None:
        return None
    if (
        spec.strategy == "in_place"
    ):  # also where the current release is changed in place
        outcome = outcome._replace(release="", previous="")
    return outcome._replace(duration=round(time.monotonic() - started, 3))


def recorded_outcome(spec: EnvironmentSpec, current: EnvironmentState) -> Outcome:
    """Return the outcome for an environment that stays as its record says."""
    record = current.record
    return Outcome(
        path=spec.path,
        python=str(record.get("python", "")),
        version=str(record.get("version", "")),
        release=current.release,
        previous=previous_release(current),
        installer=str(record.get("installer", "")),
    )


def previous_release(current: EnvironmentState) -> str:
    """Return the newest kept release that is older than the current one, or ''."""
    if current.release not in current.releases:
        older = [each for each in current.releases if each < current.release]
    else:
        older = list(current.releases[: current.releases.index(current.release)])
    return older[-1] if older else ""
