# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of conda, from the names of their records: conda-meta/NAME-VERSION-BUILD.json (CEP 26)."""

from __future__ import annotations

from functools import partial
from typing import Sequence

from ..._host.host import Host
from ..audit_model import CondaPackage
from ..model import Readings


def conda_prefixes(host: Host, readings: Readings) -> tuple[str, ...]:
    """Return the prefixes of conda among the interpreters and environments of a scan."""
    prefixes = [row.path for row in readings.environments if row.conda]
    for row in readings.interpreters:
        if row.prefix and host.is_file(row.prefix + "/conda-meta/history"):
            prefixes.append(row.prefix)
    return tuple(dict.fromkeys(prefixes))


def read_conda_packages(
    host: Host, prefixes: Sequence[str]
) -> tuple[CondaPackage, ...]:
    """Return the packages of prefixes of conda; their records are not opened."""
    found: list[CondaPackage] = []
    for prefix in prefixes:
        nothing: list[CondaPackage] = []
        found += host.bounded(
            prefix + "/conda-meta", partial(list_packages, host, prefix), nothing
        )
    return tuple(found)


def list_packages(host: Host, prefix: str) -> list[CondaPackage]:
    """Return the packages of one prefix."""
    directory = prefix + "/conda-meta"
    found = []
    for entry in host.list(directory, lambda name: name.endswith(".json")):
        parts = entry.name[: -len(".json")].rsplit("-", 2)
        if len(parts) == 3 and all(parts):
            path = directory + "/" + entry.name
            found.append(
                CondaPackage(name=parts[0], version=parts[1], path=path, prefix=prefix)
            )
    return found
