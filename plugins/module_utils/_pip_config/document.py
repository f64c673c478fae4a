# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration file of pip as lines, which are edited one by one so that comments, order and spelling stay.

The grammar is that of ``configparser.RawConfigParser`` with its defaults, which pip uses (``configuration.py``):
full-line comments begin with ``#`` or ``;``, a key ends at the first ``=`` or ``:``, and lines that are indented deeper
continue a value.
"""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

from .option_values import normalize_key

_COMMENTS = ("#", ";")


class Line(NamedTuple):
    """One line: its ``kind`` is blank, comment, section, option, continuation or unreadable."""

    text: str  # without the line break
    kind: str
    section: str = ""
    key: str = ""  # as pip spells it
    value: str = ""


class Document(NamedTuple):
    """The lines of a file, and the line break between them."""

    lines: Tuple[Line, ...]
    newline: str = "\n"

    def to_text(self) -> str:
        """Return the text of the file."""
        return "".join(line.text + self.newline for line in self.lines)


def parse_document(text: str) -> Document:
    """Parse the text of a file; a line that pip cannot read has the kind ``unreadable``."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines: List[Line] = []
    section, key, indent = "", "", 0
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        stripped = raw.strip()
        depth = len(raw) - len(raw.lstrip())
        if not stripped:
            lines.append(Line(raw, "blank", section, key))
        elif stripped.startswith(_COMMENTS):
            lines.append(Line(raw, "comment", section, key))
        elif key and depth > indent:
            lines.append(Line(raw, "continuation", section, key, stripped))
        else:
            line = _parse_line(raw, stripped, section)
            section, key, indent = line.section, line.key, depth
            lines.append(line)
    if lines and not lines[-1].text:
        lines.pop()  # what follows the last line break
    return Document(tuple(lines), newline)


def _parse_line(raw: str, stripped: str, section: str) -> Line:
    if stripped.startswith("[") and "]" in stripped[2:]:
        return Line(raw, "section", stripped[1 : stripped.rindex("]")])
    ends = [
        position
        for position in (stripped.find("="), stripped.find(":"))
        if position >= 0
    ]
    if not ends or not section or min(ends) == 0:
        return Line(raw, "unreadable", section)
    end = min(ends)
    return Line(
        raw,
        "option",
        section,
        normalize_key(stripped[:end].rstrip()),
        stripped[end + 1 :].strip(),
    )


def find_unreadable(document: Document) -> int:
    """Return the number of the first line that pip cannot read, from 1; 0 where it reads all of them."""
    for number, line in enumerate(document.lines, 1):
        if line.kind == "unreadable":
            return number
    return 0


def find_values(
    document: Document, section: str, key: str
) -> Optional[Tuple[str, ...]]:
    """Return the values of a key as they stand, one for each line; None where it is not there.

    The last spelling of a key wins, as pip reads the keys of a section in their order.
    """
    places = list(_find_options(document, section, key))
    if not places:
        return None
    start, end = places[-1]
    values = [
        line.value
        for line in document.lines[start:end]
        if line.kind in ("option", "continuation")
    ]
    return tuple(value for value in values if value)


def _find_options(
    document: Document, section: str, key: str
) -> Iterator[Tuple[int, int]]:
    """Yield the first line of each spelling of a key, and the line after its last value."""
    for start, line in enumerate(document.lines):
        if line.kind == "option" and line.section == section and line.key == key:
            yield start, _find_end(document.lines, start)


def _find_end(lines: Sequence[Line], start: int) -> int:
    end = start + 1
    for number in range(start + 1, len(lines)):
        if lines[number].kind == "continuation":
            end = number + 1
        elif lines[number].kind not in ("blank", "comment"):
            break
    return end


def remove_key(document: Document, section: str, key: str) -> Document:
    """Return the document without any spelling of a key; comments between its values stay."""
    removed: Set[int] = set()
    for start, end in _find_options(document, section, key):
        removed.update(
            n for n in range(start, end) if document.lines[n].kind != "comment"
        )
    return document._replace(
        lines=tuple(line for n, line in enumerate(document.lines) if n not in removed)
    )


def set_values(
    document: Document, section: str, key: str, values: Sequence[str]
) -> Document:
    """Return the document with a key set: in its place where it is there, else at the end of its section."""
    places = list(_find_options(document, section, key))
    name = key
    if places:
        position = places[-1][0]
        name = _spelling_of(document.lines[position])
        removed = sum(end - start for start, end in places[:-1])
        kept_comments = sum(
            1
            for start, end in places[:-1]
            for line in document.lines[start:end]
            if line.kind == "comment"
        )
        position -= removed - kept_comments
        document = remove_key(document, section, key)
    else:
        position = _find_insertion(document, section)
    lines = list(document.lines)
    if position < 0:
        blank = [Line("", "blank")] if lines and lines[-1].kind != "blank" else []
        lines += [*blank, Line("[%s]" % section, "section", section)]
        position = len(lines)
    lines[position:position] = _make_lines(section, name, values)
    return document._replace(lines=tuple(lines))


def _spelling_of(line: Line) -> str:
    """Return the key of an option line as the file spells it."""
    stripped = line.text.strip()
    end = min(
        position
        for position in (stripped.find("="), stripped.find(":"))
        if position >= 0
    )
    return stripped[:end].rstrip()


def _find_insertion(document: Document, section: str) -> int:
    """Return where a new key of a section goes: after its last key, or after its header; -1 where it has none."""
    position = -1
    for number, line in enumerate(document.lines):
        if line.section == section and line.kind in (
            "section",
            "option",
            "continuation",
        ):
            position = number + 1
    return position


def _make_lines(section: str, name: str, values: Sequence[str]) -> List[Line]:
    key = normalize_key(name)
    if len(values) == 1:
        return [Line("%s = %s" % (name, values[0]), "option", section, key, values[0])]
    lines = [Line("%s =" % name, "option", section, key)]
    return lines + [
        Line("    %s" % value, "continuation", section, key, value) for value in values
    ]
