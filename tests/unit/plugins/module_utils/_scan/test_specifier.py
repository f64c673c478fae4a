# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Specifiers mean for every version of PEP 440 what packaging says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ansible_collections.pyfleet.python.plugins.module_utils._scan.specifier import (
    matches,
    parse_specifier,
)

EPOCHS = st.sampled_from(["", "", "", "1!"])
RELEASES = st.lists(st.integers(0, 3).map(str), min_size=1, max_size=4).map(".".join)
TAILS = st.sampled_from(
    ["", "", "", "a1", "rc2", ".dev3", ".post1", "rc1.post2", ".post1.dev2", "a1.dev1"]
)
LOCALS = st.sampled_from(["", "", "", "+1", "+deb.2"])
PUBLIC = st.builds("{}{}{}".format, EPOCHS, RELEASES, TAILS)
VERSIONS = st.builds("{}{}".format, PUBLIC, LOCALS)
CLAUSES = st.one_of(
    st.builds("{}{}".format, st.sampled_from([">=", "<=", "<", ">"]), PUBLIC),
    st.builds("{}{}".format, st.sampled_from(["==", "!=", "==="]), VERSIONS),
    st.builds("{}{}{}.*".format, st.sampled_from(["==", "!="]), EPOCHS, RELEASES),
    st.builds(
        "~={}{}.{}{}".format, EPOCHS, st.integers(0, 3), st.integers(0, 3), TAILS
    ),
)
SPECIFIERS = st.lists(CLAUSES, min_size=1, max_size=3).map(", ".join)


@given(VERSIONS, SPECIFIERS)
def test_a_version_matches_what_packaging_says(version: str, text: str) -> None:
    clauses = parse_specifier(text)
    assert clauses is not None
    assert matches(version, clauses) == SpecifierSet(text).contains(
        version, prereleases=True
    )


#: A version and its own pre-, post- and local releases, each of which < and > treat in a way of its own.
NEIGHBOURS = [
    "3.dev1",
    "3a1.dev1",
    "3a1",
    "3a1+1",
    "3a1.post1",
    "3a2+1",
    "3",
    "3+1",
    "3.post1.dev1",
    "3.post1",
    "3.post1+1",
    "3.post2+1",
    "3.0.1",
    "1!3",
]


@pytest.mark.parametrize("version", NEIGHBOURS)
@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "==", "!="])
def test_each_neighbour_of_a_release_matches_what_packaging_says(
    operator: str, version: str
) -> None:
    for bound in NEIGHBOURS:
        if "+" in bound and operator not in ("==", "!="):
            continue  # such a specifier has no local part
        text = operator + bound
        clauses = parse_specifier(text)
        assert clauses is not None
        expected = SpecifierSet(text).contains(version, prereleases=True)
        assert matches(version, clauses) == expected, text


@pytest.mark.parametrize(
    "text",
    [
        "1.82.7",
        "=1",
        ">=",
        "~=1",
        "==1.*.*",
        ">=1.*",
        "~=1.0.*",
        "<1+local",
        "==1.0a1.*",
        "latest",
        "=>1",
    ],
)
def test_what_is_no_specifier(text: str) -> None:
    assert parse_specifier(text) is None
    with pytest.raises(InvalidSpecifier):
        SpecifierSet(text)


def test_no_specifier_matches_everything_even_what_is_no_version() -> None:
    assert parse_specifier(" ") == ()
    assert matches("2004-final-really", ()) is True


@pytest.mark.parametrize(
    ("text", "answer"),
    [("==1", None), (">=1,<2", None), ("===2004-Final", True), ("===2004, >=1", False)],
)
def test_a_version_that_is_none_cannot_be_compared_but_by_its_text(
    text: str, answer: object
) -> None:
    clauses = parse_specifier(text)
    assert clauses is not None
    assert matches("2004-final", clauses) is answer
