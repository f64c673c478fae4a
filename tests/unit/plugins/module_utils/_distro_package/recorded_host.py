# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of a file tree, whose package managers answer with recorded outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.package_records import (
    NameQuery,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.spec import (
    make_spec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Host,
    Unreadable,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import System

BOOKWORM = System(id="debian", version="12")


class RecordedHost(Host):
    """Answers a command by its program and its first argument; each may be run once.

    An output is a text, or status, output and messages of a command that fails.
    """

    def __init__(
        self, root: Path, files: Mapping[str, str], outputs: Mapping[str, Any]
    ) -> None:
        root.mkdir(exist_ok=True)
        for path, text in files.items():
            target = root / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        super().__init__(str(root))
        self._outputs = dict(outputs)
        self.commands: List[List[str]] = []

    def run(
        self, argv: Sequence[str], seconds: float = 30.0
    ) -> Tuple[int, bytes, bytes]:
        """Return the recorded output."""
        self.commands.append(list(argv))
        key = " ".join(argv[:2])
        if key not in self._outputs:
            raise Unreadable("not-run", "%s is not recorded" % key)
        found = self._outputs.pop(key)
        return found if isinstance(found, tuple) else (0, found.encode(), b"")


def query(names: Sequence[str], system: System = BOOKWORM, **options: Any) -> NameQuery:
    """Return the query of names, with options of the module, on Python 3.11 of Debian."""
    params: Dict[str, Any] = {
        "names": list(names),
        "search": None,
        "python": None,
        "package_manager": "auto",
        "packages_by_release": {},
        "table_dates": {},
        **options,
    }
    return NameQuery(
        spec=make_spec(params),
        system=system,
        default_python="3.11",
        directories=("/usr/lib/python3/dist-packages",),
    )
