# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXTERNALLY-MANAGED files of a host, one record for each place, from a scan of its interpreters."""

from __future__ import annotations

import os
from typing import Dict, List, NamedTuple, Tuple

from .._host.host import Host
from .._scan.data.package_names import families
from .._scan.model import Request
from .._scan.pipeline import scan
from .._scan.verdicts import JudgedInstallation, Scan
from .spec import MarkerSpec


class MarkerState(NamedTuple):
    """One place of an EXTERNALLY-MANAGED file, and what is there."""

    path: str
    pythons: Tuple[str, ...]
    state: str  # intact, modified, missing, diverted, excluded, unexpected, not_expected, unknown
    because: str
    manager: str = ""  # the package manager that ships the file; empty: none
    package: str = ""
    version: str = ""
    kind: str = "missing"  # file, link, dangling, directory, other, missing
    content: bytes = b""
    is_filled: bool = False  # a directory with something in it
    is_mount: bool = False
    diverted_by: str = ""  # the package that diverts it; empty: the administrator
    exclusions: Tuple[str, ...] = ()  # files with the rules that leave it out


class HostMarkers(NamedTuple):
    """All of them, and what is known of the host."""

    markers: Tuple[MarkerState, ...]
    immutable: str  # why /usr cannot be written; empty where it can
    families: Tuple[str, ...]  # the distribution and those that it is like
    not_found: Tuple[str, ...]  # requested interpreters that are none


def read_host_markers(host: Host, spec: MarkerSpec) -> HostMarkers:
    """Scan for the interpreters of the spec and return the places of their files."""
    directories = tuple(dict.fromkeys(os.path.dirname(path) for path in spec.pythons))
    request = Request(
        subset=("installations",),
        paths=directories,
        users=(),
        execute="package_managers",
    )
    scanned = scan(host, request)
    chosen: Dict[str, List[JudgedInstallation]] = {}
    found = set()
    for judged in scanned.judged.installations:
        reading = judged.installation.reading
        names = {reading.path, *(name.path for name in reading.names)}
        named = names.intersection(spec.pythons)
        found |= named
        if named or (not spec.pythons and _is_shipped(judged)):
            chosen.setdefault(judged.managed.marker, []).append(judged)
    mounts = {mount.path for mount in host.mounts()}
    return HostMarkers(
        markers=tuple(
            _make_state(path, rows, scanned)._replace(
                is_filled=host.lkind(path) == "directory" and bool(host.list(path)),
                is_mount=path in mounts,
            )
            for path, rows in chosen.items()
        ),
        immutable=scanned.classified.context.immutable,
        families=tuple(families(scanned.readings.system)),
        not_found=tuple(path for path in spec.pythons if path not in found),
    )


def _is_shipped(judged: JudgedInstallation) -> bool:
    """Return whether a package manager ships the file of an installation, or is expected to."""
    installation = judged.installation
    by_package = (
        installation.marker_owner is not None or installation.package is not None
    )
    return by_package and judged.managed.state not in ("not_expected", "unexpected")


def _make_state(
    path: str, rows: List[JudgedInstallation], scanned: Scan
) -> MarkerState:
    first = rows[0]
    installation, marker = first.installation, first.installation.reading.marker
    owner = installation.marker_owner or installation.package
    ownership = scanned.readings.ownership
    diverted_by = next((row.by for row in ownership.diversions if row.path == path), "")
    sources = sorted({row.source for row in ownership.exclusions if row.excluded})
    return MarkerState(
        path=path,
        pythons=tuple(row.installation.reading.path for row in rows),
        state=first.managed.state,
        because=first.managed.because,
        manager=owner.manager if owner else "",
        package=owner.package if owner else "",
        version=owner.version if owner else "",
        kind=marker.kind,
        content=marker.content or b"",
        diverted_by=diverted_by,
        exclusions=tuple(sources) if first.managed.state == "excluded" else (),
    )
