# SPDX-License-Identifier: GPL-3.0-or-later
"""Console scripts of an environment, exposed by links in other directories; what is not ours is never replaced."""

from __future__ import annotations

import os
import random
from typing import Callable, Iterator, List, Tuple

from .._host.host import Host
from .._process.commands import OperationError
from .link_state import Exposed, is_ours, obsolete_links, wanted_links
from .releases import place
from .spec import EnvironmentSpec
from .state import EnvironmentState


def refuse_foreign(host: Host, spec: EnvironmentSpec, uid: int) -> None:
    """Raise Failed where a link that is asked for would replace what is not ours, or lie where others can write."""
    for link in wanted_links(spec, "") if spec.state != "absent" else ():
        if host.lkind(link.path) and not is_ours(host, spec, link.path):
            message = "%s is there, and not of this environment" % link.path
            raise OperationError("foreign-file", message, "Remove it, or give the link another name with `as`.")
        place(link.path, uid, host)


Do = Callable[[str, Callable[[], None]], None]  # (place, work): does the work as who may


def expose(
    host: Host, spec: EnvironmentSpec, current: EnvironmentState, before: EnvironmentState, uid: int, do: Do
) -> bool:
    """Make the links lead into what serves, and remove those of before; tell whether that changed any."""
    changes: List[Tuple[str, Callable[[], None]]] = []
    for link in wanted_links(spec, current.prefix):
        if host.readlink(link.path) != link.target:
            changes.append((link.path, _linking(link)))
    changes += [(path, _unlinking(path)) for path in obsolete_links(host, spec, before)]
    for path, work in changes:
        do(place(path, uid, host), work)
    return bool(changes)


def withdraw(host: Host, spec: EnvironmentSpec, current: EnvironmentState, uid: int, do: Do) -> bool:
    """Remove every link into an environment that goes away: those asked for, and those on record."""
    paths = [link.path for link in wanted_links(spec, "") if is_ours(host, spec, link.path)]
    paths += obsolete_links(host, spec, current)
    for path in dict.fromkeys(paths):
        do(place(path, uid, host), _unlinking(path))
    return bool(paths)


def _linking(link: Exposed) -> Callable[[], None]:
    def work() -> None:
        os.makedirs(os.path.dirname(link.path), 0o755, exist_ok=True)
        draft = "%s.%08x" % (link.path, random.SystemRandom().getrandbits(32))
        os.symlink(link.target, draft)
        try:
            os.rename(draft, link.path)
        except BaseException:
            os.unlink(draft)
            raise

    return work


def _unlinking(path: str) -> Callable[[], None]:
    def work() -> None:
        if os.path.islink(path):
            os.unlink(path)

    return work


def missing_scripts(prefix: str, spec: EnvironmentSpec) -> Iterator[str]:
    """Give the names of scripts that are to be exposed and that the environment does not have."""
    for link in spec.links:
        if not os.access(os.path.join(prefix, "bin", link.name), os.X_OK):
            yield link.name
