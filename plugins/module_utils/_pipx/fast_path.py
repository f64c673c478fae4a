# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there of applications of pipx, and whether it is as wanted: told by reading alone.

What does something is in `pipx_app`: most of the code is compiled where it is imported, and only where it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, NamedTuple, Optional, Tuple

from .._host.host import Host
from .._process.commands import OperationError
from .._process.secrets import Credential
from .._scan.classify.environment import classify_environment
from .._scan.judge.environment_health import LOW, judge_environment
from .._scan.project_name import canonicalize_name
from .plan import describe, plan
from .spec import Application, PipxAppSpec
from .state import find_directory, find_links, read_application

if TYPE_CHECKING:
    from .._process.accounts import Account


class Order(NamedTuple):
    """One application, and where and how it is to be."""

    wish: PipxAppSpec
    label: str
    scope: str
    account: Optional[Account]  # None: the caller
    homes: Tuple[str, ...]
    bin_directory: str
    man_directory: str
    sources: Mapping[str, Any]  # where distributions come from, as of the options
    credentials: Tuple[Credential, ...]
    python: str
    backend: str
    executable: str
    lock_timeout: float


class Seen(NamedTuple):
    """What one look found."""

    directory: str
    found: Optional[Application]
    links: Tuple[str, ...]


class Outcome(NamedTuple):
    """What came of one application; ``seen`` is what is there now, ``before`` and ``after`` are lines of a diff."""

    order: Order
    seen: Seen
    before: str
    after: str
    changed: bool = False
    repaired: str = ""
    unresolved: str = ""
    failed: Optional[OperationError] = None


def look(order: Order) -> Seen:
    """Read one application: no process is started."""
    with Host() as host:
        wanted = order.wish.requirement
        homes = [host.real(home) or home for home in order.homes]
        directory = find_directory(host, homes, wanted, order.wish.suffix)
        if not directory:
            places = [
                home + "/venvs/" + canonicalize_name(wanted.name + order.wish.suffix) for home in homes if wanted.name
            ]
            links = [link for place in places for link in find_links(host, place, order.bin_directory)]
            return Seen("", None, tuple(links))
        found, reading = read_application(host, directory, order.bin_directory)
        if reading is not None:
            judged = judge_environment(classify_environment(reading, lambda path: ""))
            found = found._replace(problems=tuple(each.message for each in judged.problems if each.code not in LOW))
        return Seen(directory, found, find_links(host, directory, order.bin_directory))


def settle(order: Order) -> Optional[Outcome]:
    """Give the outcome where nothing is to be done, or can be; else None."""
    seen = look(order)
    try:
        refuse_foreign(order, seen)
    except OperationError as exc:
        return outcome_of(order, seen, seen)._replace(failed=exc)
    if plan(order.wish, seen.found, seen.links).steps:
        return None
    return outcome_of(order, seen, seen)


def outcome_of(order: Order, before: Seen, after: Seen) -> Outcome:
    """Give what came of an application, told by what is there before and after."""
    texts = describe(before.found), describe(after.found)
    return Outcome(order, after, *texts, changed=texts[0] != texts[1])


def refuse_foreign(order: Order, seen: Seen) -> None:
    """Raise Failed where something else holds the place of a command."""
    if seen.found is not None and seen.found.foreign and order.wish.state != "absent":
        message = "%s is there, and is not its own" % seen.found.foreign[0]
        raise OperationError("command-taken", message, "Move that away, or give the application a suffix.")
