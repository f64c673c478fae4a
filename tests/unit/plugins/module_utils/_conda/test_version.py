# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of conda's versions, as conda documents it, and series of versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._conda.version import (
    InvalidVersion,
    compare,
    parse_version,
    starts_with,
)

#: The order in the documentation of conda's VersionOrder; = stands before one that is equal to its predecessor.
DOCUMENTED = (
    "0.4 =0.4.0 0.4.1.rc =0.4.1.RC 0.4.1 0.5a1 0.5b3 0.5C1 0.5 0.9.6 0.960923 1.0 1.1dev1 1.1_ 1.1a1 1.1.0dev1 "
    "=1.1.dev1 1.1.a1 1.1.0rc1 1.1.0 =1.1 1.1.0post1 =1.1.post1 1.1post1 1996.07.12 1!0.4.1 1!3.1.1.6 2!0.4.1"
).split()


def test_the_documented_order() -> None:
    for before, after in zip(DOCUMENTED, DOCUMENTED[1:]):
        left, right = before.lstrip("="), after.lstrip("=")
        expected = 0 if after.startswith("=") else -1
        assert compare(parse_version(left), parse_version(right)) == expected, after
        assert compare(parse_version(right), parse_version(left)) == -expected


@pytest.mark.parametrize(
    ("older", "newer"),
    [("1.0.1_", "1.0.1a"), ("1.0", "1.0+1"), ("1.0+1", "1.0+2"), ("1.9", "1.10")],
)
def test_openssl_local_versions_and_numbers(older: str, newer: str) -> None:
    assert compare(parse_version(older), parse_version(newer)) == -1


@pytest.mark.parametrize(
    "text", ["", "1..2", "a!1", "1+", "+1", "1+2+3", "1 2", "1.0/2", "9" * 300]
)
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(InvalidVersion):
        parse_version(text)


@pytest.mark.parametrize(
    ("version", "series", "expected"),
    [
        ("1.26.4", "1.26", True),
        ("1.26", "1.26", True),
        ("1.260", "1.26", False),
        ("1.2rc1", "1.2", True),
        ("1", "1.0", True),
        ("2024a", "2024", True),
        ("1.0+2.1", "1.0+2", True),
        ("1.1+2.1", "1.0+2", False),
    ],
)
def test_series(version: str, series: str, expected: bool) -> None:
    assert starts_with(parse_version(version), parse_version(series)) is expected


VERSIONS = st.from_regex(
    r"\A([0-9]!)?[0-9]{1,3}([._]([0-9]{1,3}|[a-z]{1,4}[0-9]?)){0,3}(\+[0-9a-z]{1,3})?_?\Z"
)


def parse(text: str) -> object:
    try:
        return parse_version(text)
    except InvalidVersion:
        return None


@given(st.lists(VERSIONS, min_size=3, max_size=3))
def test_it_is_an_order(texts: list[str]) -> None:
    found = [parse(text) for text in texts]
    if None in found:
        return
    one, two, three = found
    assert compare(one, two) == -compare(two, one) and compare(one, one) == 0
    if compare(one, two) <= 0 and compare(two, three) <= 0:
        assert compare(one, three) <= 0


@given(st.text(max_size=40))
def test_any_text_is_a_version_or_none(text: str) -> None:
    parse(text)
