# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bare names mean on a PATH: the first executable file, as a shell finds it."""

from __future__ import annotations

import shutil
from pathlib import Path

from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Request,
    SearchPath,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.interpreter import (
    find_command,
    read_commands,
    read_interpreters,
)

from ...fixtures.elf_builder import Elf
from ...fixtures.trees import Executable, Link, Mode, tree

FILES = {
    "a/python3": Mode("not executable", 0o644),
    "a/pip/": None,
    "a/pipx": Link("nowhere"),
    "b/python3": Executable("#!/usr/bin/env bash\n"),
    "usr/bin/python3": Elf("3.13.5"),
    "usr/lib/python3.13/os.py": "",
    "usr/bin/pip": Executable("#!/usr/bin/python3\n"),
    "usr/bin/pip3": Executable("#!/gone/python3\n"),
    "usr/bin/pipx": Executable("#!/opt/pipx/bin/python\n"),
    "opt/pipx/bin/python": Link("/usr/bin/python3"),
    "opt/pipx/pyvenv.cfg": "home = /usr/bin\n",
    "c/python": Link("/opt/pipx/bin/python"),
    "c/python3": Link("/opt/pipx/bin"),
}


def test_commands(tmp_path: Path) -> None:
    paths = [SearchPath("process", ("/a", "/b", "/usr/bin"), ""), SearchPath("sudo", ("/missing", "/usr/bin"), ""),
             SearchPath("login", ("/c", "/opt/pipx/bin"), "")]  # fmt: skip
    with tree(tmp_path, FILES) as host:
        found = read_commands(
            host, paths, read_interpreters(host, (), (), Request()).reader.resolve
        )
    told = {(each.search_path, each.name): each[2:] for each in found}
    assert told == {
        ("process", "python3"): ("/b/python3", "script", ""),
        ("process", "pip"): ("/usr/bin/pip", "script", "/usr/bin/python3"),
        ("process", "pip3"): ("/usr/bin/pip3", "script", ""),
        ("process", "pipx"): ("/usr/bin/pipx", "script", "/opt/pipx"),
        ("sudo", "python3"): ("/usr/bin/python3", "interpreter", "/usr/bin/python3"),
        ("sudo", "pip"): ("/usr/bin/pip", "script", "/usr/bin/python3"),
        ("sudo", "pip3"): ("/usr/bin/pip3", "script", ""),
        ("sudo", "pipx"): ("/usr/bin/pipx", "script", "/opt/pipx"),
        ("login", "python"): ("/c/python", "interpreter", "/usr/bin/python3"),
    }


def test_as_the_shell_finds_it(tmp_path: Path) -> None:
    directories = [str(tmp_path / name) for name in ("a", "b", "usr/bin", "c")]
    with tree(tmp_path, FILES) as host:
        for name in ("python", "python3", "pip", "pip3", "pipx"):
            real = shutil.which(name, path=":".join(directories))
            found = find_command(host, name, ["/a", "/b", "/usr/bin", "/c"])
            # /c/python leads to /opt, which is there in the tree only
            assert (
                found == (real[len(str(tmp_path)) :] if real else "")
                or name == "python"
            )
