# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pack rooms of module_utils into an executable file that needs no Ansible on the host."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import zipfile
from pathlib import Path
from typing import Iterator, NamedTuple, Sequence

_SOURCES = Path(__file__).resolve().parents[1] / "module_utils"
#: What a first line, a crontab, a unit of systemd or a shell takes for something else.
_UNSUITABLE = re.compile(r"""[\s%$"'\\`;&|<>()*?!#~\[\]{}\x00-\x1f\x7f]""")
_DATE = (1980, 1, 1, 0, 0, 0)
_MAIN = """\
# Written by the Ansible collection pyfleet.python.
import sys

if sys.version_info < (3, 8):
    raise SystemExit("Python 3.8 or newer is needed, and this is %%s" %% sys.version.split()[0])

from pyfleet._zipapp.%s import main

raise SystemExit(main(sys.argv[1:]))
"""


class Program(NamedTuple):
    """A program of the room `_zipapp`."""

    name: str
    module: str  # the file in _zipapp with the function main
    rooms: Sequence[str]  # what it imports, _zipapp included


REBUILD = Program(
    "rebuild", "main", ("_host", "_scan", "_process", "_install", "_venv", "_zipapp")
)
AUDIT = Program("audit", "audit", ("_host", "_scan", "_process", "_zipapp"))


def pack(program: Program, interpreter: str) -> bytes:
    """Return the program for an interpreter; equal sources result in equal bytes."""
    content = io.BytesIO()
    # Not compressed: what zlib makes of a file differs from one of its versions to the next.
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(_files(program)):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, data)
    return b"#!%s -I\n" % os.fsencode(interpreter) + content.getvalue()


def _files(program: Program) -> Iterator[tuple[str, bytes]]:
    yield "__main__.py", (_MAIN % program.module).encode()
    yield "pyfleet/__init__.py", b""
    for room in program.rooms:
        for path in (_SOURCES / room).rglob("*.py"):
            yield "pyfleet/" + path.relative_to(_SOURCES).as_posix(), path.read_bytes()


def write_program(program: Program, interpreter: str, directory: str) -> str:
    """Write the program into a directory of the controller, and return its path.

    :raises ValueError: if the interpreter cannot stand in the first line of a program.
    """
    if (
        not interpreter.startswith("/")
        or len(interpreter) > 120
        or _UNSUITABLE.search(interpreter)
    ):
        raise ValueError("this is not the path of an interpreter: %r" % interpreter)
    data = pack(program, interpreter)
    path = os.path.join(
        directory,
        "pyfleet-%s-%s.pyz" % (program.name, hashlib.sha256(data).hexdigest()[:16]),
    )
    if not os.path.exists(path):
        draft, file = tempfile.mkstemp(dir=directory)
        with os.fdopen(draft, "wb") as stream:
            stream.write(data)
        os.rename(file, path)
    return path
