# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the few facts of an ELF file that tell which Python it is (elf(5))."""

from __future__ import annotations

import struct
from typing import BinaryIO

from ..._host.host import MIB
from ..._host.record import NamedTuple

# elf(5), by class: a word; where e_phoff and e_phnum lie; a program header, and the fields of it that are offset,
# address, size and flags; a symbol, and the fields that are section, value and size.
_CLASSES = {
    1: ("I", 28, 44, "IIIII4xI4x", (1, 2, 4, 5), "IIIBBH", (5, 1, 2)),
    2: ("Q", 32, 56, "IIQQQQ16x", (2, 3, 5, 1), "IBBHQQ", (3, 4, 5)),
}
_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_NEEDED, _DT_STRTAB, _DT_SYMTAB, _DT_STRSZ, _DT_RPATH, _DT_RUNPATH = (
    1,
    5,
    6,
    10,
    15,
    29,
)
_HEADERS_LIMIT = 128  # real files have some 15
_DYNAMIC_LIMIT = 65536  # bytes
_TABLE_LIMIT = 4 * MIB  # of names or symbols; libpython's are below 100 KiB


_NEEDED_LIMIT = 100  # libraries; real files have some 20
_SEEK_END = 2
# Bytes of a library's name or of all directories to search: PATH_MAX
_NAME_LIMIT = 4096


class Elf(NamedTuple):
    """The few facts of an ELF file that matter here."""

    bits: int
    needed: tuple[str, ...] = ()  # DT_NEEDED
    search: tuple[
        str, ...
    ] = ()  # DT_RUNPATH, or DT_RPATH where there is none; $ORIGIN not yet replaced
    py_version: int = 0  # the symbol Py_Version: PY_VERSION_HEX, since CPython 3.11
    segments: tuple[
        tuple[int, ...], ...
    ] = ()  # of what is loaded: offset, address, size, flags
    # Has the symbol Py_Main, as each CPython that is no stub; None without symbols
    runs_python: bool | None = None
    truncated: bool = False  # it ends before what the kernel would map


def parse_elf(stream: BinaryIO) -> Elf | None:
    """Return the facts of an ELF file; None where it is none, or malformed where it matters. Never raises."""
    try:
        head = _read_piece(stream, 0, 64)
        is_elf = head[:4] == b"\x7fELF" and {*head[4:6]} <= {1, 2}
        return _Reader(stream, head).read() if is_elf else None
    except (struct.error, OSError, ValueError, OverflowError, MemoryError):
        return None


def _read_piece(stream: BinaryIO, offset: int, size: int) -> bytes:
    """Return ``size`` bytes, or as many as the largest table has; raise ValueError where the file ends before."""
    stream.seek(offset)
    wanted = min(size, _TABLE_LIMIT)
    data = stream.read(wanted)
    if len(data) < wanted:
        raise ValueError("the file ends too early")
    return data


class _Class(NamedTuple):
    """How the files of one class and byte order are laid out."""

    order: str
    word: str
    table_at: int
    count_at: int
    header: struct.Struct
    header_fields: tuple[int, ...]
    symbol: struct.Struct
    symbol_fields: tuple[int, ...]


def _layout_of(head: bytes) -> _Class:
    order = "<>"[head[5] - 1]
    word, table_at, count_at, header, header_fields, symbol, symbol_fields = _CLASSES[
        head[4]
    ]
    return _Class(
        order=order,
        word=word,
        table_at=table_at,
        count_at=count_at,
        header=struct.Struct(order + header),
        header_fields=header_fields,
        symbol=struct.Struct(order + symbol),
        symbol_fields=symbol_fields,
    )


