# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions compare as the packaging library says; distribution versions give back upstream's."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from ansible_collections.pyfleet.python.plugins.module_utils._scan import (
    pep440 as version,
)

NUMBERS = st.integers(0, 30).map(str)
RELEASES = st.lists(NUMBERS, min_size=1, max_size=4).map(".".join)
PHASES = st.sampled_from(
    ["", "a1", ".b2", "rc3", "-c4", "_alpha", "beta.2", "pre", "preview1"]
)
POSTS = st.sampled_from(["", "-1", ".post2", "post", "-r3", "_rev4"])
DEVS = st.sampled_from(["", ".dev0", "dev", "-dev3"])
LOCALS = st.sampled_from(["", "+local", "+1.2", "+1-a_3", "+deb13u1"])
VERSIONS = st.tuples(
    st.sampled_from(["", "v", "1!"]), RELEASES, PHASES, POSTS, DEVS, LOCALS
).map("".join)


@given(VERSIONS, VERSIONS)
def test_order_is_that_of_packaging(one: str, other: str) -> None:
    left, right = Version(one), Version(other)
    assert version.compare(one, other) == (left > right) - (left < right)


@given(
    st.one_of(
        st.text(max_size=30),
        VERSIONS.flatmap(
            lambda text: st.text(max_size=3).map(lambda tail: text + tail)
        ),
    )
)
def test_what_is_a_version_is_what_packaging_takes(text: str) -> None:
    try:
        Version(text)
        valid = True
    except InvalidVersion:
        valid = False
    assert (version.parse(text) is not None) == valid


def test_an_endless_text_is_no_version() -> None:
    assert version.parse("1." * 100_000 + "1") is None
    assert version.parse("9" * 5000) is None


def test_at_least() -> None:
    assert version.at_least("23.0.1", "23.0") is True
    assert version.at_least("23.0rc1", "23.0") is False
    assert version.at_least("unknown", "23.0") is None


def test_minor_and_release() -> None:
    assert version.minor("3.13.0rc1") == "3.13"
    assert version.minor("3") == ""
    assert version.release("3.13.5+") == (3, 13, 5)
    assert version.release("x") == ()


def test_the_number_of_the_running_python() -> None:
    assert version.from_hex(sys.hexversion) == sys.version.split()[0].rstrip("+")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0x030D05F0, "3.13.5"), (0x030E00A7, "3.14.0a7"), (0x030E00C2, "3.14.0rc2"), (0x02071200, ""),
     (0x021B12F0, "2.27.18"), (0, ""), (0x7F454C46, "")],
)  # fmt: skip
def test_numbers(number: int, text: str) -> None:
    assert version.from_hex(number) == text


@pytest.mark.parametrize(
    ("packaged", "upstream"),
    [
        ("3.13.5-2+deb13u5", "3.13.5"),  # Debian 13
        ("3.11.2-6+deb12u6", "3.11.2"),  # Debian 12
        ("3.10.4-3ubuntu0.1", "3.10.4"),  # Ubuntu 22.04
        ("3.13.0~rc1-1", "3.13.0rc1"),
        ("3.12.11-1+noble2", "3.12.11"),  # deadsnakes
        ("7.3.19+dfsg-2", "7.3.19"),  # PyPy
        ("2:3.9.2-1", "3.9.2"),  # with an epoch
        ("3.13.7-1", "3.13.7"),  # Arch
        ("3.11.4-r2", "3.11.4"),  # Alpine
        ("3.14.0~rc3-1.fc43", "3.14.0rc3"),  # Fedora
        ("3.13_0", "3.13"),
        ("20240101", "20240101"),
        ("nothing", ""),
        ("", ""),
    ],
)
def test_distribution_versions(packaged: str, upstream: str) -> None:
    assert version.from_distribution(packaged) == upstream


@given(st.text(max_size=60))
def test_nothing_makes_them_raise(text: str) -> None:
    version.from_distribution(text)
    version.minor(text)
    version.release(text)
