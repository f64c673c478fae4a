# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Property lists as plistlib writes them, and such as it should rather not read."""

from __future__ import annotations

import plistlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.plist import (
    parse_plist,
)

TEXTS = st.text("abAB09<>&'\";é\u4e2d", max_size=20)
VALUES = (
    TEXTS
    | st.integers(0, 2**40)
    | st.booleans()
    | st.lists(st.integers(0, 9), max_size=3)
)


@pytest.mark.parametrize("form", [plistlib.FMT_XML, plistlib.FMT_BINARY])
@given(values=st.dictionaries(TEXTS, VALUES, max_size=8))
def test_the_strings_of_a_dictionary(form: Any, values: dict) -> None:
    expected = {key: value for key, value in values.items() if isinstance(value, str)}
    assert parse_plist(plistlib.dumps(values, fmt=form)) == expected


def test_shared_references_cost_nothing() -> None:
    """Thirty lists, each of ten times the one before: 10 to the power of 30 elements, as text."""
    nested: Any = "x" * 10
    for _level in range(30):
        nested = [nested] * 10
    data = plistlib.dumps(
        {"CFBundleVersion": "3.13.1", "bomb": nested}, fmt=plistlib.FMT_BINARY
    )
    assert len(data) < 2000
    assert parse_plist(data) == {"CFBundleVersion": "3.13.1"}


@given(st.binary(max_size=200))
def test_garbage(data: bytes) -> None:
    parse_plist(data)
    parse_plist(b"bplist00" + data)
    parse_plist(b"<plist><dict>" + data)