class _Reader:
    """Reads one file; what leads out of it raises ValueError or struct.error."""

    def __init__(self, stream: BinaryIO, head: bytes) -> None:
        self._stream = stream
        self._head = head
        self._layout = _layout_of(head)
        self._segments: list[tuple[int, ...]] = []
        self._names = b""

    def read(self) -> Elf:
        """Return all that is told."""
        tags = self._read_headers()
        values = dict(tags)
        names_at = self._place_of(values.get(_DT_STRTAB, 0))
        symbols_at = self._place_of(values.get(_DT_SYMTAB, 0))
        if names_at:
            self._names = _read_piece(self._stream, names_at, values.get(_DT_STRSZ, 0))
        needed = [self._name(value) for tag, value in tags if tag == _DT_NEEDED][
            :_NEEDED_LIMIT
        ]
        search = self._name(values.get(_DT_RUNPATH) or values.get(_DT_RPATH, 0))
        return Elf(
            bits=self._head[4] * 32,
            needed=tuple(needed),
            search=tuple(filter(None, search.split(":"))),
            py_version=self._read_py_version(names_at, symbols_at),
            segments=tuple(self._segments),
            runs_python=self._runs_python(),
            truncated=self._is_truncated(),
        )

    def _runs_python(self) -> bool | None:
        if not self._names.strip(b"\0"):
            return None
        return b"\0Py_Main\0" in self._names or b"\0Py_BytesMain\0" in self._names

    def _is_truncated(self) -> bool:
        end = self._stream.seek(0, _SEEK_END)
        return any(
            offset + size > end for offset, _address, size, _flags in self._segments
        )

    def _read_headers(self) -> list[tuple[int, int]]:
        """Read the program headers: enter the segments that are loaded, return the entries of the dynamic one."""
        layout = self._layout
        (table,) = struct.unpack_from(
            layout.order + layout.word, self._head, layout.table_at
        )
        (count,) = struct.unpack_from(layout.order + "H", self._head, layout.count_at)
        headers = _read_piece(
            self._stream, table, min(count, _HEADERS_LIMIT) * layout.header.size
        )
        tags: list[tuple[int, int]] = []
        for fields in layout.header.iter_unpack(headers):
            segment = tuple(fields[place] for place in layout.header_fields)
            if fields[0] == _PT_LOAD:
                self._segments.append(segment)
            elif fields[0] == _PT_DYNAMIC:
                size = min(segment[2], _DYNAMIC_LIMIT) // 16 * 16
                entries = struct.iter_unpack(
                    layout.order + 2 * layout.word,
                    _read_piece(self._stream, segment[0], size),
                )
                tags = list(entries)
        return tags

    def _name(self, at: int) -> str:
        end = self._names.find(b"\0", at, at + _NAME_LIMIT)
        return self._names[at : max(end, at)].decode("utf-8", "surrogateescape")

    def _read_py_version(self, names_at: int, symbols_at: int) -> int:
        """Return the value of the symbol Py_Version, 0 where there is none."""
        at = self._names.find(b"\0Py_Version\0")
        if at < 0 or not symbols_at:
            return 0
        # The table's length is written nowhere plainly; linkers put the names right behind it.
        is_before = symbols_at < names_at < symbols_at + _TABLE_LIMIT
        self._stream.seek(symbols_at)
        data = self._stream.read(names_at - symbols_at if is_before else _TABLE_LIMIT)
        fields = self._find_symbol(data, at + 1)
        if fields is None:
            return 0
        section, value, size = (fields[place] for place in self._layout.symbol_fields)
        number_at = self._place_of(value)
        if not (section and number_at and size in (4, 8)):
            return 0
        number = _read_piece(self._stream, number_at, size)
        return int.from_bytes(number, "little" if self._layout.order == "<" else "big")

    def _find_symbol(self, data: bytes, name_at: int) -> tuple[int, ...] | None:
        """Return the fields of the symbol that has its name at an offset."""
        form = self._layout.symbol
        wanted = struct.pack(self._layout.order + "I", name_at)
        at = data.find(wanted)
        while at >= 0 and at % form.size:
            at = data.find(wanted, at + 1)
        return form.unpack_from(data, at) if 0 <= at <= len(data) - form.size else None

    def _place_of(self, address: int) -> int:
        """Return where in the file a memory address lies; 0 for nowhere."""
        for offset, start, size, _flags in self._segments:
            if 0 <= address - start < size:
                return address - start + offset
        return 0
