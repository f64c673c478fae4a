# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of `venv` have in common: where they work, and what they need."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from .module import Runner


class Area(NamedTuple):
    """Where the tests work."""

    root: Path
    wheels: Path
    python: str

    @property
    def runner(self) -> Runner:
        return Runner(self.python, self.root, self.root / "home")

    def runner_for_others(self, python: str) -> Runner:
        """Return one without cache settings, because another user cannot use root's caches."""
        return Runner(python, self.root, None)


def need(condition: object, what: str) -> None:
    """Skip a test whose means are missing; in CI that is an error."""
    if not condition:
        assert not os.environ.get("CI"), what + " is needed here"
        pytest.skip(what + " is needed")
