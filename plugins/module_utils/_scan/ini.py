# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse configuration files as ``configparser.RawConfigParser`` does with its defaults, in linear time.

That one's patterns take quadratic time for long runs of blanks, its errors too, and ``items()`` of all sections is the
product of sections and defaults. What it accepts, and what it makes of it, is the same here (Lib/configparser.py,
``_read``); pip uses it as it is.
"""

from __future__ import annotations

import sys
from typing import Callable, Dict, Iterator, List, Tuple

from .._host.record import NamedTuple

DEFAULT = "DEFAULT"
_COMMENTS = ("#", ";")
#: Until Python 3.9 a section's name ends at the first bracket, since then at the last one of its line.
_FIRST_BRACKET = sys.version_info < (3, 10)

Section = Dict[str, List[str]]


class IniError(ValueError):
    """The text is no such file; the message has the number of the line."""


class IniDuplicate(IniError):
    """A section, or a key of one, is listed twice."""


class IniFile(NamedTuple):
    """The sections of a file in their order, and the keys of [DEFAULT], which each of them has too."""

    defaults: Dict[str, str]
    sections: Dict[str, Dict[str, str]]

    def row_count(self) -> int:
        """Return how many rows there are."""
        return sum(
            len(self.defaults) + len(section) for section in self.sections.values()
        )

    def rows(self) -> Iterator[Tuple[str, str, str]]:
        """Yield (section, key, value), with the defaults of each section first."""
        for name, section in self.sections.items():
            for key, value in {**self.defaults, **section}.items():
                yield name, key, value


def parse_ini(text: str, normalize_key: Callable[[str], str]) -> IniFile:
    """Parse a text whose lines end in ``\\n``; raise IniError where configparser raises."""
    parser = _Parser(normalize_key)
    for number, line in enumerate(_lines(text), 1):
        parser.read_line(number, line)
    return parser.finish()


def _lines(text: str) -> List[str]:
    lines = text.split("\n")
    if not lines[-1]:
        del lines[-1]
    return lines


class _Parser:
    """The state of RawConfigParser._read between two lines."""

    def __init__(self, normalize_key: Callable[[str], str]) -> None:
        self._normalize_key = normalize_key
        self._defaults: Section = {}
        self._sections: Dict[str, Section] = {}
        self._section: Section | None = None
        self._name = ""  # of the section
        self._key = ""
        self._indent = 0
        self._error = ""  # of the first line that is nothing; raised at the end, as other errors count first

    def read_line(self, number: int, line: str) -> None:
        """Process one line."""
        value = line.strip()
        if not value:
            if self._section is not None and self._key:
                self._section[self._key].append("")
            return
        if value.startswith(_COMMENTS):
            return
        indent = len(line) - len(line.lstrip())
        if self._section is not None and self._key and indent > self._indent:
            self._section[self._key].append(value)
            return
        self._indent = indent
        header = _parse_header(value)
        if header:
            self._open_section(number, header)
        elif self._section is None:
            raise IniError("line %d: no [section] before it" % number)
        else:
            self._add_option(number, value, self._section)

    def _open_section(self, number: int, name: str) -> None:
        if name in self._sections:
            raise IniDuplicate("line %d: [%s] is listed twice" % (number, name))
        if name == DEFAULT:
            self._section = self._defaults
        else:
            self._section = self._sections[name] = {}
        self._name, self._key = name, ""

    def _add_option(self, number: int, line: str, section: Section) -> None:
        key, value = _split_option(line)
        if value is None or not key:
            self._error = (
                self._error or "line %d: neither a [section] nor key = value" % number
            )
        if value is None:
            return
        self._key = self._normalize_key(key)
        if self._key in section:
            raise IniDuplicate(
                "line %d: %s is listed twice in [%s]" % (number, self._key, self._name)
            )
        section[self._key] = [value]

    def finish(self) -> IniFile:
        """Return what was read; raise IniError where a line was nothing."""
        if self._error:
            raise IniError(self._error)
        return IniFile(
            defaults=_join_lines(self._defaults),
            sections={
                name: _join_lines(section) for name, section in self._sections.items()
            },
        )


def _parse_header(line: str) -> str:
    """Return the name of a section, '' where the line begins none."""
    if not line.startswith("["):
        return ""
    end = line.find("]", 1) if _FIRST_BRACKET else line.rfind("]")
    return line[1:end] if end > 1 else ""


def _split_option(line: str) -> Tuple[str, str | None]:
    """Split at the first ``=`` or ``:``; the value is None where there is neither."""
    places = [at for at in (line.find("="), line.find(":")) if at >= 0]
    if not places:
        return line, None
    at = min(places)
    return line[:at].rstrip(), line[at + 1 :].strip()


def _join_lines(section: Section) -> Dict[str, str]:
    return {key: "\n".join(lines).rstrip() for key, lines in section.items()}
