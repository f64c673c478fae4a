# SPDX-License-Identifier: GPL-3.0-or-later
"""Where nothing is to be done: told by reading alone, with as little as can be imported for it."""

from __future__ import annotations

import time
from functools import partial
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._host.host import Host
from .._install.contents import read_contents, verify_contents
from .._process.commands import OperationError, from_os_error
from .inputs import Inputs, read_inputs
from .link_state import are_left, are_missing, obsolete_links
from .owner import owns
from .plan import Difference, is_settled
from .spec import EnvironmentSpec
from .state import EnvironmentState, read_environment_state


class Order(NamedTuple):
    """One environment that is asked for, and the credentials for its indexes."""

    spec: EnvironmentSpec
    credentials: Tuple[Any, ...] = ()


class Outcome(NamedTuple):
    """What became of one environment."""

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
    rebuilt: Tuple[str, ...] = ()
    done: Tuple[str, ...] = ()  # what else was changed: created, adopted, owner, mode, links, switched, removed
    unresolved: str = ""
    duration: float = 0.0
    failed: Optional[OperationError] = None


def attempt(spec: EnvironmentSpec, work: Callable[[], Optional[Outcome]]) -> Optional[Outcome]:
    """Do work for an environment; what goes wrong is its outcome, and so is the time that it took."""
    started = time.monotonic()
    try:
        outcome = work()
    except OperationError as exc:
        outcome = Outcome(spec.path, failed=exc)
    except OSError as exc:
        outcome = Outcome(spec.path, failed=from_os_error(exc, spec.path))
    if outcome is None:
        return None
    if spec.strategy == "in_place":  # also where what serves is a release that is changed in place
        outcome = outcome._replace(release="", previous="")
    return outcome._replace(duration=round(time.monotonic() - started, 3))


def look(orders: Sequence[Order]) -> List[Optional[Outcome]]:
    """Give the outcome of each order for which nothing is to be done, or that is refused; None for the others."""
    with Host() as host:
        return [attempt(order.spec, partial(settle, order.spec, host)) for order in orders]


def settle(spec: EnvironmentSpec, host: Host) -> Optional[Outcome]:
    """Give the outcome where nothing is to be done, as reading alone tells; None where something may be."""
    current = read_environment_state(host, spec.path)
    if current.kind == "other":
        raise OperationError(
            "not-an-environment",
            "%s is %s" % (spec.path, current.what),
            "Move it away, or name another path; nothing was touched.",
        )
    if spec.state == "absent":
        nothing = current.kind == "absent" and not (current.releases or current.unfinished)
        return Outcome(spec.path) if nothing and not are_left(host, spec) else None
    if spec.release:
        settled = current.release == spec.release and current.prefix and not are_missing(host, spec, current)
        return as_it_is(spec, current) if settled else None
    if spec.state == "latest" or current.kind == "absent":
        return None
    if current.unfinished:  # left by a run that was ended, or of one that is at work
        return None
    inputs = inputs_of(host, spec)
    if inputs.moving or current.record.get("inputs") != inputs.digest:
        return None
    contents = read_contents(host, current.prefix)
    if is_settled(spec, current.kind, current.record, inputs.digest, contents.digest):
        return None
    if not owns(spec, current) or (spec.mode and int(spec.mode, 8) != current.mode):
        return None
    if are_missing(host, spec, current) or obsolete_links(host, spec, current):
        return None
    if spec.verify == "full" and verify_contents(host, current.prefix):
        return None
    return as_it_is(spec, current)._replace(before=contents.packages, after=contents.packages)


def inputs_of(host: Host, spec: EnvironmentSpec) -> Inputs:
    """Read all that a wish names; raises Failed where it cannot be read."""
    inputs = read_inputs(host, spec)
    if inputs.missing:
        path, reason = inputs.missing[0]
        raise OperationError("no-such-file", "%s: %s" % (path, reason), "Put the file on the host before this task.")
    return inputs


def as_it_is(spec: EnvironmentSpec, current: EnvironmentState) -> Outcome:
    """Give the outcome for an environment that stays, or comes back, as it is on record."""
    record = current.record
    return Outcome(
        spec.path,
        python=str(record.get("python", "")),
        version=str(record.get("version", "")),
        release=current.release,
        previous=previous_of(current),
        installer=str(record.get("installer", "")),
    )


def previous_of(current: EnvironmentState) -> str:
    """Give the newest kept release that is older than the one that serves."""
    older = [each for each in current.releases if each < current.release]
    return older[-1] if older else ""
