# SPDX-License-Identifier: GPL-3.0-or-later
"""The install spec that rebuilds an environment with the versions of its record."""

from __future__ import annotations

import re
from typing import Any, Mapping

from .spec import EnvironmentSpec

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_VERSION = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.!+_-]{0,200})")
_DIRECT = re.compile(r"@|://|^/")  # a requirement that says where it is


def requires_hashes(spec: EnvironmentSpec) -> bool:
    """Return whether only files of known hashes may be installed: then recorded versions are not sufficient."""
    return bool(spec.lock or spec.require_hashes)


def recorded_versions(record: Mapping[str, Any], pip: bool) -> dict[str, str]:
    """Return the distributions of a record; raise ValueError for an invalid name or version.

    The record may be the work of the environment's owner: nothing in it gets to say more than a name and a version.

    :param pip: the environment gets a pip of its own, which is the new interpreter's.
    """
    found = {}
    for name, version in record.get("packages", {}).items():
        if not (
            isinstance(name, str) and _NAME.fullmatch(name) and isinstance(version, str)
        ):
            raise ValueError("it contains an invalid distribution name")
        if not _VERSION.fullmatch(version):
            raise ValueError("it contains an invalid version of %s" % name)
        if name != "pip" or not pip:
            found[name] = version
    return found


def pin_versions(
    spec: EnvironmentSpec, record: Mapping[str, Any], unchanged: bool
) -> EnvironmentSpec:
    """Return what to request instead of ``spec``, so that the recorded versions are installed.

    :param unchanged: the files and packages that are asked for are those that the record is of. Then they are asked for
        as well: they say where a local project lies. Else only versions are asked for, as the files may ask for others.
    """
    if requires_hashes(spec):
        return spec
    versions = recorded_versions(record, spec.pip)
    pins = tuple("%s==%s" % row for row in sorted(versions.items()))
    if unchanged:
        return spec._replace(packages=(*spec.packages, *pins))
    direct = tuple(package for package in spec.packages if _DIRECT.search(package))
    return spec._replace(packages=(*direct, *pins), requirements=(), constraints=())
