# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is parsed here in linear time is what configparser makes of the same text."""

from __future__ import annotations

import configparser
from typing import Callable, List, Tuple, Union

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.ini import (
    IniError,
    parse_ini,
)

Rows = List[Tuple[str, str, str]]


def of_configparser(text: str, normalize_key: Callable[[str], str]) -> Union[Rows, str]:
    parser = configparser.RawConfigParser()
    parser.optionxform = normalize_key  # type: ignore[assignment,method-assign]  # as configparser documents it
    try:
        parser.read_string(text)
    except configparser.Error:
        return "error"
    return [
        (name, key, value)
        for name in parser.sections()
        for key, value in parser.items(name)
    ]


def of_ours(text: str, normalize_key: Callable[[str], str]) -> Union[Rows, str]:
    try:
        return list(parse_ini(text, normalize_key).rows())
    except IniError:
        return "error"


LINES = st.one_of(
    st.sampled_from(
        [
            "[a]",
            "[b]",
            "[DEFAULT]",
            "[]",
            "[a]]",
            "[a]x",
            "[",
            "[a",
            "]",
            " [a]",
            "[ ]",
            "",
            " ",
            "#x",
            " ;x",
        ]
    ),
    st.sampled_from(
        [
            "k=v",
            "k:v",
            "K = w",
            "k",
            "=v",
            ":",
            "k=",
            " k=v",
            "  more",
            "\tmore = x",
            "k = a = b",
            "l=1",
        ]
    ),
    st.text(alphabet="ab=:[]#; \t\x0b\x0c\x1c\x85\u2028é", max_size=8),
)


@given(
    st.lists(LINES, max_size=10).map("\n".join),
    st.sampled_from([str.lower, str, lambda key: key.strip("-")]),
)
@example("[a]\nk=1\n\n  more\n\n[b]\n", str.lower)
@example("[DEFAULT]\nk=1\n[a]\n[b]\nk=2\n", str.lower)
@example("[a]\n=1\n  more\n=2\n", str.lower)
def test_equals_configparser(text: str, normalize_key: Callable[[str], str]) -> None:
    assert of_ours(text, normalize_key) == of_configparser(text, normalize_key)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# x\nkey = 1\n", "line 2: no [section] before it"),
        ("[global]\nx\n", "line 2: neither a [section] nor key = value"),
        ("[global]\nx\n[global]\n", "line 3: [global] is listed twice"),
        ("[global]\nk = 1\nK = 2\n", "line 3: k is listed twice in [global]"),
    ],
)
def test_an_error_names_its_line(text: str, message: str) -> None:
    with pytest.raises(IniError) as caught:
        parse_ini(text, str.lower)
    assert str(caught.value) == message
