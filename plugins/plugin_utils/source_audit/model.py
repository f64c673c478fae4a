# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of a source audit, and the reasons why a file is not judged."""

from __future__ import annotations

from typing import NamedTuple, Optional

#: Where a command runs: ``host`` for shell scripts, whose hosts are not known.
PLACES = ("image", "host", "ci", "playbook")


class Finding(NamedTuple):
    """What a line of a file brings to a host. Lines count from 1."""

    rule: str
    path: str
    line: int
    end_line: int
    message: str
    evidence: str
    place: str
    waived: Optional[str] = None


class Note(NamedTuple):
    """A file, or a part of it, that is not judged, with the reason. Line 0 stands for the whole file."""

    path: str
    line: int
    reason: str


class UnknownBase(NamedTuple):
    """An image that the table of bases does not have, with the line of a pip install that depends on it."""

    path: str
    line: int
    image: str


class Report(NamedTuple):
    """The result of a source audit, sorted by path and line."""

    findings: tuple[Finding, ...] = ()
    incomplete: tuple[Note, ...] = ()
    unknown_bases: tuple[UnknownBase, ...] = ()
    files: int = 0

    @property
    def verdict(self) -> str:
        """Return ``fail`` with an unwaived finding, ``incomplete`` where something is not judged, else ``pass``."""
        if any(finding.waived is None for finding in self.findings):
            return "fail"
        return "incomplete" if self.incomplete else "pass"


class NotJudged(Exception):
    """Raised for a file that cannot be judged; the text is the reason, a sentence for a person."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
