# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge shell scripts: follow a script event by event, and yield what it brings to the host."""

from __future__ import annotations

import posixpath
import re
from typing import Iterator, NamedTuple, Optional, Sequence

from .commands_judge import judge_marker_command, judge_pip_call, judge_written_setting
from .invocations import PYTHON, Invocation, read_pip_call, unwrap
from .shell_events import (
    Assignment,
    Command,
    Event,
    Heredoc,
    Piece,
    Scope,
    Word,
    expand_command,
    expand_word,
    read_shell,
)
from .shell_state import OVERRIDE_VARIABLES, ShellState, is_true

#: Scripts within scripts (`sh -c "sh -c ..."`) are followed this deep.
MAX_DEPTH = 5
#: The package of pip by the command that installs it, of distributions that ship the marker.
_PIP_PACKAGES = {
    "apt-get": r"python3-pip|python3-full|python3-all",
    "apt": r"python3-pip|python3-full|python3-all",
    "aptitude": r"python3-pip",
    "apk": r"py3-pip|python3",
    "pacman": r"python-pip",
    "zypper": r"python3\d*-pip",
}
_OTHER_PYTHONS = re.compile(
    r"(pyenv (global|local|shell)|(conda|mamba|micromamba) activate|(mise|asdf) (use|global|local))\b"
)

#: What output is redirected to that is kept nowhere.
_NO_FILES = ("/dev/null", "/dev/stderr", "1", "2")


class Hit(NamedTuple):
    """A finding before its place in a file is known: rows count from the first line of the script."""

    rule: str
    row: int
    end_row: int
    message: str
    evidence: str


class Judgement(NamedTuple):
    """Hits; rows of pip commands that an unknown base leaves open; the line that could not be parsed."""

    hits: tuple[Hit, ...]
    open_rows: tuple[int, ...] = ()
    error_line: int = 0


class _Run:
    """One pass over a script and the scripts within it."""

    def __init__(self) -> None:
        self.hits: dict[tuple[str, int], Hit] = {}
        self.open_rows: list[int] = []
        self.error_line = 0

    def follow(
        self,
        events: Sequence[Event],
        state: ShellState,
        depth: int = 0,
        row: Optional[int] = None,
    ) -> None:
        """Follow events; ``row`` is that of the command that holds the script, if it is not its own."""
        stack: list[ShellState] = []
        current = state
        for event in events:
            if isinstance(event, Scope) and event.begins:
                stack.append(current)
                current = current.copy()
            elif isinstance(event, Scope):
                current = stack.pop()
            elif isinstance(event, Assignment):
                self.assign(event, current, row)
            else:
                self.command(event, current, depth, row)

    def add(
        self, rule: str, command: Command, message: str, row: Optional[int]
    ) -> None:
        """Keep a hit, one of each rule for a command."""
        start = command.row if row is None else row
        end = command.end_row if row is None else row
        evidence = " ".join(command.statement.split())
        self.hits.setdefault(
            (rule, start), Hit(rule, start, end, message, evidence[:200])
        )

    def assign(self, event: Assignment, state: ShellState, row: Optional[int]) -> None:
        values = _texts(event.values, state)
        text = " ".join(word.text for word in event.values)
        state.assign(event.name, values, text)
        if event.name in OVERRIDE_VARIABLES and any(is_true(value) for value in values):
            command = Command(
                words=(),
                assignments=(),
                targets=(),
                heredoc=None,
                statement=f"{event.name}={text}",
                row=event.row,
                end_row=event.row,
            )
            self.add(
                "break-system-packages-setting",
                command,
                describe_variable(event.name),
                row,
            )

    def command(
        self, command: Command, state: ShellState, depth: int, row: Optional[int]
    ) -> None:
        inner = state.copy() if command.assignments else state
        for name, word in command.assignments:
            values = _texts((word,), state)
            inner.assign(name, values, word.text)
            if name in OVERRIDE_VARIABLES and any(is_true(value) for value in values):
                self.add(
                    "break-system-packages-setting",
                    command,
                    describe_variable(name),
                    row,
                )
        self.written(command, state, row)
        for words in expand_command(command.words, inner.variables):
            invocation = unwrap(words)
            self.invocation(invocation, command, inner, row)
            self.script(invocation, command, inner, depth, row)

    def written(self, command: Command, state: ShellState, row: Optional[int]) -> None:
        """Judge what a command writes to files."""
        targets = _find_targets(command, state)
        if not targets:
            return
        for rule, message in judge_written_setting(command.statement, targets):
            self.add(rule, command, message, row)
            state.machine.unprotected = True
        if any("GITHUB_PATH" in word.text for word in command.targets):
            added = command.statement.partition(">")[0].rpartition(" ")[0]
            words = added.replace('"', " ").replace("'", " ").split()
            state.machine.path_of_job |= any(
                state.has_environment(word, ()) for word in words
            )

    def invocation(
        self,
        invocation: Invocation,
        command: Command,
        state: ShellState,
        row: Optional[int],
    ) -> None:
        for name, value in invocation.assignments:
            if name in OVERRIDE_VARIABLES and is_true(value):
                self.add(
                    "break-system-packages-setting",
                    command,
                    describe_variable(name),
                    row,
                )
                state = state.copy()
                state.overridden = True
        words = invocation.words
        if not words:
            return
        _update(words, state)
        for rule, message in judge_marker_command(words, command.statement):
            self.add(rule, command, message, row)
            state.machine.unprotected = True
        call = read_pip_call(words)
        if call is None:
            return
        verdict = judge_pip_call(call, state, invocation.becomes_root)
        if verdict is None:
            return
        if verdict.rule:
            self.add(verdict.rule, command, verdict.message, row)
            state.machine.unprotected |= call.command == "config"
        else:
            self.open_rows.append(command.row if row is None else row)

    def script(
        self,
        invocation: Invocation,
        command: Command,
        state: ShellState,
        depth: int,
        row: Optional[int],
    ) -> None:
        """Follow the script that a shell gets as an argument or as a here-document."""
        if depth >= MAX_DEPTH:
            return
        start = command.row if row is None else row
        if invocation.words[:1] == ("ssh",):
            # Another host, of which nothing is known.
            state = ShellState("host")
        if invocation.script is not None:
            events, _error = read_shell(invocation.script)
            if invocation.becomes_root:
                events = [_as_root(event) for event in events]
            own_shell = invocation.words[:1] != ("eval",)
            self.follow(
                events, state.copy() if own_shell else state, depth + 1, row=start
            )
        elif invocation.reads_stdin and command.heredoc is not None:
            self.heredoc(command.heredoc, invocation, state, depth, row)

    def heredoc(
        self,
        heredoc: Heredoc,
        invocation: Invocation,
        state: ShellState,
        depth: int,
        row: Optional[int],
    ) -> None:
        events, _error = read_shell(heredoc.text)
        inner = _Run()
        inner.follow(
            [_as_root(event) for event in events]
            if invocation.becomes_root
            else events,
            state.copy(),
            depth + 1,
        )
        for hit in inner.hits.values():
            start = heredoc.row + hit.row if row is None else row
            moved = hit._replace(row=start, end_row=start + hit.end_row - hit.row)
            self.hits.setdefault((hit.rule, moved.row), moved)
        self.open_rows += [
            heredoc.row + open_row if row is None else row
            for open_row in inner.open_rows
        ]


