# SPDX-License-Identifier: GPL-3.0-or-later
"""Walk TOML as far as a uv.toml needs it, for Pythons without tomllib."""

from __future__ import annotations

import json
import re
from typing import Iterable, Iterator, Tuple

Path = Tuple[str, ...]

_TOKEN = re.compile(
    r'(?:[ \t]|#[^\n]*)+|(\n|"""(?:[^"\\]|\\[\s\S]|""?(?!"))*"{3,5}|'
    r"'''(?:[^']|''?(?!'))*'{3,5}|'[^'\n]*'|" + r'"(?:[^"\\\n]|\\[^\n])*"|[\w+:-]+|[.=,\[\]{}])'
)
_BARE = re.compile(r"true|false|[+-]?(?:\d[\w+.:-]*|inf|nan)")
_LEVEL = {"[": 1, "{": 1, "]": -1, "}": -1}
_LIMIT = 60


class TomlError(ValueError):
    """The text is not TOML."""


def scan_toml(text: str) -> dict[Path, str]:
    """Give the value at each path as it is written, ``{}`` and ``[]`` for tables and arrays.

    Raises TomlError where that is no TOML (of doubled keys it sees those that matter), ValueError where it gives up.
    """
    found: dict[Path, str] = {}
    table: Path = ()
    for tokens in _split(_tokens(text[text.startswith("\ufeff") :].replace("\r\n", "\n")), "\n"):
        if tokens and tokens[0] == "[":
            many = tokens[1] == "["
            table = _key(tokens[2:-2] if many else tokens[1:-1])
            _enter(found, table, "[]" if many else "{}", table[0] == "pip")
        elif tokens:
            _pair(found, table, tokens)
    return found


def _tokens(text: str) -> Iterator[str]:
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() != end:
            break
        end = match.end()
        if match.group(1):
            yield match.group(1)
    if end < len(text):
        raise TomlError("line %d" % (text.count("\n", 0, end) + 1))


def _split(tokens: Iterable[str], separator: str) -> Iterator[list[str]]:
    """Give what stands between separators, brackets kept whole."""
    part: list[str] = []
    depth = 0
    for token in tokens:
        depth += _LEVEL.get(token, 0)
        if depth > _LIMIT:
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


def _pair(found: dict[Path, str], table: Path, tokens: list[str]) -> None:
    at = (*tokens, "=").index("=")
    path, value = table + _key(tokens[:at]), tokens[at + 1 :]
    for size in range(len(table) + 1, len(path)):
        found.setdefault(path[:size], "{}")
    text = "".join(value)
    ends = text[:1] + text[-1:]
    if not (ends in ("{}", "[]") or (len(value) == 1 and text[0] in "\"'") or _BARE.fullmatch(text)):
        raise TomlError("no value for %s" % path[-1])
    _enter(found, path, ends if ends in ("{}", "[]") else text, not table or path[0] == "pip")
    for pair in _split(value[1:-1], ",") if ends == "{}" else ():
        _pair(found, path, pair)


def _enter(found: dict[Path, str], path: Path, value: str, once: bool) -> None:
    if once and path in found:
        raise TomlError("%s is there twice" % path[-1])
    found[path] = value


def _key(tokens: list[str]) -> Path:
    names = tokens[::2]
    if len(names) > _LIMIT:
        raise ValueError("nested too deeply")
    if not len(tokens) % 2 or set(tokens[1::2]) - {"."} or set(names) & set(".=,[]{}"):
        raise TomlError("no key")
    return tuple(json.loads(name, strict=False) if name[0] == '"' else name.strip("'") for name in names)
