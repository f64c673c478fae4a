# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of channels in a condarc, in linear time and without a library for YAML.

Block and flow lists of plain and quoted words are understood, as ``conda config`` and people write them. For anything
else (anchors, tags, several documents, block scalars) the answer is that the file could not be understood.
"""

from __future__ import annotations

import re

from ..._host.record import NamedTuple

_KEY = re.compile(r"""(["']?)([A-Za-z_][\w-]*)\1[ \t]*:(?:[ \t]+|$)""")
_STARTS_OF_OTHERS = "&*!|>{%@`"
_NESTED = "defaults"  # the only key of custom_multichannels that matters
_WANTED = (
    "channels",
    "channel",
    "default_channels",
    "custom_multichannels",
    "denylist_channels",
)
_ITEMS_LIMIT = 500


class CondarcError(ValueError):
    """The file is not understood."""


class CondarcLists(NamedTuple):
    """The lists of one file; None for one that is not there."""

    channels: tuple[str, ...] | None = None
    default_channels: tuple[str, ...] | None = None
    denied: tuple[str, ...] = ()


def parse_condarc(text: str) -> CondarcLists:
    """Parse a condarc; raise CondarcError where one of its lists is not understood."""
    blocks = _split_blocks(text)
    channels = blocks.get("channels", blocks.get("channel"))
    defaults = blocks.get("default_channels")
    nested = _nested_block(blocks.get("custom_multichannels") or [])
    if (
        nested is not None
    ):  # it takes precedence (conda/base/context.py, custom_multichannels)
        defaults = nested
    return CondarcLists(
        channels=None if channels is None else _parse_list(channels),
        default_channels=None if defaults is None else _parse_list(defaults),
        denied=_parse_list(blocks.get("denylist_channels") or []),
    )


def _split_blocks(text: str) -> dict[str, list[str]]:
    """Return the lines of each wanted key at the top of a document, without comments and blank lines."""
    blocks: dict[str, list[str]] = {}
    current: list[str] = []
    for raw in text.lstrip("\ufeff").splitlines():
        line = strip_comment(raw).rstrip()
        if not line or line == "---":
            continue
        if line[0] in " \t-]":
            current.append(line)
            continue
        match = _KEY.match(line)
        if match is None:
            raise CondarcError(
                "the line %r is neither a key nor part of a list" % line[:60]
            )
        current = [line[match.end() :]] if line[match.end() :] else []
        if match.group(2) in _WANTED:
            blocks[match.group(2)] = current
    return blocks


def strip_comment(line: str) -> str:
    """Return a line up to its comment; ``#`` in quotes is none."""
    if "#" not in line:
        return line
    quote = ""
    for at, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "#" and (at == 0 or line[at - 1] in " \t"):
            return line[:at]
    return line


def _nested_block(lines: list[str]) -> list[str] | None:
    """Return the lines below ``defaults`` in a mapping of lists; None where it has no such key."""
    found: list[str] | None = None
    for line in lines:
        match = _KEY.match(line.strip())
        if match is None or line.strip().startswith("- "):
            if found is not None:
                found.append(line)
            elif line.strip()[:1] in _STARTS_OF_OTHERS:
                raise CondarcError("custom_multichannels is not a plain mapping")
            continue
        if found is not None:
            break
        if match.group(2) == _NESTED:
            rest = line.strip()[match.end() :]
            found = [rest] if rest else []
    return found


def _parse_list(lines: list[str]) -> tuple[str, ...]:
    """Return the words of a block list, a flow list or one word."""
    first = lines[0].strip() if lines else ""
    if first.startswith("["):
        whole = " ".join(line.strip() for line in lines)
        if not whole.endswith("]"):
            raise CondarcError("a list has no end")
        items = [item for item in whole[1:-1].split(",") if item.strip()]
    elif first.startswith("-"):
        items = [_item_of(line) for line in lines]
    else:
        items = [first] if first else []
    if len(items) > _ITEMS_LIMIT:
        raise CondarcError("a list has more than %d items" % _ITEMS_LIMIT)
    return tuple(unquote(item.strip()) for item in items)


def _item_of(line: str) -> str:
    item = line.strip()
    if not item.startswith("- "):
        raise CondarcError("%r is not an item of a list" % item[:60])
    return item[2:]


def unquote(word: str) -> str:
    """Return a plain or quoted word; raise CondarcError for what is none."""
    if word[:1] in _STARTS_OF_OTHERS and word:
        raise CondarcError("%r is not a plain word" % word[:60])
    is_quoted = len(word) > 1 and word[0] == word[-1] and word[0] in "\"'"
    return word[1:-1] if is_quoted else word
