# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of versions are resolved by the rules of `pyenv latest`, and archives are found in definitions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.definitions import (
    find_newest,
    find_releases,
    find_unstable,
    is_version_name,
    parse_tarballs,
    sort_key,
)

#: Names from pyenv 2.8.1.
NAMES = (
    "2.7.18 3.1.0 3.9.25 3.10.9 3.10.10 3.13-dev 3.13.0 3.13.9 3.13.10 3.13.10t 3.13.2t 3.13t-dev 3.14.6 3.14.6t "
    "3.15-dev 3.15.0b4 3.15.0b4t 3.15t-dev miniforge3-24.11.0-0 miniforge3-latest pypy3.10-7.3.9 pypy3.10-7.3.19 "
    "pypy3.10-7.3.19-src pypy3.11-7.3.20 graalpy-24.2.1 graalpy-community-24.2.2"
).split()

PYTHON = 'install_package "Python-3.13.5" "https://www.python.org/ftp/python/3.13.5/Python-3.13.5.%s#%s" standard ensurepip'
OPENSSL = 'install_package "openssl-3.5.1" "https://example.com/openssl-3.5.1.tar.gz#%s" mac_openssl --if has_broken_mac_openssl'
DEFINITION = "\n".join(
    (
        "prefer_openssl3",
        OPENSSL % ("5" * 64),
        "if has_tar_xz_support; then",
        "    " + PYTHON % ("tar.xz", "93e583f2" + "0" * 56),
        "else",
        "    " + PYTHON % ("tgz", "e6190f52" + "0" * 56),
        "fi",
    )
)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("3.13", "3.13.10"),
        ("3.13t", "3.13.10t"),
        ("3.13.9", "3.13.9"),
        ("3.13-dev", "3.13-dev"),
        ("3.1", "3.1.0"),
        ("3.10", "3.10.10"),
        ("3.15", None),
        ("3.15.0b4", "3.15.0b4"),
        ("3.99", None),
        ("pypy3.10", "pypy3.10-7.3.19"),
        ("pypy3.10-7.3.9", "pypy3.10-7.3.9"),
        ("miniforge3", "miniforge3-24.11.0-0"),
    ],
)
def test_a_request_means_one_version(request_: str, expected: str | None) -> None:
    assert find_newest(request_, NAMES) == expected


def test_releases_are_in_the_order_of_their_numbers() -> None:
    assert find_releases("3.13", NAMES) == ["3.13.0", "3.13.9", "3.13.10"]
    assert find_unstable("3.15", NAMES) == ["3.15-dev", "3.15.0b4"]


def test_one_archive_of_several_is_enough() -> None:
    xz, gz = parse_tarballs(DEFINITION)
    assert (xz.name, gz.name) == ("Python-3.13.5.tar.xz", "Python-3.13.5.tar.gz")
    assert xz.checksum.startswith("93e583f2") and xz.url.endswith(
        "Python-3.13.5.tar.xz"
    )


@pytest.mark.parametrize("name", ["", "..", "-f", "a/b", ".hidden", "3.13\n", "$(id)"])
def test_what_is_no_name_of_a_version(name: str) -> None:
    assert not is_version_name(name)


@given(
    st.text(st.sampled_from('install_package "https://#abc\n0123 --if'), max_size=300)
)
def test_no_definition_stops_the_reader(text: str) -> None:
    for tarball in parse_tarballs(text):
        assert tarball.url.startswith("http")


@given(st.lists(st.from_regex(r"[0-9a-z.+-]{1,12}", fullmatch=True), max_size=20))
def test_whatever_is_found_was_there_and_is_the_newest(names: list[str]) -> None:
    found = find_newest("3.1", names)
    if found is not None and found != "3.1":
        assert found in names and re.match(r"3\.1[.-]", found)
        assert max(find_releases("3.1", names), key=sort_key) == found
