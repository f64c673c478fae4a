# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files from the controller for check mode: temporary copies, for the module to predict from.

Check mode copies nothing into the directory of an application. Without the files the module could not say which
distributions would change.
"""

from __future__ import annotations

import os
from typing import Any, Mapping

_LISTS = ("packages", "requirements", "constraints", "find_links")


def find_staged(
    gathered: Mapping[str, Any], applications: list[dict[str, Any]]
) -> dict[str, list[str]]:
    """Return by directory on the host the files on the controller, of applications that only wait for files."""
    copied = {copy["app"] for copy in gathered["copies"]} - set(
        gathered["awaiting_users"]
    )
    staged: dict[str, list[str]] = {}
    for row in applications:
        if row["name"] in copied:
            for source in row["sources"]:
                staged.setdefault(os.path.dirname(source["dest"]), []).append(
                    source["src"]
                )
    return staged


def redirect_environment(
    environment: Mapping[str, Any], directories: Mapping[str, str]
) -> dict[str, Any]:
    """Return the options of the module with other directories in place of those of copied files."""
    found = dict(environment)
    for key in _LISTS:
        if found.get(key):
            found[key] = [_redirect(path, directories) for path in found[key]]
    if found.get("lock"):
        found["lock"] = _redirect(found["lock"], directories)
    return found


def _redirect(path: str, directories: Mapping[str, str]) -> str:
    if path in directories:
        return directories[path]
    directory = os.path.dirname(path)
    if directory in directories:
        return os.path.join(directories[directory], os.path.basename(path))
    return path
