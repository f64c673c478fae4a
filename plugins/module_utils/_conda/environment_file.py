# SPDX-License-Identifier: GPL-3.0-or-later
"""The file environment.yml, without a library for YAML, which targets need not have.

Its lists of plain and quoted words are understood, as ``conda env export`` and people write them. For anything else
(anchors, tags, block scalars) the answer is that the file could not be understood.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from .._process.commands import OperationError
from .._scan.read.condarc import CondarcError, strip_comment, unquote

_KEY = re.compile(r"""(["']?)([A-Za-z_][\w-]*)\1[ ]*:(?:[ ]+(.*)|$)""")
_HINT = "Write it as lists of plain strings, or pass the data in the option content."
_ITEMS_LIMIT = 5000


class EnvironmentFile(NamedTuple):
    """What a file requests."""

    name: str = ""
    channels: Tuple[str, ...] = ()
    dependencies: Tuple[str, ...] = ()
    pip: Tuple[str, ...] = ()  # lines for pip
    has_variables: bool = False


class _Line(NamedTuple):
    indent: int
    text: str


def parse_environment_text(text: str, label: str) -> EnvironmentFile:
    """Parse environment.yml; ``label`` is its name in messages. Raises OperationError."""
    try:
        return _read_blocks(_split_blocks(text))
    except CondarcError as exc:
        message = "%s is not understood: %s" % (label, exc)
        raise OperationError("invalid-file", message, _HINT) from None


def parse_environment_data(data: Any) -> EnvironmentFile:
    """Return what environment.yml as data requests. Raises OperationError."""
    if not isinstance(data, Mapping):
        raise OperationError("invalid-file", "content is not a mapping", _HINT)
    dependencies: List[str] = []
    pip: List[str] = []
    for item in data.get("dependencies") or ():
        if isinstance(item, Mapping) and list(item) == ["pip"]:
            pip += [str(line) for line in item["pip"] or ()]
        elif isinstance(item, str):
            dependencies.append(item)
        else:
            message = "dependencies has an entry that is neither a word nor pip"
            raise OperationError("invalid-file", message, _HINT)
    return EnvironmentFile(
        name=str(data.get("name") or ""),
        channels=tuple(str(channel) for channel in data.get("channels") or ()),
        dependencies=tuple(dependencies),
        pip=tuple(pip),
        has_variables=bool(data.get("variables")),
    )


def _split_blocks(text: str) -> Dict[str, List[_Line]]:
    """Return the lines of each key at the top of a document, without comments and blank lines."""
    blocks: Dict[str, List[_Line]] = {}
    current: List[_Line] = []
    for raw in text.lstrip("\ufeff").splitlines():
        line = strip_comment(raw).rstrip()
        if not line or line == "---":
            continue
        stripped = line.lstrip(" ")
        indent = len(line) - len(stripped)
        if stripped.startswith("\t"):
            raise CondarcError("a line is indented with a tab")
        if blocks and (indent or stripped[0] in "-]"):
            current.append(_Line(indent, stripped))
            continue
        match = _KEY.fullmatch(line)
        if match is None:
            raise CondarcError("the line %r is not a key" % line[:60])
        if match.group(2) in blocks:
            raise CondarcError("%s is listed twice" % match.group(2))
        rest = match.group(3) or ""
        current = [_Line(0, rest)] if rest else []
        blocks[match.group(2)] = current
    return blocks


def _read_blocks(blocks: Mapping[str, List[_Line]]) -> EnvironmentFile:
    name = blocks.get("name") or [_Line(0, "")]
    words, pip = _read_dependencies(blocks.get("dependencies") or [])
    return EnvironmentFile(
        name=unquote(name[0].text),
        channels=tuple(_read_words(blocks.get("channels") or [])),
        dependencies=words,
        pip=pip,
        has_variables=bool(blocks.get("variables")),
    )


def _read_dependencies(
    lines: Sequence[_Line],
) -> Tuple[Tuple[str, ...], Tuple[str, ...]]:
    """Return the words of a list, and those of the list ``pip`` in it."""
    if not lines or not lines[0].text.startswith("-"):
        return tuple(_read_words(lines)), ()
    words: List[str] = []
    pip: List[str] = []
    indent, is_in_pip = lines[0].indent, False
    for line in lines:
        item = _item_of(line)
        if line.indent > indent and is_in_pip:
            pip.append(unquote(item))
            continue
        if line.indent != indent:
            raise CondarcError("the line %r is indented differently" % line.text[:60])
        match = _KEY.fullmatch(item)
        is_in_pip = match is not None
        if match is None:
            words.append(unquote(item))
        elif match.group(2) != "pip":
            raise CondarcError("dependencies has the mapping %r" % match.group(2))
        elif match.group(3):
            pip += _read_words([_Line(0, match.group(3))])
    return tuple(words), tuple(pip)


def _read_words(lines: Sequence[_Line]) -> List[str]:
    """Return the words of a block list, a flow list or one word."""
    if not lines:
        return []
    if lines[0].text.startswith("["):
        whole = " ".join(line.text for line in lines)
        if not whole.endswith("]"):
            raise CondarcError("a list has no end")
        return list(_split_flow(whole[1:-1]))
    if not lines[0].text.startswith("-"):
        if len(lines) > 1:
            raise CondarcError(
                "the line %r is not an item of a list" % lines[1].text[:60]
            )
        return [unquote(lines[0].text)]
    if len(lines) > _ITEMS_LIMIT:
        raise CondarcError("a list has more than %d items" % _ITEMS_LIMIT)
    return [unquote(_item_of(line)) for line in lines]


def _item_of(line: _Line) -> str:
    if not line.text.startswith("- "):
        raise CondarcError("the line %r is not an item of a list" % line.text[:60])
    return line.text[2:].strip()


def _split_flow(text: str) -> Iterator[str]:
    """Yield the words of a flow list; a comma in quotes is part of its word."""
    word, quote = "", ""
    for char in text + ",":
        if char == "," and not quote:
            if word.strip():
                yield unquote(word.strip())
            word = ""
            continue
        if char == quote:
            quote = ""
        elif char in "\"'" and not word.strip():
            quote = char
        word += char
    if quote:
        raise CondarcError("a list has no end")
