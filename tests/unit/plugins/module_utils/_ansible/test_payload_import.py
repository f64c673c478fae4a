# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules of an archive are compiled once, and are otherwise what zipimport makes of them."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._ansible import (
    payload_import,
)

#: Import what is in the archives; print the compilations of each file, and what the modules know of themselves.
PROGRAM = """\
import collections, json, sys, traceback
compiled = collections.Counter()
sys.addaudithook(lambda event, arguments: event == "compile" and compiled.update([str(arguments[1])]))
sys.path[:0] = sys.argv[1:]
import room.payload_import
import room.shelf, room.shelf.book, elsewhere
try:
    room.shelf.book.fail()
except ValueError:
    trace = traceback.format_exc()
print(json.dumps({
    "compiled": compiled,
    "files": [module.__file__ for module in (room, room.shelf, room.shelf.book, elsewhere)],
    "packages": [getattr(module, "__path__", None) for module in (room, room.shelf, room.shelf.book)],
    "trace": trace,
    "source": room.shelf.book.__loader__.get_source("room.shelf.book"),
}))
"""
BOOK = "def fail():\n    raise ValueError('of this line')\n"
HOOK = Path(payload_import.__file__)


@pytest.fixture(name="archives")
def fixture_archives(tmp_path: Path) -> list[Path]:
    archives = [tmp_path / "payload.zip", tmp_path / "other.zip"]
    with zipfile.ZipFile(archives[0], "w") as payload:
        payload.writestr("room/__init__.py", HOOK.with_name("__init__.py").read_text())
        payload.writestr("room/payload_import.py", HOOK.read_text())
        payload.writestr("room/shelf/__init__.py", "")
        payload.writestr("room/shelf/book.py", BOOK)
    with zipfile.ZipFile(archives[1], "w") as other:
        other.writestr("elsewhere.py", "")
    return archives


def run(archives: list[Path]) -> Any:
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, archives)],
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(answer.stdout)


def test_each_module_is_compiled_once(archives: list[Path]) -> None:
    compiled = run(archives)["compiled"]
    room = "%s/room/" % archives[0]
    assert compiled[room + "shelf/__init__.py"] == 1
    assert compiled[room + "shelf/book.py"] == 1


def test_modules_are_what_zipimport_makes_of_them(archives: list[Path]) -> None:
    with_hook = run(archives)
    with zipfile.ZipFile(archives[0], "w") as payload:
        payload.writestr("room/__init__.py", "")
        payload.writestr("room/payload_import.py", "")
        payload.writestr("room/shelf/__init__.py", "")
        payload.writestr("room/shelf/book.py", BOOK)
    without = run(archives)
    assert "of this line" in with_hook["trace"]
    del with_hook["compiled"], without["compiled"]
    assert with_hook == without


def test_other_loaders_are_left_alone() -> None:
    hooks = list(sys.path_hooks)
    payload_import.compile_once(__loader__)
    payload_import.compile_once(None)
    assert sys.path_hooks == hooks
