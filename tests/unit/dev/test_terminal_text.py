# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text for the terminal: nothing is lost, nothing is too wide, nothing steers the terminal."""

from __future__ import annotations

import io

import pytest
import terminal_text
from hypothesis import given
from hypothesis import strategies as st
from terminal_text import Paper, columns, plain, table, wrapped

TEXT = st.text(st.sampled_from("ab/-=:, ü漢字e\u0301😀"), max_size=120)


@given(TEXT, st.integers(10, 60), st.integers(0, 4))
def test_wrapping_keeps_every_character_and_the_width(
    text: str, width: int, indent: int
) -> None:
    lines = list(wrapped(text, width + indent, " " * indent))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns(line) <= width + indent for line in lines)
    assert all(line.startswith(" " * indent) for line in lines)


def test_words_stay_whole_where_a_line_can_hold_them() -> None:
    assert list(wrapped("see /etc/pip.conf, then go on", 15, "")) == [
        "see",
        "/etc/pip.conf,",
        "then go on",
    ]


def test_long_paths_break_behind_a_slash() -> None:
    assert list(wrapped("/usr/lib/python3.13/EXTERNALLY", 20, "")) == [
        "/usr/lib/python3.13/",
        "EXTERNALLY",
    ]


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("", 0)]
)
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


@given(st.text())
def test_plain_text_holds_nothing_that_steers_a_terminal(text: str) -> None:
    shown = plain(text)
    assert not any(character in shown for character in "\x1b\x07\x9b\r\n\t\u202e\u2066")
    shown.encode("utf-8")  # no lone surrogate is left


def test_plain_shows_what_it_escapes() -> None:
    assert plain("a\x1b[31m\u202eb") == "a\\u001b[31m\\u202eb"
    assert plain("one\ntwo") == "one two"
    assert plain(None) == ""


@given(
    st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=6), st.integers(40, 160)
)
def test_a_table_is_never_wider_than_the_paper(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    lines = list(table(Paper(width, False, "utf-8"), rows))
    assert all(columns(line) <= width for line in lines)
    assert sorted("".join("".join(lines).split())) == sorted(
        "".join("".join(map("".join, rows)).split())
    )


def test_columns_of_a_table_stand_below_each_other_with_wide_characters() -> None:
    lines = list(
        table(Paper(80, False, "utf-8"), [["A", "B"], ["漢字", "x"], ["ab", "y"]])
    )
    assert lines == ["A     B", "漢字  x", "ab    y"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "colour"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (Terminal(), {}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (Terminal(), {"TERM": "xterm", "NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (Terminal(), {"TERM": "xterm", "NO_COLOR": ""}, True),
    ],
)
def test_colour_only_on_a_terminal_that_wants_it(
    stream: io.StringIO, environment: dict[str, str], colour: bool
) -> None:
    paper = Paper.for_stream(stream, environment)
    assert paper.colour is colour
    assert ("\x1b" in paper.painted("red", "x")) is colour


@pytest.mark.parametrize(
    ("columns", "width"), [("", 80), ("132", 132), ("20", 40), ("wide", 80)]
)
def test_the_width_is_that_of_columns_and_80_in_a_pipe(
    columns: str, width: int
) -> None:
    assert Paper.for_stream(io.StringIO(), {"COLUMNS": columns}).width == width


def test_a_stream_without_the_characters_gets_escapes() -> None:
    assert Paper(80, False, "ascii").encodable("é漢") == "\\xe9\\u6f22"


def test_the_narrowest_table_goes_beyond_a_tiny_paper_and_loses_nothing() -> None:
    lines = list(table(Paper(20, False, "utf-8"), [["a" * 30, "b" * 30, "c" * 30]]))
    assert sum(line.count("c") for line in lines) == 30
    assert terminal_text.NARROWEST == 10
