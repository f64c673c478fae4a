# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service was last started with: a file on the host for each application, written once the service has started.

A restart is owed while that file is missing or says something else than the host: whatever failed or was killed
between the change and the restart, the next run notices.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Mapping

from .host_state import HostState


def record_path(root: str, name: str) -> str:
    """Return the file for an application below the root of all applications, where nobody else can write."""
    return f"{root}/.app_venv/{name}.json"


def render_record(parts: Mapping[str, str]) -> str:
    """Return the text of a record.

    :param parts: the `release` in use, and the SHA-256 of `environment_file`, `unit` and `code`, empty for none.
    """
    return json.dumps(dict(parts), sort_keys=True) + "\n"


def read_parts(row: Mapping[str, Any], state: HostState) -> dict[str, str]:
    """Return what a service would be started with now, as the host is."""
    return {
        "release": state.links.get(row["path"], "").rpartition("/")[2],
        "environment_file": state.digests.get(row["environment_file"], ""),
        "unit": state.digests.get(row["unit"], ""),
        "code": state.trees.get(row["code"], ""),
    }


def is_overdue(row: Mapping[str, Any], state: HostState) -> bool:
    """Return whether a service was not restarted after the last change, or that is not known."""
    if row["gone"] or not row["service"]:
        return False
    if row["path"] not in state.existing:
        return False  # nothing is installed yet; the first release is a change
    expected = digest_text(render_record(read_parts(row, state)))
    return state.digests.get(row["service_record"]) != expected


def digest_text(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal, or an empty string for an empty one."""
    return (
        hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        if text
        else ""
    )
