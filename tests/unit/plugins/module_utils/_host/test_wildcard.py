# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shell patterns match as fnmatch has it, and never backtrack without end."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.wildcard import (
    matches_wildcard,
)


@given(st.text("ab/.-]", max_size=8), st.text("ab/.*?[]!-", max_size=8))
@example("]", "[]]")
@example("a", "[!]]")
@example("-", "[a-]")
@example("b", "[a-c]")
@example("", "*")
def test_equals_fnmatch(name: str, pattern: str) -> None:
    assert matches_wildcard(name, pattern) == fnmatchcase(name, pattern)


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 100 + "b", "*" * 4000 + "b", "*?" * 120 + "b", "[a-b]*" * 60 + "c"],
)
def test_hostile_patterns_end(pattern: str) -> None:
    assert matches_wildcard("a" * 255, pattern) is False


def test_one_that_is_longer_than_any_path_matches_nothing() -> None:
    assert matches_wildcard("a", "*" * 5000) is False
