# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the smallest ELF files that say what a Python says of itself: Py_Version, its libraries, where to look.

They are what ``readelf -d`` and ``readelf --dyn-syms`` understand, and cannot be run.
"""

from __future__ import annotations

import re
import struct
from typing import List, NamedTuple, Sequence, Tuple

_LEVELS = {"a": 0xA, "b": 0xB, "rc": 0xC}


def version_hex(version: str) -> int:
    """Give PY_VERSION_HEX of ``3.13.5`` or ``3.14.0rc2``."""
    match = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?", version)
    if match is None:
        raise ValueError(version)
    major, minor, micro = (int(match.group(index)) for index in (1, 2, 3))
    level, serial = (_LEVELS[match.group(4)], int(match.group(5))) if match.group(4) else (0xF, 0)
    return major << 24 | minor << 16 | micro << 8 | level << 4 | serial


class Elf(NamedTuple):
    """An executable or a library; a ``version`` of "" leaves the symbol out, ``text`` is put among the constants."""

    version: str = ""
    needed: Sequence[str] = ()
    runpath: str = ""
    bits: int = 64
    order: str = "<"
    text: bytes = b""
    rpath: str = ""

    def build(self) -> bytes:
        """Give the bytes: header, program headers, dynamic section, symbols, names, constants."""
        names, places = self._names()
        wide = self.bits == 64
        header_size, entry_size = (64, 56) if wide else (52, 32)
        symbols_size = (24 if wide else 16) * (2 if self.version else 1)
        dynamic_size = (16 if wide else 8) * (len(self.needed) + 5)
        dynamic_at = header_size + 2 * entry_size
        symbols_at = dynamic_at + dynamic_size
        names_at = symbols_at + symbols_size
        number_at = (names_at + len(names) + 7) // 8 * 8
        constants = self._word(version_hex(self.version)) if self.version else b""
        constants += b"\0" + self.text + b"\0"
        size = number_at + len(constants)
        image = self._header(header_size, entry_size)
        image += self._program_header(1, 4, 0, size) + self._program_header(2, 6, dynamic_at, dynamic_size)
        tags = [(1, place) for place in places[: len(self.needed)]]
        tags += [(5, names_at), (6, symbols_at), (10, len(names))]
        if self.runpath or self.rpath:
            tags.append((29 if self.runpath else 15, places[-1]))
        tags += [(0, 0)] * (len(self.needed) + 5 - len(tags))
        image += b"".join(self._word(tag) + self._word(value) for tag, value in tags)
        image += self._symbols(names, number_at)
        return (image + names).ljust(number_at, b"\0") + constants

    def _word(self, value: int) -> bytes:
        return struct.pack(self.order + ("Q" if self.bits == 64 else "I"), value)

    def _names(self) -> Tuple[bytes, List[int]]:
        names, places = b"\0", []
        for name in (*self.needed, self.runpath or self.rpath):
            places.append(len(names))
            names += name.encode() + b"\0"
        return names + (b"Py_Version\0" if self.version else b""), places

    def _header(self, size: int, entry_size: int) -> bytes:
        ident = b"\x7fELF" + bytes([self.bits // 32, 1 if self.order == "<" else 2, 1]) + bytes(9)
        word = "Q" if self.bits == 64 else "I"
        form = self.order + "HHI" + 3 * word + "IHHHHHH"
        machine = {(64, "<"): 62, (32, "<"): 3, (64, ">"): 22, (32, ">"): 20}[self.bits, self.order]
        return ident + struct.pack(form, 3, machine, 1, 0, size, 0, 0, size, entry_size, 2, 0, 0, 0)

    def _program_header(self, kind: int, flags: int, at: int, size: int) -> bytes:
        if self.bits == 64:
            return struct.pack(self.order + "IIQQQQQQ", kind, flags, at, at, at, size, size, 8)
        return struct.pack(self.order + "IIIIIIII", kind, at, at, at, size, size, flags, 4)

    def _symbols(self, names: bytes, number_at: int) -> bytes:
        if not self.version:
            return bytes(24 if self.bits == 64 else 16)
        name_at = names.index(b"Py_Version")
        if self.bits == 64:
            return bytes(24) + struct.pack(self.order + "IBBHQQ", name_at, 0x11, 0, 1, number_at, 8)
        return bytes(16) + struct.pack(self.order + "IIIBBH", name_at, number_at, 4, 0x11, 0, 1)
