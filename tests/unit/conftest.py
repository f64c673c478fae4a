# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many examples Hypothesis tries: all of them on the oldest and the newest Python, a fifth on those between.

What examples find depends on the data far more than on the Python, and six Pythons draw their own.
"""

from __future__ import annotations

import sys
from typing import Iterator

import pytest
from hypothesis import HealthCheck, settings

# No example has a deadline: how long one takes on a busy machine says nothing of the code.
settings.register_profile(
    "all", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("all")
# Tests with a number of their own take it as a share of this one.
settings.register_profile("between", settings.get_profile("all"), max_examples=20)

RECURSION_LIMIT = sys.getrecursionlimit()


@pytest.fixture(autouse=True)
def recursion_limit_of_python() -> Iterator[None]:
    """Run each test with Python's own limit, which Hypothesis raises: deep input then overflows the stack of 3.8."""
    sys.setrecursionlimit(RECURSION_LIMIT)
    yield
