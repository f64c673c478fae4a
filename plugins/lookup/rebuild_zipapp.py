# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rebuild_zipapp
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Pack the program that rebuilds broken environments
description:
  - Packs the part of this collection that needs no Ansible into one executable file (a zipapp) on the controller, and
    gives the file's path. C(ansible.builtin.copy) takes it to a host, which then rebuilds environments by itself after
    an upgrade of Python.
  - The same version of the collection gives the same bytes, on every controller.
  - The file lies in Ansible's temporary directory, and is gone when the playbook has ended.
  - The entry point C(rebuild) of the role P(pyfleet.python.app_venv#role) installs it; see there for what it does.
options:
  _terms:
    description:
      - The interpreter that the program is started with on the host; a name that upgrades of the system leave in place.
    type: list
    elements: str
    default: [/usr/bin/python3]
"""

EXAMPLES = r"""
- name: Install the program
  ansible.builtin.copy:
    src: "{{ lookup('pyfleet.python.rebuild_zipapp') }}"
    dest: /usr/local/lib/pyfleet/rebuild.pyz
    owner: root
    group: root
    mode: "0755"
"""

RETURN = r"""
_raw:
  description: The path of the file, one for each term.
  type: list
  elements: str
"""

import hashlib
import io
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Iterator, List, Optional

from ansible import constants
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

_SOURCES = Path(__file__).resolve().parents[1] / "module_utils"
_PARTS = ("_host", "_scan", "_process", "_install", "_venv", "_zipapp")
_DATE = (1980, 1, 1, 0, 0, 0)
_MAIN = b"""\
# Written by the Ansible collection pyfleet.python.
import sys

if sys.version_info < (3, 8):
    raise SystemExit("Python 3.8 or newer is needed, and this is %s" % sys.version.split()[0])

from pyfleet._zipapp.main import main

raise SystemExit(main(sys.argv[1:]))
"""


def pack(interpreter: str) -> bytes:
    """Return the program for an interpreter; equal sources result in equal bytes."""
    content = io.BytesIO()
    # Not compressed: what zlib makes of a file differs from one of its versions to the next.
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(_files()):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, data)
    return b"#!%s -I\n" % os.fsencode(interpreter) + content.getvalue()


def _files() -> Iterator[tuple[str, bytes]]:
    yield "__main__.py", _MAIN
    yield "pyfleet/__init__.py", b""
    for part in _PARTS:
        for path in (_SOURCES / part).rglob("*.py"):
            yield "pyfleet/" + path.relative_to(_SOURCES).as_posix(), path.read_bytes()


class LookupModule(LookupBase):
    """Writes the program where copy finds it."""

    def run(self, terms: List[str], variables: Optional[Any] = None, **kwargs: Any) -> List[str]:
        """Return the paths of the programs for these interpreters."""
        return [self._write(term) for term in terms or ["/usr/bin/python3"]]

    def _write(self, interpreter: str) -> str:
        if not interpreter.startswith("/") or len(interpreter) > 120 or any(word in interpreter for word in " \t\n"):
            raise AnsibleLookupError("this is not the path of an interpreter: %r" % interpreter)
        data = pack(interpreter)
        name = "pyfleet-rebuild-%s.pyz" % hashlib.sha256(data).hexdigest()[:16]
        path = os.path.join(constants.DEFAULT_LOCAL_TMP, name)
        if not os.path.exists(path):
            draft, file = tempfile.mkstemp(dir=constants.DEFAULT_LOCAL_TMP)
            with os.fdopen(draft, "wb") as stream:
                stream.write(data)
            os.rename(file, path)
        return path
