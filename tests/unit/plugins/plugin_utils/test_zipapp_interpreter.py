# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interpreter of a program: it stands in a first line, a unit of systemd, a crontab and a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.plugin_utils.zipapp import (
    AUDIT,
    write_program,
)


@pytest.mark.parametrize("letter", " \t\n\r\v\0%$\"'\\;&|<>()`*?#~!{}[]\x1b\x7f")
def test_what_one_of_them_takes_for_something_else_is_refused(
    tmp_path: Path, letter: str
) -> None:
    with pytest.raises(ValueError, match="not the path of an interpreter"):
        write_program(AUDIT, "/opt/py%sthon/bin/python3" % letter, str(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["/usr/bin/python3.13", "/opt/c++/py@3_1-x,y:z=1/python", "/opt/pythön"]
)
def test_other_paths_are_accepted(tmp_path: Path, path: str) -> None:
    with open(write_program(AUDIT, path, str(tmp_path)), "rb") as file:
        assert file.readline().startswith(b"#!%s " % path.encode())
