# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Match specs: what is understood, what is refused, and which packages satisfy one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._conda.match_spec import (
    CondaPackage,
    InvalidMatchSpec,
    is_same_channel,
    matches,
    parse_match_spec,
)

NUMPY = CondaPackage("numpy", "1.26.4", "py312h8753938_0", "conda-forge")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("numpy", ("numpy", "", "", "")),
        ("NumPy", ("numpy", "", "", "")),
        ("numpy=1.26", ("numpy", "1.26.*", "", "")),
        ("numpy =1.26", ("numpy", "1.26.*", "", "")),
        ("numpy==1.26.4", ("numpy", "1.26.4", "", "")),
        ("numpy 1.26.4", ("numpy", "1.26.4", "", "")),
        ("numpy >= 1.26 , < 2", ("numpy", ">=1.26,<2", "", "")),
        ("numpy=1.26.4=py312*", ("numpy", "1.26.4", "py312*", "")),
        ("numpy==1.26.4=py312*", ("numpy", "1.26.4", "py312*", "")),
        ("numpy 1.26.4 py312_0", ("numpy", "1.26.4", "py312_0", "")),
        ("numpy>=1.8,<2|==1.7", ("numpy", ">=1.8,<2|==1.7", "", "")),
        ("numpy * openblas_0", ("numpy", "*", "openblas_0", "")),
        ("conda-forge::numpy=1", ("numpy", "1.*", "", "conda-forge")),
        ("numpy[version='>=1,<2', build=py*]", ("numpy", ">=1,<2", "py*", "")),
        ("numpy  # the reason", ("numpy", "", "", "")),
    ],
)
def test_parts_of_a_match_spec(text: str, fields: tuple[str, ...]) -> None:
    assert parse_match_spec(text)[1:] == fields


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("numpy", True),
        ("numpy=1.26", True),
        ("numpy=1.2", False),
        ("numpy==1.26", False),
        ("numpy>=1.26,<2", True),
        ("numpy<1.26|>=1.26.4", True),
        ("numpy!=1.26.*", False),
        ("numpy~=1.26.0", True),
        ("numpy~=1.25.0", False),
        ("numpy==1.26.4=py312*", True),
        ("numpy==1.26.4=py311*", False),
        ("numpy=1.*.4", True),
        ("conda-forge::numpy", True),
        ("defaults::numpy", False),
        ("numpy-base", False),
    ],
)
def test_what_satisfies_a_match_spec(text: str, expected: bool) -> None:
    assert matches(parse_match_spec(text), NUMPY) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-n",
        "--all",
        "numpy=",
        "numpy>=",
        "numpy=1=2=3",
        "numpy 1 2 3",
        "numpy>=1.*.2",
        "numpy[md5=abc]",
        "numpy[version=",
        "numpy (1)",
        "numpy ^1.*$",
        "https://host/numpy-1.26.4-py312_0.conda",
        "a b\nc",
        "x" * 2000,
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(InvalidMatchSpec):
        parse_match_spec(text)


@pytest.mark.parametrize(
    ("requested", "recorded", "expected"),
    [
        ("conda-forge", "https://conda.anaconda.org/conda-forge/linux-64", True),
        ("conda-forge", "https://conda.anaconda.org/other", False),
        ("conda-forge/linux-64", "conda-forge", True),
        ("https://a:b@Host/t/TOKEN/c", "https://host/c/", True),
        ("https://host/c", "https://host/d", False),
    ],
)
def test_channels(requested: str, recorded: str, expected: bool) -> None:
    assert is_same_channel(requested, recorded) is expected


@given(st.text(alphabet="ab1.*=<>!~,|[]:' #-_", max_size=30))
def test_any_text_is_a_match_spec_or_refused(text: str) -> None:
    try:
        spec = parse_match_spec("a" + text)
    except InvalidMatchSpec:
        return
    matches(spec, CondaPackage("a", "1.1", "b"))


@given(st.from_regex(r"\A[0-9]{1,3}(\.[0-9]{1,3}){0,3}\Z"))
def test_a_version_satisfies_itself_and_its_series(version: str) -> None:
    package = CondaPackage("x", version, "0")
    for text in ("x==%s", "x=%s", "x>=%s", "x<=%s", "x %s 0", "x=%s=0"):
        assert matches(parse_match_spec(text % version), package)
    for text in ("x<%s", "x>%s", "x!=%s"):
        assert not matches(parse_match_spec(text % version), package)
