# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages, documentation and roles name only content of this collection that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NAME = re.compile(r"pyfleet\.python\.(?!plugins\.)([a-z_]+)")
PLACES = (
    "plugins/modules",
    "plugins/filter",
    "plugins/lookup",
    "plugins/test",
    "plugins/callback",
    "plugins/doc_fragments",
    "playbooks",
)
GROUPS = re.findall(
    r"^  ([a-z_]+):$", (ROOT / "meta/runtime.yml").read_text(encoding="utf-8"), re.M
)
EXISTING = {path.stem for place in PLACES for path in (ROOT / place).iterdir()}
EXISTING |= {path.name for path in (ROOT / "roles").iterdir()} | set(GROUPS)
FILES = [
    path
    for top in ("plugins", "roles", "playbooks", "docs")
    for path in sorted((ROOT / top).rglob("*"))
    if path.suffix in (".py", ".yml", ".md")
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_exist(path: Path) -> None:
    named = {
        found.group(1) for found in NAME.finditer(path.read_text(encoding="utf-8"))
    }
    assert named <= EXISTING
