# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A version or specifier chooses the Python that packaging would let pass, and of those the steadiest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ansible_collections.pyfleet.python.plugins.module_utils._scan.select import (
    Interpreter,
    choose,
    is_understood,
    satisfies,
)

PATCHES = st.integers(0, 20).map(str)
VERSIONS = st.builds(
    "3.{}.{}{}".format,
    st.integers(8, 15),
    PATCHES,
    st.sampled_from(["", "", "", "a1", "b2", "rc1"]),
)
NUMBERS = st.one_of(st.builds("3.{}".format, st.integers(8, 15)), VERSIONS)
CLAUSES = st.one_of(
    st.builds(
        "{}{}".format,
        st.sampled_from([">=", "<=", "<", ">", "==", "!=", "~="]),
        NUMBERS,
    ),
    st.builds("{}3.{}.*".format, st.sampled_from(["==", "!="]), st.integers(8, 15)),
)
SPECIFIERS = st.lists(CLAUSES, min_size=1, max_size=3).map(",".join)


@given(VERSIONS, SPECIFIERS)
def test_a_specifier_means_what_packaging_says(version: str, specifier: str) -> None:
    assert satisfies(version, specifier) == SpecifierSet(specifier).contains(
        version, prereleases=True
    )


@given(SPECIFIERS)
def test_every_specifier_is_understood(specifier: str) -> None:
    assert is_understood(specifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "3t",
        ">=3.13t",
        "python3",
        ">=",
        "3.x",
        "~=3",
        "<=3.*",
        "latest",
        "=3.12",
        ">=3.11;",
        "3.12,",
    ],
)
def test_what_is_no_specifier_is_refused(text: str) -> None:
    assert not is_understood(text)
    if text.strip():
        with pytest.raises(InvalidSpecifier):
            SpecifierSet(text)


@pytest.mark.parametrize(
    ("version", "wanted", "fits"),
    [
        ("3.12.7", "3.12", True),
        ("3.12.7", "3", True),
        ("3.12.7", "3.12.7", True),
        ("3.12.7", "3.12.6", False),
        ("3.1.7", "3.12", False),
        ("3.12", "3.12", True),
        ("3.12", ">=3.12", True),
        ("3.13.1", "3.13t", True),
        ("3.13.1", "3.14t", False),
    ],
)
def test_a_plain_version_is_a_beginning(version: str, wanted: str, fits: bool) -> None:
    assert satisfies(version, wanted) is fits


def python(path: str, version: str, **fields: object) -> Interpreter:
    return Interpreter(path, version, "cpython", False, True)._replace(**fields)  # type: ignore[arg-type]


SYSTEM = python("/usr/bin/python3.11", "3.11.2", system=True)
NEWER = python("/usr/local/bin/python3.13", "3.13.1")


def test_the_systems_own_is_taken_where_it_fits() -> None:
    assert choose(">=3.9", [NEWER, SYSTEM]) == SYSTEM
    assert choose(">=3.12", [NEWER, SYSTEM]) == NEWER


def test_the_newest_of_the_others_is_taken() -> None:
    older = python("/opt/a/bin/python3.13", "3.13.0")
    assert choose("3.13", [NEWER, older]) == NEWER
    assert choose("3.13", [older, NEWER]) == NEWER


def test_a_release_goes_before_a_candidate() -> None:
    candidate = python("/opt/b/bin/python3.15", "3.15.0rc1")
    assert choose(">=3.12", [candidate, NEWER]) == NEWER
    assert choose(">=3.15.0rc1", [candidate, NEWER]) == candidate


def test_a_path_is_understood_whatever_its_end() -> None:
    assert is_understood("/opt/rust/bin/python3-test")


def test_a_t_requests_the_free_threaded_build() -> None:
    free = NEWER._replace(path="/usr/local/bin/python3.13t", variant="t")
    assert choose("3.13t", [NEWER, free]) == free
    assert choose("3.13", [NEWER, free]) == NEWER
    assert choose("3.13t", [NEWER]) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"implementation": "pypy"},
        {"trusted": False},
        {"trusted": None},
        {"variant": "t"},
    ],
)
def test_what_only_a_path_may_ask_for_is_not_chosen(fields: dict[str, object]) -> None:
    assert choose("3.13", [NEWER._replace(**fields)]) is None  # type: ignore[arg-type]
