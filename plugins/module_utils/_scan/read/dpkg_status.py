# SPDX-License-Identifier: GPL-3.0-or-later
"""dpkg's status file: one entry for each package, of which only those that are needed are taken apart."""

from __future__ import annotations

import os
import re
from typing import Iterable, Iterator

from ..._host.host import Unreadable

_PACKAGE = re.compile(r"\nPackage: ([^\n]*)")
_ENTRY_LIMIT = 64 * 1024  # characters
_ARCHITECTURES_LIMIT = 20  # entries of one package
_PACKAGES_LIMIT = 200_000  # Debian has 65,000
# In these states all files are in place and set up, whatever is wanted of the package: it may be on hold (dpkg(1)).
_WHOLE = ("ok installed", "ok triggers-awaited", "ok triggers-pending")


class DpkgStatus:
    """The entries of a status file, by package; raises Unreadable where there are more than any system has."""

    def __init__(self, data: bytes) -> None:
        self._text = "\n" + os.fsdecode(data)
        self._places: dict[str, list[int]] = {}
        for count, found in enumerate(_PACKAGE.finditer(self._text)):
            self._places.setdefault(found.group(1), []).append(found.start() + 1)
            if count >= _PACKAGES_LIMIT:
                raise Unreadable(
                    "too-many",
                    "its status file has more than %d packages" % _PACKAGES_LIMIT,
                )

    def packages(self) -> Iterable[str]:
        """Return the names of all packages."""
        return self._places

    def stems(self, packages: Iterable[str]) -> Iterator[str]:
        """Yield the file names of packages (``name`` or ``name:architecture``), as far as they have an entry."""
        for name in packages:
            for fields in self._entries(name):
                yield (
                    f"{name}:{fields.get('Architecture')}"
                    if fields.get("Multi-Arch") == "same"
                    else name
                )

    def version(self, stem: str, wholly_installed: bool = False) -> str:
        """Return the version of ``name`` or ``name:architecture``, '' where it has no entry, or is not whole."""
        package, _colon, architecture = stem.partition(":")
        for fields in self._entries(package):
            state = fields.get("Status", "").partition(" ")[2]
            is_asked = architecture in ("", fields.get("Architecture"))
            if is_asked and (state in _WHOLE or not wholly_installed):
                return fields.get("Version", "")
        return ""

    def _entries(self, package: str) -> Iterator[dict[str, str]]:
        for start in self._places.get(package, [])[:_ARCHITECTURES_LIMIT]:
            end = self._text.find("\n\n", start, start + _ENTRY_LIMIT)
            lines = self._text[start : end if end >= 0 else start + _ENTRY_LIMIT].split(
                "\n"
            )
            yield {
                name: value.strip()
                for name, _colon, value in (line.partition(":") for line in lines)
            }
