# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report is built on a controller: its tests need Python 3.11."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if sys.version_info < (3, 11):
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    from .sample_fleet import write_fleet

    return write_fleet(tmp_path / "results")
