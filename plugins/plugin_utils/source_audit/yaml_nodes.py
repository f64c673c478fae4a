# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read composed YAML nodes: keys, scalars, merges, and the scripts that scalars hold, with their lines."""

from __future__ import annotations

import re
from typing import Any, Callable, Iterator, Mapping, NamedTuple, Optional

from . import parsers
from .model import NotJudged

#: What opens and closes Jinja's expressions, statements and comments.
_EXPRESSIONS = {"{{": "}}"}
_STATEMENTS = {"{%": "%}", "{#": "#}"}
_TELLING = re.compile(r"break.system|BREAK_SYSTEM|EXTERNALLY|\bpip|-m\s+pip")


class Script(NamedTuple):
    """The text of a script in YAML, and the line of the file for each of its rows."""

    text: str
    line_of: Callable[[int], int]


def is_mapping(node: Any) -> bool:
    """Return whether a node is a mapping."""
    return getattr(node, "id", "") == "mapping"


def is_sequence(node: Any) -> bool:
    """Return whether a node is a sequence."""
    return getattr(node, "id", "") == "sequence"


def pairs(node: Any) -> dict[str, Any]:
    """Return the values of a mapping by key, those of merged mappings (``<<``) included.

    A mapping that is merged again adds nothing, so each is visited once, however aliases multiply it.
    """
    found: dict[str, Any] = {}
    pending, visited = [node], set()
    while pending:
        mapping = pending.pop()
        if not is_mapping(mapping) or id(mapping) in visited:
            continue
        visited.add(id(mapping))
        own, merged = _split_merges(mapping)
        for key, value in own.items():
            found.setdefault(key, value)
        pending += reversed(merged)
    return found


def _split_merges(mapping: Any) -> tuple[dict[str, Any], list[Any]]:
    """Return the values of a mapping by key, and the nodes that it merges, the strongest first."""
    own: dict[str, Any] = {}
    merged: list[Any] = []
    for key, value in mapping.value:
        if getattr(key, "id", "") != "scalar":
            continue
        if key.value == "<<":
            merged += value.value if is_sequence(value) else [value]
        else:
            own[key.value] = value
    return own, merged


def items(node: Any) -> list[Any]:
    """Return the nodes of a sequence, and none for any other node."""
    return list(node.value) if is_sequence(node) else []


def scalar(node: Any) -> str:
    """Return the text of a scalar, and an empty one for any other node."""
    return str(node.value) if getattr(node, "id", "") == "scalar" else ""


def first_line(node: Any) -> int:
    """Return the line of a node, counted from 1."""
    return int(node.start_mark.line) + 1


def last_line(node: Any) -> int:
    """Return the last line that a node has text on."""
    end = node.end_mark
    return max(first_line(node), int(end.line) + (1 if end.column else 0))


def walk(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield every scalar below a node with its key; raise NotJudged where aliases make the file too large."""
    pending, visited = [("", node)], 0
    while pending:
        key, current = pending.pop()
        visited += 1
        if visited > parsers.MAX_YAML_NODES:
            raise NotJudged(
                f"Its aliases expand to more than {parsers.MAX_YAML_NODES} nodes."
            )
        if is_mapping(current):
            pending += [
                (scalar(name), value) for name, value in reversed(current.value)
            ]
        elif is_sequence(current):
            pending += [(key, value) for value in reversed(current.value)]
        else:
            yield key, current


def read_script(node: Any, lines: list[str], mask: Callable[[str], str]) -> Script:
    """Return the script of a scalar. Only a literal block keeps its rows; of others the telling line is searched."""
    start = first_line(node)
    if node.style == "|":
        return Script(mask(node.value), lambda row: min(start + 1 + row, len(lines)))
    last = last_line(node)
    telling = [
        number
        for number in range(start, last + 1)
        if _TELLING.search(lines[number - 1])
    ]
    line = telling[0] if telling else start
    return Script(mask(node.value), lambda row: line)


def mask_expressions(text: str) -> str:
    """Return text with ``${{ }}`` and ``{{ }}`` replaced by words of the same size."""
    parts, position = [], 0
    for start, end in _find_spans(text, _EXPRESSIONS):
        dollar = int(start > position and text[start - 1] == "$")
        begin = start - dollar
        parts += [text[position:begin], _fill("J", text[begin:end])]
        position = end
    return "".join([*parts, text[position:]])


def mask_jinja(text: str) -> str:
    """Return text with Jinja's expressions replaced by words, its statements and comments by space."""
    parts, position = [], 0
    for start, end in _find_spans(text, _STATEMENTS, not_after="$"):
        parts += [text[position:start], _fill(" ", text[start:end])]
        position = end
    return mask_expressions("".join([*parts, text[position:]]))


def _find_spans(
    text: str, brackets: Mapping[str, str], not_after: str = ""
) -> Iterator[tuple[int, int]]:
    """Yield where spans between brackets start and end, from left to right.

    A pattern would search for the end of each bracket that nothing closes: this takes linear time.

    :param not_after: a character before what is no bracket: `${#name}` is an expansion of the shell.
    """
    starts = {opening: text.find(opening) for opening in brackets}
    while True:
        open_ones = [(start, each) for each, start in starts.items() if start >= 0]
        if not open_ones:
            return
        start, opening = min(open_ones)
        if not_after and text[start - 1 : start] == not_after:
            starts[opening] = text.find(opening, start + 1)
            continue
        close = text.find(brackets[opening], start + 2)
        if close < 0:  # nor is a later one of this kind closed
            starts[opening] = -1
            continue
        yield start, close + 2
        for each, place in starts.items():
            if 0 <= place < close + 2:
                starts[each] = text.find(each, close + 2)


def _fill(letter: str, text: str) -> str:
    return re.sub(r"[^\n]", letter, text)


def find_document(documents: list[Any]) -> Optional[Any]:
    """Return the first document that is not empty."""
    return next((document for document in documents if document is not None), None)
