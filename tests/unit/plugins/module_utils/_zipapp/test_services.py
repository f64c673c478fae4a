# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a service after the host has rebuilt its environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._zipapp.services import (
    record_release,
)


def test_only_the_release_changes(tmp_path: Path) -> None:
    record = tmp_path / "shop.json"
    record.write_text(
        '{"code": "a", "environment_file": "b", "release": "1", "unit": ""}\n'
    )
    record_release(str(record), "2")
    assert (
        record.read_text()
        == '{"code": "a", "environment_file": "b", "release": "2", "unit": ""}\n'
    )
    assert os.listdir(str(tmp_path)) == ["shop.json"]


@pytest.mark.parametrize("content", [None, "", "[1]", "{"])
def test_what_is_no_record_is_left_alone(tmp_path: Path, content: str) -> None:
    record = tmp_path / "shop.json"
    if content is not None:
        record.write_text(content)
    record_release(str(record), "2")
    assert (record.read_text() if record.exists() else None) == content
