# SPDX-License-Identifier: GPL-3.0-or-later
"""Walk TOML as far as a uv.toml needs it, for Pythons without tomllib; in linear time."""

from __future__ import annotations

import json
import re
from typing import Iterable, Iterator, Tuple

Path = Tuple[str, ...]

_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?")
_WORD = re.compile(r"[\w+:-]+")
_STOP = re.compile(r'["\\\n]')  # what matters within a string that has escapes
_PUNCTUATION = "\n.=,[]{}"
_BARE = re.compile(r"true|false|[+-]?(?:\d[\w+.:-]*|inf|nan)")
_LEVEL = {"[": 1, "{": 1, "]": -1, "}": -1}
_DEPTH_LIMIT = 60


class TomlError(ValueError):
    """The text is not TOML."""


def scan_toml(text: str) -> dict[Path, str]:
    """Return the value at each path as it is written, ``{}`` and ``[]`` for tables and arrays.

    Raises TomlError where that is no TOML (of doubled keys it sees those that matter), ValueError where it gives up.
    """
    found: dict[Path, str] = {}
    table: Path = ()
    if text.startswith("\ufeff"):
        text = text[1:]
    for tokens in _split(_tokens(text.replace("\r\n", "\n")), "\n"):
        if tokens and tokens[0] == "[":
            is_array = tokens[1] == "["
            table = _parse_key(tokens[2:-2] if is_array else tokens[1:-1])
            _enter(found, table, "[]" if is_array else "{}", table[0] == "pip")
        elif tokens:
            _enter_pair(found, table, tokens)
    return found


def _tokens(text: str) -> Iterator[str]:
    """Yield line feeds, punctuation, strings with their quotes, and words; no blanks and comments."""
    at = _end_of_blank(text, 0)
    while at < len(text):
        end = _end_of_token(text, at)
        if end <= at:
            raise TomlError("line %d" % (text.count("\n", 0, at) + 1))
        yield text[at:end]
        at = _end_of_blank(text, end)


def _end_of_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _end_of_token(text: str, at: int) -> int:
    """Return where the token that starts at ``at`` ends, -1 where none does."""
    char = text[at]
    if char in _PUNCTUATION:
        return at + 1
    if char == "'":
        return _end_of_literal(text, at)
    if char == '"':
        is_long = text.startswith('"""', at)
        return (
            _end_of_long_string(text, at + 3)
            if is_long
            else _end_of_string(text, at + 1)
        )
    word = _WORD.match(text, at)
    return word.end() if word else -1


def _end_of_literal(text: str, at: int) -> int:
    if text.startswith("'''", at):
        end = text.find("'''", at + 3)
        return _with_more_quotes(text, end + 3, "'") if end >= 0 else -1
    end = text.find("'", at + 1)
    return end + 1 if end >= 0 and "\n" not in text[at:end] else -1


def _end_of_string(text: str, at: int) -> int:
    stop = _STOP.search(text, at)
    while stop is not None:
        if stop.group() == '"':
            return stop.end()
        is_escape = stop.group() == "\\" and text[stop.end() : stop.end() + 1] not in (
            "\n",
            "",
        )
        if not is_escape:
            return -1
        stop = _STOP.search(text, stop.end() + 1)
    return -1


def _end_of_long_string(text: str, at: int) -> int:
    stop = _STOP.search(text, at)
    while stop is not None:
        if text.startswith('"""', stop.start()):
            return _with_more_quotes(text, stop.start() + 3, '"')
        stop = _STOP.search(text, stop.end() + (stop.group() == "\\"))
    return -1


def _with_more_quotes(text: str, end: int, quote: str) -> int:
    """Return the end of a long string with the one or two quotes that may stand before its closing three."""
    more = 0
    while more < 2 and text[end + more : end + more + 1] == quote:
        more += 1
    return end + more


def _split(tokens: Iterable[str], separator: str) -> Iterator[list[str]]:
    """Yield what stands between separators, brackets kept whole."""
    part: list[str] = []
    depth = 0
    for token in tokens:
        depth += _LEVEL.get(token, 0)
        if depth > _DEPTH_LIMIT:
            raise ValueError("nested too deeply")
        if token == separator and not depth:
            yield part
            part = []
        elif token != "\n":
            part.append(token)
    if depth:
        raise TomlError("a bracket is not closed")
    if part:
        yield part


def _enter_pair(found: dict[Path, str], table: Path, tokens: list[str]) -> None:
    """Enter a key and its value, and the pairs of an inline table."""
    at = tokens.index("=") if "=" in tokens else len(tokens)
    path, value = table + _parse_key(tokens[:at]), tokens[at + 1 :]
    for size in range(len(table) + 1, len(path)):
        found.setdefault(path[:size], "{}")
    text = "".join(value)
    ends = text[:1] + text[-1:]
    is_container = ends in ("{}", "[]")
    is_string = len(value) == 1 and text[0] in "\"'"
    if not (is_container or is_string or _BARE.fullmatch(text)):
        raise TomlError("no value for %s" % path[-1])
    _enter(found, path, ends if is_container else text, not table or path[0] == "pip")
    if ends == "{}":
        for pair in _split(value[1:-1], ","):
            _enter_pair(found, path, pair)


def _enter(found: dict[Path, str], path: Path, value: str, is_once: bool) -> None:
    if is_once and path in found:
        raise TomlError("%s is listed twice" % path[-1])
    found[path] = value


def _parse_key(tokens: list[str]) -> Path:
    """Return the names of a dotted key."""
    names, dots = tokens[::2], tokens[1::2]
    if len(names) > _DEPTH_LIMIT:
        raise ValueError("nested too deeply")
    if not len(tokens) % 2 or set(dots) - {"."} or set(names) & set(".=,[]{}"):
        raise TomlError("no key")
    return tuple(
        json.loads(name, strict=False) if name[0] == '"' else name.strip("'")
        for name in names
    )
