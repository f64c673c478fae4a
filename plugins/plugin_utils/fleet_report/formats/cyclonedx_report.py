# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CycloneDX 1.6: a bill of materials of each host, its Pythons and environments with their packages.

https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import json
import os
import uuid
from typing import Any, Iterator
from urllib.parse import quote

from ansible_collections.pyfleet.python.plugins.module_utils._scan.project_name import (
    canonicalize_name,
)

from ..file_replacement import replace_file
from ..host_result import result_file_name
from ..model import Host, Package, Place
from ..report import INFORMATION_URI, NAME, Report

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, INFORMATION_URI)


def write_cyclonedx(report: Report, directory: str) -> None:
    """Write one file for each host whose Pythons are recorded."""
    os.makedirs(directory, exist_ok=True)
    # A package is on many hosts: its text is made once.
    libraries = [_dump(_library(package)) for package in report.fleet.packages]
    for host in report.fleet.hosts:
        if not host.places:
            continue
        path = os.path.join(
            directory, result_file_name(host.name).removesuffix(".json") + ".cdx.json"
        )
        with replace_file(path) as stream:
            stream.write(_document(report, host, libraries))


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _document(report: Report, host: Host, libraries: list[str]) -> str:
    """Return the text of a host's document. Components are texts already, so they are put in as they are."""
    fleet = report.fleet
    references = [f"place-{number}" for number in range(len(host.places))]
    components = []
    for reference, number in zip(references, host.places, strict=True):
        place = fleet.places[number]
        members = [libraries[package] for package in fleet.package_sets[place.packages]]
        components.append(_with_members(_dump(_component(place, reference)), members))
    metadata: dict[str, Any] = {
        "component": {"type": "device", "name": host.name, "bom-ref": "host"},
        "tools": {"components": [_tool(report)]},
    }
    if host.time:
        metadata["timestamp"] = host.time
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "serialNumber": uuid.uuid5(_NAMESPACE, f"{fleet.run_name}/{host.name}").urn,
        "metadata": metadata,
        "dependencies": [{"ref": "host", "dependsOn": references}],
    }
    return _with_members(_dump(document), components) + "\n"


def _with_members(text: str, components: list[str]) -> str:
    """Return a JSON object with the member ``components``."""
    if not components:
        return text
    return text[:-1] + ',"components":[' + ",".join(components) + "]}"


def _tool(report: Report) -> dict[str, str]:
    tool = {"type": "application", "name": NAME}
    if report.version:
        tool["version"] = report.version
    return tool


def _component(place: Place, reference: str) -> dict[str, Any]:
    properties = {
        "path": place.path,
        "kind": place.kind,
        "provider": place.provider,
        "implementation": place.implementation,
        "detail": place.detail,
    }
    component: dict[str, Any] = {
        "type": "application",
        "bom-ref": reference,
        "name": place.path,
        "properties": list(_properties(properties)),
    }
    if place.kind == "python":
        component.update(type="platform", name="python")
    if place.version:
        component["version"] = place.version
    return component


def _library(package: Package) -> dict[str, Any]:
    library: dict[str, Any] = {
        "type": "library",
        "name": package.name,
        "properties": list(_properties({"origin": package.origin})),
    }
    if package.version:
        library["version"] = package.version
    purl = _purl(package)
    if purl:
        library["purl"] = purl
    return library


def _purl(package: Package) -> str:
    """Return the package URL; none for what a distribution built, whose versions carry fixes that PyPI's have not."""
    if package.origin == "distribution":
        return ""
    kind = "pypi"
    if package.origin == "conda":
        kind = "conda"
    purl = f"pkg:{kind}/{quote(canonicalize_name(package.name), safe='')}"
    if package.version:
        purl += "@" + quote(package.version, safe="")
    return purl


def _properties(values: dict[str, str]) -> Iterator[dict[str, str]]:
    for name, value in values.items():
        if value:
            yield {"name": f"{NAME}:{name}", "value": value}
