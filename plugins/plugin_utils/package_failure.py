# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Explain why a package manager failed."""

from __future__ import annotations

import re
from typing import Any, Mapping

from ansible_collections.pyfleet.python.plugins.module_utils._host.program_errors import (
    find_deciding_lines,
)

_LOCKED = "Another process uses the package manager: run it again when that has ended."
#: What to do, by what a package manager says. The first that fits counts.
_CURES = (
    (
        r"could not lock database",
        _LOCKED + " If none runs, remove /var/lib/pacman/db.lck.",
    ),
    (r"dpkg was interrupted", "Run dpkg --configure -a on the host."),
    (r"Could not get lock|Unable to (?:acquire|lock)|can't create .* lock", _LOCKED),
    (
        r"No space left on device|not enough free (?:disk )?space|insufficient space",
        "Free space on the host, and run it again.",
    ),
    (
        r"Read-only file system",
        "The host's file system is read-only: mount it for writing, or change the host's image.",
    ),
    (
        r"does not exist \(use '-Sy' to download\)|target not found",
        "Fetch the package databases of the host with an upgrade of the system: pacman -Syu.",
    ),
    (
        r"Failed to (?:fetch|download)|Could(?: not|n't) (?:resolve|connect)|Cannot download|Curl error|failed retrieving",
        "Check the package sources of the host, and its network.",
    ),
    (
        r"held broken packages|unmet dependencies|could not satisfy dependencies",
        "Solve the conflict with the host's package manager.",
    ),
    (
        r"Could not find a matching action for the \"(?:apk|pacman|zypper)\" package manager",
        "Install the collection community.general on the controller.",
    ),
)


def explain_package_failure(result: Mapping[str, Any]) -> str:
    """Return why a package manager failed, and what to do about it where that is known.

    :param result: the result of a module that installs packages.
    """
    message = str(result.get("msg") or "").strip()
    parts = [message, *map(str, result.get("failures") or ())]
    parts += [str(result.get(key) or "") for key in ("stderr", "stdout")]
    said = "\n".join(parts)
    reason = find_deciding_lines(said)
    lines = message.splitlines()
    # apt's module quotes the line that decides behind the whole command.
    if lines and not _overlap(lines[0], reason):
        reason = f"{lines[0][:300].rstrip(':. ')}: {reason}"
    if not reason:
        reason = "the package manager failed, and said nothing"
    cure = next((text for pattern, text in _CURES if re.search(pattern, said)), "")
    reason = reason.rstrip(". ")
    return f"{reason}{'' if reason.endswith('?') else '.'} {cure}".strip()


def _overlap(line: str, reason: str) -> bool:
    return line in reason or any(part in line for part in reason.split("; "))
