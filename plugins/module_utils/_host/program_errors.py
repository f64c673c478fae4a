# SPDX-License-Identifier: GPL-3.0-or-later
"""What a program says when it fails."""

from __future__ import annotations

import re
from typing import Dict, Tuple

#: A line with which a program says why it fails: apt, dpkg, git, pacman, pip and others; dnf5 and rpm.
_ERROR_LINE = re.compile(
    r"(?i)(?:[\w.-]{1,40}: )?(?:e:|(?:fatal )?error\b|fatal:|failed to )|>>> .*(?:fail|error)"
)
_DECIDING_LINES = 3
_DECIDING_LENGTH = 300


def find_deciding_lines(output: str) -> str:
    """Return the lines of a tool's output that say why it failed, as one: its errors, else the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    found: Dict[str, None] = {}
    for line, following in zip(lines, [*lines[1:], ""]):
        if _ERROR_LINE.match(line):
            # dpkg says what it was about, and in the next line what was wrong.
            found["%s %s" % (line, following) if line.endswith(":") else line] = None
    chosen = list(found or lines[-1:])[:_DECIDING_LINES]
    return "; ".join(line[:_DECIDING_LENGTH] for line in chosen)


def describe_problem(what: str, done: Tuple[int, bytes, bytes]) -> str:
    """Return what is wrong where a command failed, with its words; empty where it did not."""
    status, _output, errors = done
    if not status:
        return ""
    return "%s: %s" % (what, find_deciding_lines(errors.decode("utf-8", "replace")))
