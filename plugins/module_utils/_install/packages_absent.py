# SPDX-License-Identifier: GPL-3.0-or-later
"""Distributions that are uninstalled by their names, even if others need them, as `pip uninstall` does."""

from __future__ import annotations

from typing import Dict, List, Mapping, Set

from .._host.host import Host
from .._scan.project_name import canonicalize_name
from .contents import read_contents
from .spec import Change, InstallSpec


def find_unwanted(prefix: str, spec: InstallSpec) -> List[str]:
    """Return the names of ``packages_absent`` that are installed in an environment."""
    if not spec.packages_absent:
        return []
    with Host() as host:
        return sorted(_names(spec) & set(read_contents(host, prefix).packages))


def remove_absent(
    changes: Dict[str, Change], spec: InstallSpec, installed: Mapping[str, str]
) -> None:
    """Add to predicted changes that ``packages_absent`` are removed, or are not installed after all."""
    for name in _names(spec):
        changes.pop(name, None)
        if name in installed:
            changes[name] = Change(name, installed[name], "")


def _names(spec: InstallSpec) -> Set[str]:
    return {canonicalize_name(name) for name in spec.packages_absent}
