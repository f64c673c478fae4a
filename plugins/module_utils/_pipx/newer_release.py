# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether pip's installation report (pip 22.2 and newer) differs from what is installed in an environment."""

from __future__ import annotations

import json
import os
from typing import Any, Iterator, Mapping

from .._scan.project_name import canonicalize_name


def has_newer_release(report_path: str, directory: str) -> bool:
    """Return whether a report names a version, or a commit, that the environment ``directory`` does not have."""
    with open(report_path, encoding="utf-8") as file:
        rows = json.load(file)["install"]
    return any(_differs(row, directory) for row in rows)


def _differs(row: Mapping[str, Any], directory: str) -> bool:
    name, version = row["metadata"]["name"], row["metadata"]["version"]
    commit = row.get("download_info", {}).get("vcs_info", {}).get("commit_id", "")
    for dist_info in _dist_infos(directory):
        stem = os.path.basename(dist_info)[: -len(".dist-info")]
        installed_name, _dash, installed_version = stem.partition("-")
        same_name = canonicalize_name(installed_name) == canonicalize_name(name)
        if same_name and installed_version.replace("_", "-") == version.replace(
            "_", "-"
        ):
            return bool(commit) and commit != _recorded_commit(dist_info)
    return True


def _dist_infos(directory: str) -> Iterator[str]:
    for library in sorted(os.listdir(directory + "/lib")):
        site = os.path.join(directory, "lib", library, "site-packages")
        for entry in os.listdir(site) if os.path.isdir(site) else ():
            if entry.endswith(".dist-info"):
                yield os.path.join(site, entry)


def _recorded_commit(dist_info: str) -> str:
    """Return the commit that a distribution was installed from (PEP 610); '' where none is recorded."""
    try:
        with open(os.path.join(dist_info, "direct_url.json"), encoding="utf-8") as file:
            return str(json.load(file)["vcs_info"]["commit_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
