# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text for a terminal: measured in columns, wrapped, set in tables, coloured only where that is wanted."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TextIO

CODES = {"bold": "1", "red": "31;1", "green": "32;1", "yellow": "33;1", "cyan": "36"}
GAP = "  "
WIDTH = 80  # of what is no terminal
# A column is not made narrower than this, though the line then is too long
NARROWEST = 10
# A word too long for a line is broken behind one of these, which long paths have.
PIECES = re.compile(r"[^/=,:-]*[/=,:-]+|[^/=,:-]+")


class Paper(NamedTuple):
    """What is written on: how wide, whether it takes colours, in which encoding."""

    width: int
    colour: bool
    encoding: str

    @classmethod
    def for_stream(cls, stream: TextIO, environment: Mapping[str, str]) -> Paper:
        """Return what a stream takes, by COLUMNS, TERM, NO_COLOR (no-color.org) and FORCE_COLOR (force-color.org)."""
        encoding = getattr(stream, "encoding", None) or "ascii"
        return cls(
            max(width_of(stream, environment), 40),
            takes_colour(stream, environment),
            encoding,
        )

    def painted(self, colour: str, text: str) -> str:
        """Return the text in a colour, or unchanged where there are none."""
        return f"\x1b[{CODES[colour]}m{text}\x1b[0m" if self.colour else text

    def encodable(self, line: str) -> str:
        """Return the line with every character that the stream could not take written as its escape."""
        return line.encode(self.encoding, "backslashreplace").decode(self.encoding)


def width_of(stream: TextIO, environment: Mapping[str, str]) -> int:
    """Return the columns of a line: what COLUMNS says, else the terminal's, else 80."""
    chosen = environment.get("COLUMNS", "")
    if chosen.isdecimal() and 0 < int(chosen) < 10_000:
        return int(chosen)
    try:
        return os.get_terminal_size(stream.fileno()).columns or WIDTH
    except (OSError, ValueError):  # no terminal, or no file at all
        return WIDTH


def takes_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Return whether to colour; as in Python itself NO_COLOR comes before FORCE_COLOR, and that before the terminal."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM", "dumb") != "dumb"


def plain(value: Any) -> str:
    """Return a value as one line that cannot steer a terminal: controls, lone surrogates and formats become escapes."""
    if value is None:
        return ""
    return "".join(
        one if unicodedata.category(one)[0] != "C" else f"\\u{ord(one):04x}"
        for one in " ".join(str(value).split("\n"))
    )


def columns(text: str) -> int:
    """Count the columns a text takes: two for each wide character, none for combining ones."""
    shown = [one for one in text if not unicodedata.combining(one)]
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in shown)
    return len(shown) + wide


def fitting(text: str, width: int) -> int:
    """Return how many characters of the text fit into the width, one at the least."""
    taken = 0
    for place, character in enumerate(text):
        taken += columns(character)
        if taken > width:
            return max(place, 1)
    return len(text)


def pieces(text: str, room: int) -> Iterator[str]:
    """Yield the pieces of a text where a line may end: before words, and inside those that no line could hold."""
    for word in text.split():
        if columns(word) <= room:
            yield " " + word
            continue
        for number, piece in enumerate(PIECES.findall(word)):
            space, rest = ("" if number else " "), piece
            while columns(rest) > room:
                cut = fitting(rest, room)
                yield space + rest[:cut]
                space, rest = "", rest[cut:]
            yield space + rest


def wrapped(text: str, width: int, indent: str, first: str = "") -> Iterator[str]:
    """Break a text into lines of the width, the indent included; ``first`` replaces the first indent (as wide)."""
    lines = _lines(text, max(width - columns(indent), NARROWEST))
    for number, line in enumerate(lines):
        yield (first if first and number == 0 else indent) + line


def _lines(text: str, room: int) -> Iterator[str]:
    line = ""
    for piece in pieces(text, room):
        if line and columns(line + piece) > room:
            yield line
            line = ""
        line = line + piece if line else piece.lstrip()
    if line:
        yield line


def column_widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the width that each column needs; where that is too much, take it from the widest, one by one."""
    widths = [max(columns(row[place]) for row in rows) for place in range(len(rows[0]))]
    room = width - len(GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def padded(text: str, width: int) -> str:
    """Fill a text with spaces up to the width."""
    return text + " " * (width - columns(text))


def table(paper: Paper, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Return the lines of a table whose first row is its head; long cells continue in the lines below."""
    clean = [[plain(cell) for cell in row] for row in rows]
    widths = column_widths(clean, paper.width)
    for number, row in enumerate(clean):
        cells = [
            list(wrapped(cell, width, "")) or [""]
            for cell, width in zip(row, widths, strict=True)
        ]
        for height in range(max(len(cell) for cell in cells)):
            parts = [cell[height] if height < len(cell) else "" for cell in cells]
            line = GAP.join(
                padded(part, width) for part, width in zip(parts, widths, strict=True)
            ).rstrip()
            yield paper.painted("bold", line) if number == 0 else line
