# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge a Containerfile: stages with their bases, ENV and ARG, every RUN in a shell of its own."""

from __future__ import annotations

import json
import re
from typing import Any, Callable, Iterator, Optional

from . import parsers
from .base_images import UNKNOWN, find_base
from .collector import Collector
from .commands_judge import judge_written_setting
from .model import Finding
from .shell_events import UNKNOWN_TEXT, make_command
from .shell_judge import describe_variable
from .shell_state import OVERRIDE_VARIABLES, ShellState, is_true

#: Characters of the values that one text may name: variables made of variables double with each line.
_EXPANDED_LIMIT = 16 * 1024
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?[-+]([^}]*))?\}|(\w+))")
_SHELL = re.compile(r"#!\s*(/usr/bin/env\s+)?\S*\b(ba|da|a|z|k)?sh\b")


class _Image:
    """The stages of a Containerfile up to an instruction."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.arguments: dict[str, str] = {}
        self.stages: dict[str, ShellState] = {}
        self.state: Optional[ShellState] = None

    def instruction(self, node: Any) -> None:
        """Judge one instruction, and keep what it changes."""
        kind = node.type
        if kind == "from_instruction":
            self.begin_stage(node)
        elif kind in ("arg_instruction", "env_instruction"):
            for name, value in _pairs(node):
                self.variable(name, value, node)
        elif kind in ("run_instruction", "cmd_instruction", "entrypoint_instruction"):
            self.run(node)
        elif kind in ("copy_instruction", "add_instruction"):
            self.copy(node)
        elif kind == "onbuild_instruction":
            for child in node.named_children:
                self.instruction(child)

    def begin_stage(self, node: Any) -> None:
        image = expand(
            _text(
                node.named_children[-1 if _child(node, "image_alias") is None else -2]
            ),
            self.arguments,
        )
        alias = _child(node, "image_alias")
        parent = self.stages.get(image.lower())
        base = (
            UNKNOWN._replace(name=image) if UNKNOWN_TEXT in image else find_base(image)
        )
        self.state = (
            parent.on_new_machine() if parent is not None else ShellState("image", base)
        )
        self.stages[str(len(self.stages))] = self.state
        if alias is not None:
            self.stages[_text(alias).lower()] = self.state

    def variable(self, name: str, value: str, node: Any) -> None:
        if self.state is None:
            self.arguments[name] = expand(value, self.arguments)
            return
        known = {key: values[-1] for key, values in self.state.variables.items()}
        # In a stage, ARG NAME without a value takes the value from before the first FROM.
        plain = (
            expand(value, {**self.arguments, **known})
            if value
            else self.arguments.get(name, "")
        )
        if not plain:
            return
        self.state.variables.pop(name, None)
        self.state.assign(name, (plain,), value)
        if name in OVERRIDE_VARIABLES and is_true(plain):
            self.add(node, "break-system-packages-setting", describe_variable(name))

    def run(self, node: Any) -> None:
        if self.state is None:
            return
        state = self.state.copy()
        first = int(node.start_point.row) + 1
        array = _child(node, "json_string_array")
        if array is not None:
            try:
                words = [str(word) for word in json.loads(_text(array))]
            except ValueError:
                return
            self.collector.command(make_command(words, 0), state, first)
            return
        for source, start in _scripts(node):
            self.collector.script(source, state, _count_from(start), waived_from=first)

    def copy(self, node: Any) -> None:
        paths = [child for child in node.named_children if child.type == "path"]
        if self.state is None or not paths:
            return
        target = _text(paths[-1])
        block = _child(node, "heredoc_block")
        if block is not None:
            for rule, message in judge_written_setting(_text(block), [target]):
                self.add(node, rule, message)
                self.state.machine.unprotected = True
        source = re.search(r"--from=(\S+)", _text(node))
        stage = self.stages.get(source.group(1).lower()) if source else None
        if stage is not None and any(
            _text(path).rstrip("/") in stage.machine.environments for path in paths[:-1]
        ):
            self.state.machine.environments.add(target.rstrip("/"))

    def add(self, node: Any, rule: str, message: str) -> None:
        first, last = int(node.start_point.row) + 1, int(node.end_point.row) + 1
        self.collector.add(
            Finding(
                rule=rule,
                path=self.collector.path,
                line=first,
                end_line=last,
                message=message,
                evidence=" ".join(_text(node).split())[:200],
                place="image",
            )
        )


def judge_containerfile(text: str, collector: Collector) -> None:
    """Judge the text of a Containerfile; raise NotJudged where its parser is missing."""
    root = parsers.parse_containerfile(text)
    image = _Image(collector)
    for node in root.named_children:
        image.instruction(node)
    line = parsers.find_error_line(root)
    if line:
        collector.note(
            "This line could not be parsed as Containerfile; what is around it may not be judged.",
            line,
        )


def expand(text: str, values: dict[str, str]) -> str:
    """Return text with the values of its variables; those that are not known are marked."""

    def replace(found: re.Match[str]) -> str:
        name = found.group(1) or found.group(3)
        if name == "PATH":
            return str(found.group())
        return values.get(name) or found.group(2) or UNKNOWN_TEXT

    if sum(map(len, map(replace, _VARIABLE.finditer(text)))) > _EXPANDED_LIMIT:
        return UNKNOWN_TEXT
    return _VARIABLE.sub(replace, text)


def _count_from(start: int) -> Callable[[int], int]:
    return lambda row: start + row + 1


def _text(node: Any) -> str:
    return str(node.text.decode("utf-8", "replace"))


def _child(node: Any, kind: str) -> Any:
    return next((child for child in node.named_children if child.type == kind), None)


def _pairs(node: Any) -> Iterator[tuple[str, str]]:
    for pair in node.named_children:
        name, value = (
            pair.child_by_field_name("name"),
            pair.child_by_field_name("value"),
        )
        value = value or pair.child_by_field_name("default")
        if name is not None:
            yield _text(name), _text(value).strip("\"'") if value is not None else ""


def _scripts(node: Any) -> Iterator[tuple[str, int]]:
    """Yield the scripts of a RUN, each with the row of its first line in the file."""
    command = _child(node, "shell_command")
    if command is None:
        return
    blocks = [child for child in node.named_children if child.type == "heredoc_block"]
    text = _join_continued(_text(command))
    if not blocks:
        yield text, int(command.start_point.row)
    elif re.fullmatch(r"<<-?[\"']?\w+[\"']?", text.strip()):
        content = _child(blocks[0], "heredoc_content")
        if content is not None and (
            not _text(content).startswith("#!") or _SHELL.match(_text(content))
        ):
            yield _text(content), int(content.start_point.row)
    else:
        yield (
            "\n".join(
                [text.rstrip("\n"), *(_text(block).rstrip("\n") for block in blocks)]
            ),
            int(command.start_point.row),
        )


def _join_continued(text: str) -> str:
    """Return a command with the comments and empty lines that Docker drops replaced, so that rows stay."""
    lines = text.split("\n")
    kept = [
        "\\"
        if number and number < len(lines) - 1 and re.fullmatch(r"\s*(#.*)?", line)
        else line
        for number, line in enumerate(lines)
    ]
    return "\n".join(kept)
