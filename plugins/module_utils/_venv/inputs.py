# SPDX-License-Identifier: GPL-3.0-or-later
"""A digest of all that a wish asks for, files included, so that the next run sees at once whether it asks the same."""

from __future__ import annotations

import hashlib
import json
import re
from typing import NamedTuple

from .._host.host import Host
from .._install.contents import digest_tree
from .._install.requirements.parse import read_requirements
from .spec import EnvironmentSpec

#: What decides what is installed. Not: how it is reached (timeout, build variables), and what is looked at each time.
_FIELDS = (
    "python packages requirements lock constraints exact require_hashes only_binary no_binary system_site_packages "
    "pip installer index_url extra_index_urls find_links no_index strategy"
).split()
_VCS = re.compile(r"(?:^|@\s*)(?:git|hg|svn|bzr)\+\S+")
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:[#;\s]|$)")
_FILE = re.compile(r"(?:^|@\s*)(?:file://(?:localhost)?)?(/[^\s;#\[]+)")


class Inputs(NamedTuple):
    """What a wish asks for."""

    digest: str
    moving: tuple[str, ...] = ()  # why the same digest may mean something else tomorrow
    missing: tuple[tuple[str, str], ...] = ()  # (path, why it could not be read)
    local: tuple[str, ...] = ()  # local projects and archives, absolute paths


def read_inputs(host: Host, spec: EnvironmentSpec) -> Inputs:
    """Read every file that a wish names, and the local projects that those name, and digest it all."""
    paths = [*spec.requirements, *spec.constraints, *([spec.lock] if spec.lock else [])]
    gathered = read_requirements(host, paths)
    moving = [*gathered.moving]
    local = [path for path, _editable in gathered.local]
    for package in spec.packages:
        if _VCS.search(package) and not _COMMIT.search(package):
            moving.append("%s may move" % package.partition("@")[0].strip())
        match = _FILE.search(package)
        if match:
            local.append(match.group(1))
    tree = digest_tree(host, sorted(set(local))) if local else "none"
    if not tree:
        moving.append("a local project holds too many files to compare")
    told = [
        {name: getattr(spec, name) for name in _FIELDS},
        sorted((path, hashlib.sha256(data).hexdigest()) for path, data in gathered.files.items()),
        tree,
    ]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()
    return Inputs(digest, tuple(moving), tuple(gathered.problems), tuple(sorted(set(local))))
