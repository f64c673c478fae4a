# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of results and reports on a disk that is full."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.file_replacement import (
    replace_file,
)


@pytest.mark.parametrize("call", ["replace", "chmod"])
def test_the_old_file_stays_no_draft_does_and_the_error_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_arguments: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "host.json"
    path.write_text("old")
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left") as caught, replace_file(
        str(path)
    ) as stream:
        stream.write("new")
    assert caught.value.filename == str(path)
    assert caught.value.errno == errno.ENOSPC
    monkeypatch.undo()
    assert [each.name for each in tmp_path.iterdir()] == ["host.json"]
    assert path.read_text() == "old"


def test_a_directory_that_is_missing_is_named_with_the_file(tmp_path: Path) -> None:
    path = str(tmp_path / "none" / "host.json")
    with pytest.raises(FileNotFoundError) as caught, replace_file(path):
        pass
    assert caught.value.filename == path


def test_an_error_of_another_file_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, replace_file(
        str(tmp_path / "report.json")
    ):
        (tmp_path / "host.json").read_text()
    assert caught.value.filename == str(tmp_path / "host.json")
    assert list(tmp_path.iterdir()) == []
