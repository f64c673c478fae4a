# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each file finds the names that it imports: type checks do not cover what imports Ansible."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

pytest.importorskip("ansible.module_utils.basic", reason="needs ansible-core")

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
FILES = [
    *PLUGINS.glob("modules/*.py"),
    *PLUGINS.glob("module_utils/_ansible/*.py"),
]


@pytest.mark.parametrize("path", sorted(FILES), ids=lambda path: path.stem)
def test_each_file_can_be_imported(path: Path) -> None:
    parts = path.relative_to(PLUGINS).with_suffix("").parts
    importlib.import_module(
        ".".join(("ansible_collections.pyfleet.python.plugins", *parts))
    )
