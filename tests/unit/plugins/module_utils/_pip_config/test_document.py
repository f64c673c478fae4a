# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of pip.conf line by line, held against configparser, which is what pip reads with."""

from __future__ import annotations

import configparser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.document import (
    find_unreadable,
    find_values,
    parse_document,
    remove_key,
    set_values,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.option_values import (
    normalize_key,
)

COMMENTED = """\
# The index of the site.
[global]
index_url = https://old.example/simple
; Both mirrors:
extra-index-url =
    https://one.example/simple

    # the second is slow
    https://two.example/simple
timeout: 60

[install]
no-compile = true
"""


def read_as_pip(text: str) -> dict[tuple[str, str], list[str]]:
    """Return what pip reads, by section and key: ``configuration.py``, _normalized_keys."""
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    found = {}
    for section in parser.sections():
        for key, value in parser.items(section):
            found[section, normalize_key(key)] = [
                line.strip() for line in value.splitlines() if line.strip()
            ]
    return found


def test_a_document_that_is_not_edited_is_the_same_text() -> None:
    assert parse_document(COMMENTED).to_text() == COMMENTED


def test_line_breaks_stay() -> None:
    text = COMMENTED.replace("\n", "\r\n")
    edited = set_values(parse_document(text), "global", "timeout", ["5"]).to_text()
    assert edited == text.replace("timeout: 60", "timeout = 5")


def test_every_spelling_is_the_same_key() -> None:
    assert find_values(parse_document(COMMENTED), "global", "index-url") == (
        "https://old.example/simple",
    )


def test_several_values_stand_on_lines_of_their_own() -> None:
    values = ("https://one.example/simple", "https://two.example/simple")
    assert find_values(parse_document(COMMENTED), "global", "extra-index-url") == values


def test_a_value_is_replaced_in_its_place_and_in_its_spelling() -> None:
    edited = set_values(
        parse_document(COMMENTED), "global", "index-url", ["https://new.example/simple"]
    ).to_text()
    assert edited == COMMENTED.replace(
        "https://old.example/simple", "https://new.example/simple"
    )


def test_comments_between_values_stay() -> None:
    edited = remove_key(
        parse_document(COMMENTED), "global", "extra-index-url"
    ).to_text()
    assert "# the second is slow" in edited and "; Both mirrors:" in edited
    assert "example/simple\n" not in edited.replace(
        "index_url = https://old.example/simple", ""
    )


def test_a_new_key_goes_to_the_end_of_its_section() -> None:
    edited = set_values(parse_document(COMMENTED), "global", "retries", ["3"]).to_text()
    assert edited == COMMENTED.replace("timeout: 60\n", "timeout: 60\nretries = 3\n")


def test_a_new_section_goes_to_the_end_of_the_file() -> None:
    edited = set_values(
        parse_document(COMMENTED), "download", "prefer-binary", ["true"]
    ).to_text()
    assert edited == COMMENTED + "\n[download]\nprefer-binary = true\n"


def test_a_file_without_a_line_break_at_its_end() -> None:
    edited = set_values(
        parse_document("[global]\ntimeout = 5"), "global", "retries", ["3"]
    ).to_text()
    assert edited == "[global]\ntimeout = 5\nretries = 3\n"


def test_two_spellings_become_one() -> None:
    text = "[global]\nindex-url = a\ntimeout = 5\nindex_url = b\n"
    edited = set_values(parse_document(text), "global", "index-url", ["c"]).to_text()
    assert edited == "[global]\ntimeout = 5\nindex_url = c\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[global]\ntimeout = 5\n", 0),
        ("timeout = 5\n", 1),
        ("[global]\nno delimiter here\n", 2),
        ("[global]\n= 5\n", 2),
        ("# only a comment\n", 0),
        ("", 0),
    ],
)
def test_the_line_that_pip_cannot_read(text: str, line: int) -> None:
    assert find_unreadable(parse_document(text)) == line
    if line:
        with pytest.raises(configparser.Error):
            configparser.RawConfigParser().read_string(text)
    else:
        configparser.RawConfigParser().read_string(text)


KEYS = st.sampled_from(
    [
        "timeout",
        "index-url",
        "index_url",
        "extra-index-url",
        "Retries",
        "no_deps",
        "cert",
    ]
)
VALUES = st.lists(
    st.from_regex(r"[a-z0-9:/=;#.]{1,8}", fullmatch=True), min_size=1, max_size=3
)
ROWS = st.one_of(
    st.tuples(st.just("option"), KEYS, VALUES),
    st.sampled_from(["", "# comment", "  ; indented comment", "   "]),
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Return the text of a pip.conf with comments, blank lines, several spellings and values of several lines."""
    text = ""
    for section in draw(
        st.lists(
            st.sampled_from(["global", "install", "list"]), unique=True, max_size=3
        )
    ):
        text += "[%s]\n" % section
        used = set()
        for row in draw(st.lists(ROWS, max_size=6)):
            if isinstance(row, str):
                text += row + "\n"
            elif row[1].lower() not in used:
                used.add(row[1].lower())
                _kind, key, values = row
                delimiter = draw(st.sampled_from([" = ", "=", ": "]))
                single = "%s%s%s\n" % (key, delimiter, values[0])
                several = "%s%s\n%s" % (
                    key,
                    delimiter.rstrip(),
                    "".join("    %s\n" % value for value in values),
                )
                text += (
                    single if len(values) == 1 and values[0][0] not in "#;" else several
                )
    return text


@given(
    text=documents(),
    section=st.sampled_from(["global", "install", "wheel"]),
    key=KEYS,
    values=VALUES,
)
def test_an_edit_changes_one_key_and_nothing_else(
    text: str, section: str, key: str, values: list[str]
) -> None:
    key = normalize_key(key)
    # A value that begins with a comment sign is a comment where it stands on a line of its own.
    values = [value for value in values if value[0] not in "#;"] or ["x"]
    before = read_as_pip(text)
    assert {
        place: list(find_values(parse_document(text), *place) or ()) for place in before
    } == before
    edited = set_values(parse_document(text), section, key, values).to_text()
    assert read_as_pip(edited) == {**before, (section, key): values}
    removed = remove_key(parse_document(edited), section, key).to_text()
    assert read_as_pip(removed) == {
        place: value for place, value in before.items() if place != (section, key)
    }
    comments = [
        line for line in text.splitlines() if line.lstrip().startswith(("#", ";"))
    ]
    assert [
        line for line in removed.splitlines() if line.lstrip().startswith(("#", ";"))
    ] == comments
