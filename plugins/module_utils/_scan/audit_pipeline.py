# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit a host: one scan, of which only what the chosen rules judge and the requested inventory is read.

What only some hosts need is imported where it is met, as in pipeline.py.
"""

from __future__ import annotations

from typing import Any, Optional, Sequence

from .._host.host import Host
from .audit_model import AuditReadings
from .judge.policy import today
from .judge.verdict import judge_audit, needed
from .model import Request
from .pipeline import scan
from .read.conda_packages import conda_prefixes, read_conda_packages
from .read.ignored_pip_config import read_ignored_pip_configs
from .read.startup_hooks import read_startup_hooks
from .scan_request import INVENTORY_SUBSETS
from .verdicts import Audit, Policy, Scan

#: Rules that judge prefixes of conda.
_CONDA_RULES = frozenset(("conda-commercial-channel", "listed-package"))


def select_subsets(policy: Policy, inventory: str) -> list[str]:
    """Return the subsets of python_facts that the chosen rules and the inventory need.

    :param inventory: a key of ``INVENTORY_SUBSETS``.
    """
    return sorted({*needed(policy.rules), *INVENTORY_SUBSETS[inventory]})


def run_audit(
    host: Host, request: Request, policy: Policy, inventory: str
) -> tuple[Audit, Optional[dict[str, Any]]]:
    """Scan a host once, and return the judged audit and the facts of the inventory.

    The facts are those of the module python_facts; None where the inventory is ``none``.
    """
    scanned, more = scan_for_audit(host, request, policy.rules)
    audit = judge_audit(scanned, policy, today(host.now), more)
    subset = tuple(INVENTORY_SUBSETS[inventory])
    if not subset:
        return audit, None
    from .serialize.facts_result import serialize_facts

    return audit, serialize_facts(scanned, request._replace(subset=subset), host.root)


def scan_for_audit(
    host: Host, request: Request, rules: Sequence[str]
) -> tuple[Scan, AuditReadings]:
    """Scan a host, and read what the chosen rules need beside it."""
    scanned = scan(host, request)
    readings = scanned.readings
    more = AuditReadings()
    if "startup-hook" in rules:
        more = more._replace(
            startup_hooks=read_startup_hooks(host, readings, request.execute)
        )
    if "pip-config-ignored" in rules:
        more = more._replace(
            ignored_pip_configs=read_ignored_pip_configs(host, readings)
        )
    reads_conda = not _CONDA_RULES.isdisjoint(rules)
    prefixes = conda_prefixes(host, readings) if reads_conda else ()
    if "conda-commercial-channel" in rules and prefixes:
        from .read.conda_channels import read_conda_installations

        more = more._replace(
            conda_installations=read_conda_installations(host, readings, prefixes)
        )
    if "listed-package" in rules:
        more = more._replace(conda_packages=read_conda_packages(host, prefixes))
    scanned = scanned._replace(
        notes=tuple(host.notes),
        notes_left_out=host.notes_left_out,
        duration=host.elapsed(),
    )
    return scanned, more
