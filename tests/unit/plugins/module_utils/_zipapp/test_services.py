# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a service after the host has rebuilt its environment."""

from __future__ import annotations

import errno
import os
import stat
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


def make_record(directory: Path) -> Path:
    record = directory / "shop.json"
    record.write_text('{"release": "1"}\n')
    return record


def test_no_file_that_a_link_leads_to_is_written(tmp_path: Path) -> None:
    """The owner of the directory of all applications guesses each name of a draft."""
    (tmp_path / "apps").mkdir()
    record = make_record(tmp_path / "apps")
    other = tmp_path / "shadow"
    other.write_text("root")
    for name in ("shop.json.new", ".shop.json.new", ".shop.json"):
        (record.parent / name).symlink_to(other)
    record_release(str(record), "2")
    assert other.read_text() == "root"
    assert record.read_text() == '{"release": "2"}\n'


def test_a_link_in_its_place_is_replaced(tmp_path: Path) -> None:
    other = make_record(tmp_path)
    (tmp_path / "apps").mkdir()
    record = tmp_path / "apps" / "shop.json"
    record.symlink_to(other)
    record_release(str(record), "2")
    assert other.read_text() == '{"release": "1"}\n'


def test_a_pipe_in_its_place_holds_up_nothing(tmp_path: Path) -> None:
    record = tmp_path / "shop.json"
    os.mkfifo(str(record))
    record_release(str(record), "2")
    assert stat.S_ISFIFO(record.lstat().st_mode)


def test_no_draft_stays_where_it_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    record = make_record(tmp_path)
    monkeypatch.setattr(os, "fsync", fail)
    monkeypatch.setattr(os, "replace", fail)
    record_release(str(record), "2")
    assert os.listdir(str(tmp_path)) == ["shop.json"]
    assert record.read_text() == '{"release": "1"}\n'
