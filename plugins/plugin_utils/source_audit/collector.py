# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect the findings of one file: hits of scripts get their lines, waivers are read from comments."""

from __future__ import annotations

import re
from typing import Callable, Optional

from .model import Finding, Note, NotJudged, UnknownBase
from .shell_events import Command
from .shell_judge import Judgement, judge_command, judge_script
from .shell_state import ShellState

_WAIVER = re.compile(r"#\s*pyfleet:\s*ignore\[([\w\s,-]+)\]:?[ \t]*(.*?)\s*$")
_COMMENT = re.compile(r"\s*#")


class Collector:
    """What is found in one file. ``lines`` are those of its text."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.findings: dict[tuple[str, int], Finding] = {}
        self._notes: dict[Note, None] = {}
        self.unknown_bases: list[UnknownBase] = []

    @property
    def notes(self) -> list[Note]:
        """Return what could not be judged."""
        return list(self._notes)

    def script(
        self,
        source: str,
        state: ShellState,
        line_of: Callable[[int], int],
        waived_from: Optional[int] = None,
    ) -> None:
        """Judge a script. ``line_of`` turns its rows into lines of the file.

        A waiver may stand before the line ``waived_from`` too, which begins the task or instruction of the script.
        """
        try:
            judgement = judge_script(source, state)
        except NotJudged as reason:
            self.note(reason.reason)
            return
        self._keep(judgement, state, line_of, waived_from)
        if judgement.error_line:
            line = line_of(judgement.error_line - 1)
            self.note(
                "This line could not be parsed as shell; what is around it may not be judged.",
                line,
            )

    def command(self, command: Command, state: ShellState, line: int) -> None:
        """Judge a command that is not a shell's."""
        self._keep(judge_command(command, state), state, lambda row: line, line)

    def add(self, finding: Finding, waived_from: Optional[int] = None) -> None:
        """Keep a finding, with its waiver if there is one."""
        first = finding.line if waived_from is None else min(waived_from, finding.line)
        waived, unexplained = self._find_waiver(finding.rule, first, finding.end_line)
        message = finding.message
        if unexplained:
            message += f" The waiver on line {unexplained} gives no reason, so it does not count."
        kept = finding._replace(message=message, waived=waived)
        self.findings.setdefault((finding.rule, finding.line), kept)

    def note(self, reason: str, line: int = 0) -> None:
        """Keep a note, once."""
        self._notes[Note(self.path, line, reason)] = None

    def _keep(
        self,
        judgement: Judgement,
        state: ShellState,
        line_of: Callable[[int], int],
        waived_from: Optional[int],
    ) -> None:
        for hit in judgement.hits:
            finding = Finding(
                rule=hit.rule,
                path=self.path,
                line=line_of(hit.row),
                end_line=max(line_of(hit.row), line_of(hit.end_row)),
                message=_unmask(hit.message),
                evidence=_unmask(hit.evidence),
                place=state.place,
            )
            self.add(finding, waived_from)
        for row in judgement.open_rows:
            self.unknown_bases.append(
                UnknownBase(self.path, line_of(row), state.base.name)
            )

    def _find_waiver(
        self, rule: str, first: int, last: int
    ) -> tuple[Optional[str], int]:
        """Return the reason of a waiver for lines, and the line of one that has no reason."""
        while first > 1 and _COMMENT.match(self.lines[first - 2]):
            first -= 1
        unexplained = 0
        for number in range(first, min(last, len(self.lines)) + 1):
            found = _WAIVER.search(self.lines[number - 1])
            if not found or rule not in re.split(r"[\s,]+", found.group(1)):
                continue
            if found.group(2):
                return found.group(2), 0
            unexplained = number
        return None, unexplained


def _unmask(text: str) -> str:
    """Return text for a person, in which an expression of a template is no row of letters."""
    return re.sub(r"J{5,}", "{{ ... }}", text)
