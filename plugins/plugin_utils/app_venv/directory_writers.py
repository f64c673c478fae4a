# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can write the directories above files that only root, or the user who plays the role, may alter."""

from __future__ import annotations

import os
from typing import Any, Iterator, Mapping

from .host_state import MISSING, HostState, PathStatus

_GROUP_WRITE, _OTHER_WRITE, _STICKY = 5, 8, 9  # positions in a mode as `ls` spells it


def validate_directories(
    row: Mapping[str, Any], state: HostState, full_validation: bool
) -> Iterator[str]:
    """Yield the directories above the files of an application that somebody else can write."""
    below = [row["directory"] + "/sources", os.path.dirname(row["environment_file"])]
    # For another owner the module does the work as that user where it has to.
    if full_validation and not row["environment"].get("owner"):
        below.append(os.path.dirname(row["path"]))
    directories: dict[str, None] = {}
    for path in below:
        directories.update(dict.fromkeys(state.parents.get(path, ())))
    for directory in directories:
        writers = _find_writers(
            directory, state.directories.get(directory, MISSING), state.uid
        )
        if writers:
            yield (
                f"{row['name']}: {writers}, and files below it are for root alone to alter: give it to root, or choose"
                " another place."
            )


def _find_writers(directory: str, status: PathStatus, uid: int) -> str:
    """Return who can write a directory besides root and the user with the id ``uid``; empty where nobody can."""
    if status == MISSING:
        return f"{directory} cannot be read"
    if status.uid not in (0, uid):
        return f"{directory} can be written by the user with the id {status.uid}"
    if status.mode[_OTHER_WRITE] == "w" and status.mode[_STICKY] not in "tT":
        return f"{directory} can be written by all users"
    if status.mode[_GROUP_WRITE] == "w" and status.gid != 0 and uid == 0:
        return f"{directory} can be written by the group with the id {status.gid}"
    return ""