def judge_script(source: str, state: ShellState) -> Judgement:
    """Judge a script that starts in ``state``, which is changed as the script goes on."""
    events, error_line = read_shell(source)
    run = _Run()
    run.follow(events, state)
    return Judgement(tuple(run.hits.values()), tuple(run.open_rows), error_line)


def judge_command(command: Command, state: ShellState) -> Judgement:
    """Judge a command that is no shell's: the JSON form of RUN, or ``argv``."""
    run = _Run()
    run.follow([command], state)
    return Judgement(tuple(run.hits.values()), tuple(run.open_rows))


def describe_variable(name: str) -> str:
    """Return the message for a variable that switches the protection off."""
    tool = "uv" if name.startswith("UV") else "pip"
    return f"{name} switches the protection of PEP 668 off for every {tool} command that inherits it."


def _texts(words: Sequence[Word], state: ShellState) -> tuple[str, ...]:
    return tuple(
        " ".join(texts)
        for word in words
        for texts in expand_word(word, state.variables)
    )


def _find_targets(command: Command, state: ShellState) -> list[str]:
    """Return the files that a command writes: by redirection, as tee does, or edited in place by sed."""
    targets = list(_texts(command.targets, state))
    for words in expand_command(command.words, state.variables):
        program = unwrap(words).words
        if program and posixpath.basename(program[0]) in ("tee", "sponge"):
            targets += [word for word in program[1:] if not word.startswith("-")]
        elif program[:1] == ("sed",) and any(
            word.startswith(("-i", "--in-place")) for word in program
        ):
            targets.append(program[-1])
    return [target for target in targets if target not in _NO_FILES]


def _as_root(event: Event) -> Event:
    """Return a command as one that sudo runs: `sudo sh -c "pip install x"` is `sudo pip install x`."""
    if not isinstance(event, Command) or not event.words:
        return event
    return event._replace(words=(Word((Piece("sudo"),), "sudo"), *event.words))


def _update(words: Sequence[str], state: ShellState) -> None:
    """Change the state as a command does: activate, create environments, install the distribution's pip."""
    name, rest = posixpath.basename(words[0]), list(words[1:])
    text = " ".join([name, *rest])
    if (
        name in ("source", ".")
        and rest
        and posixpath.basename(rest[0]).startswith("activate")
    ):
        state.active = True
    elif name == "deactivate":
        state.active = False
    elif _OTHER_PYTHONS.match(text):
        state.active = True
    elif name in _PIP_PACKAGES and any(
        word in ("install", "add") or word.startswith("-S") for word in rest
    ):
        packages = [word for word in rest if re.fullmatch(_PIP_PACKAGES[name], word)]
        state.machine.distribution_pip = (
            packages[0] if packages else state.machine.distribution_pip
        )
    else:
        state.machine.environments |= set(_created_environments(name, rest))


def _created_environments(name: str, rest: list[str]) -> Iterator[str]:
    creates = (
        name == "virtualenv"
        or (name == "uv" and rest[:1] == ["venv"])
        or (
            PYTHON.match(name) is not None
            and rest[:1] == ["-m"]
            and rest[1:2] in (["venv"], ["virtualenv"])
        )
    )
    if creates:
        yield from (
            word.rstrip("/")
            for word in rest
            if not word.startswith("-") and word not in ("venv", "virtualenv")
        )
