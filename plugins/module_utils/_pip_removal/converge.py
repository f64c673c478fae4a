# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes what pip installed among a package manager's distributions, and restores what it overwrote.

Packages are reinstalled first. If one cannot be downloaded, nothing was removed, and the host is as it was.
"""

from __future__ import annotations

from typing import Callable, Dict, List, NamedTuple, Tuple

from .._host.host import Host
from .._process.commands import OperationError, Run, from_os_error
from .._process.package_reinstall import Reinstallation, reinstall
from .plan import PipRemovalPlan, Removal, plan_removal
from .remove_files import remove_empty_directory, remove_file
from .spec import PipRemovalSpec
from .state import are_restored, read_distributions

OpenHost = Callable[[], Host]


class PipRemovalResult(NamedTuple):
    """What was done."""

    plan: PipRemovalPlan
    changed: bool


def converge(
    run: Run, open_host: OpenHost, spec: PipRemovalSpec, check: bool
) -> PipRemovalResult:
    """Bring a host to a spec; raise OperationError where it fails.

    :param run: runs a command of a package manager.
    :param open_host: opens the host for reading; it may run package managers that cannot be read as files.
    :param check: predict only.
    """
    with open_host() as host:
        plan = plan_removal(read_distributions(host, spec))
    changed = bool(plan.removals)
    if not changed or check:
        return PipRemovalResult(plan, changed)
    for wanted in _reinstallations(plan):
        reinstall(run, wanted, _restoration(open_host, plan))
    for removal in plan.removals:
        try:
            _remove(removal)
        except OSError as exc:
            raise from_os_error(exc, removal.distribution.location) from exc
    with open_host() as host:
        left = plan_removal(read_distributions(host, spec)).removals
    if left:
        names = ", ".join(row.distribution.name for row in left)
        hint = "Find out what installs it, such as a configuration management job."
        raise OperationError(
            "still-there", "%s is there again after its removal" % names, hint
        )
    return PipRemovalResult(plan, changed)


def _reinstallations(plan: PipRemovalPlan) -> List[Reinstallation]:
    """Return the packages by their manager, so that each package manager is started once."""
    by_manager: Dict[str, List[Tuple[str, str]]] = {}
    for manager, package, version in plan.reinstalled:
        by_manager.setdefault(manager, []).append((package, version))
    path = plan.altered[0] if plan.altered else ""
    return [
        Reinstallation(manager, tuple(packages), path)
        for manager, packages in by_manager.items()
    ]


def _restoration(open_host: OpenHost, plan: PipRemovalPlan) -> Callable[[], bool]:
    def is_restored() -> bool:
        with open_host() as host:
            return are_restored(host, plan.altered)

    return is_restored


def _remove(removal: Removal) -> None:
    for path in removal.files:
        remove_file(path)
    for path in removal.directories:
        remove_empty_directory(path)
