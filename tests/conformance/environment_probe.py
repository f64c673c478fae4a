# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks an environment itself: starts its python and its scripts, and reports what they really do.

The text of ``QUESTION`` is run by the environment's own Python, 2.7 to 3.14. As a program (Python 3.8 and newer), with
the paths of environments, it prints the answers of each as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

QUESTION = """
import json, os, sys
try:
    import pip
    where = os.path.realpath(os.path.dirname(os.path.dirname(pip.__file__)))
except ImportError:
    where = ""
print(json.dumps({"prefix": os.path.realpath(sys.prefix), "base": getattr(sys, "base_prefix", ""),
                  "version": ".".join(map(str, sys.version_info[:3])),
                  "path": [os.path.realpath(each) for each in sys.path if each], "pip": where}))
"""


class Answer(NamedTuple):
    """What an environment does."""

    runs: bool
    prefix: str = ""
    version: str = ""
    path: tuple[str, ...] = ()
    pip: str = ""  # the directory that ``import pip`` takes it from
    pip_status: int = -1  # of ``python -m pip --version``
    script: str = (
        ""  # the first line of ``bin/pip --version``; '' where it fails or is not there
    )
    base: str = ""  # sys.base_prefix


def run(*command: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment without Python's variables, or any other."""
    env = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    return subprocess.run(
        [str(word) for word in command],
        env=env,
        check=False,
        capture_output=True,
        text=True,
        **options,
    )


def interrogate(path: Path) -> Answer:
    """Start the environment's python, ``python -m pip`` and ``bin/pip``."""
    python = path / "bin/python"
    try:
        told = run(python, "-c", QUESTION, cwd="/")
    except OSError:
        return Answer(False)
    if told.returncode:
        return Answer(False)
    said = json.loads(told.stdout)
    status = (
        run(python, "-m", "pip", "--version", cwd="/").returncode if said["pip"] else 1
    )
    script = ""
    if os.path.lexists(path / "bin/pip"):
        try:
            script = run(path / "bin/pip", "--version", cwd="/").stdout.partition("\n")[
                0
            ]
        except OSError:
            script = ""
    return Answer(
        True,
        said["prefix"],
        said["version"],
        tuple(said["path"]),
        said["pip"],
        status,
        script,
        said["base"],
    )


if __name__ == "__main__":
    print(
        json.dumps({path: interrogate(Path(path))._asdict() for path in sys.argv[1:]})
    )
