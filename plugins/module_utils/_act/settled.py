# SPDX-License-Identifier: GPL-3.0-or-later
"""Where nothing is to be done: told by reading alone, with as little as can be imported for it."""

from __future__ import annotations

import time
from functools import partial
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._core.host import Host
from .._core.plan.venv import Difference, is_settled
from .._core.read.inputs import Inputs, read_inputs
from .._core.read.links import are_left, are_missing, obsolete_links
from .._core.read.release import Serving, read_contents, read_serving, verify_contents
from .._core.wish import Wish
from .accounts import owns
from .commands import Failed, of_system


class Order(NamedTuple):
    """One environment that is asked for, and the credentials for its indexes."""

    wish: Wish
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
    failed: Optional[Failed] = None


def attempt(wish: Wish, work: Callable[[], Optional[Outcome]]) -> Optional[Outcome]:
    """Do work for an environment; what goes wrong is its outcome, and so is the time that it took."""
    started = time.monotonic()
    try:
        outcome = work()
    except Failed as exc:
        outcome = Outcome(wish.path, failed=exc)
    except OSError as exc:
        outcome = Outcome(wish.path, failed=of_system(exc, wish.path))
    if outcome is None:
        return None
    if wish.strategy == "in_place":  # also where what serves is a release that is changed in place
        outcome = outcome._replace(release="", previous="")
    return outcome._replace(duration=round(time.monotonic() - started, 3))


def look(orders: Sequence[Order]) -> List[Optional[Outcome]]:
    """Give the outcome of each order for which nothing is to be done, or that is refused; None for the others."""
    with Host() as host:
        return [attempt(order.wish, partial(settle, order.wish, host)) for order in orders]


def settle(wish: Wish, host: Host) -> Optional[Outcome]:
    """Give the outcome where nothing is to be done, as reading alone tells; None where something may be."""
    serving = read_serving(host, wish.path)
    if serving.kind == "other":
        raise Failed(
            "not-an-environment",
            "%s is %s" % (wish.path, serving.what),
            "Move it away, or name another path; nothing was touched.",
        )
    if wish.state == "absent":
        nothing = serving.kind == "absent" and not (serving.releases or serving.unfinished)
        return Outcome(wish.path) if nothing and not are_left(host, wish) else None
    if wish.release:
        settled = serving.release == wish.release and serving.prefix and not are_missing(host, wish, serving)
        return as_it_is(wish, serving) if settled else None
    if wish.state == "latest" or serving.kind == "absent":
        return None
    if serving.unfinished:  # left by a run that was ended, or of one that is at work
        return None
    inputs = inputs_of(host, wish)
    if inputs.moving or serving.record.get("inputs") != inputs.digest:
        return None
    contents = read_contents(host, serving.prefix)
    if is_settled(wish, serving.kind, serving.record, inputs.digest, contents.digest):
        return None
    if not owns(wish, serving) or (wish.mode and int(wish.mode, 8) != serving.mode):
        return None
    if are_missing(host, wish, serving) or obsolete_links(host, wish, serving):
        return None
    if wish.verify == "full" and verify_contents(host, serving.prefix):
        return None
    return as_it_is(wish, serving)._replace(before=contents.packages, after=contents.packages)


def inputs_of(host: Host, wish: Wish) -> Inputs:
    """Read all that a wish names; raises Failed where it cannot be read."""
    inputs = read_inputs(host, wish)
    if inputs.missing:
        path, reason = inputs.missing[0]
        raise Failed("no-such-file", "%s: %s" % (path, reason), "Put the file on the host before this task.")
    return inputs


def as_it_is(wish: Wish, serving: Serving) -> Outcome:
    """Give the outcome for an environment that stays, or comes back, as it is on record."""
    record = serving.record
    return Outcome(
        wish.path,
        python=str(record.get("python", "")),
        version=str(record.get("version", "")),
        release=serving.release,
        previous=previous_of(serving),
        installer=str(record.get("installer", "")),
    )


def previous_of(serving: Serving) -> str:
    """Give the newest kept release that is older than the one that serves."""
    older = [each for each in serving.releases if each < serving.release]
    return older[-1] if older else ""
