# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file is: a Python in machine code (which?), a script or something else."""

from __future__ import annotations

import os
import re
import struct
from typing import BinaryIO, NamedTuple

from ..._host.host import MIB, Host, Missing, Unreadable
from .. import pep440 as version
from .pyvenv_cfg import parse_shebang

_HEAD = 64 * 1024  # with the load commands of a fat Mach-O file, whose first slice starts 16 KiB in
_MACHO = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")
_SHIM = b"/libxcselect.dylib\0"  # Apple's /usr/bin/python3, which offers to install a Python
_PROGRAM = re.compile(r"(?:platform-)?(python|pypy|graalpy)(\d(?:\.\d+)?)?([a-z]*(?:-dbg)?)", re.IGNORECASE)
_LIBRARY = re.compile(r"lib(python|pypy)(\d(?:\.\d+)?)([a-z]*)(?:-c)?\.(?:so|\d)")
_FRAMEWORK = re.compile(r"/Python3?\.framework/Versions/(\d\.\d+)/")
_PLACES = "$ORIGIN/../lib64 $ORIGIN/../lib /usr/local/lib64 /usr/local/lib /usr/lib64 /usr/lib /lib64 /lib".split()

# elf(5), by class: a word; where e_phoff and e_phnum lie; a program header, and the fields of it that are offset,
# address, size and flags; a symbol, and the fields that are section, value and size.
_CLASSES = {
    1: ("I", 28, 44, "IIIII4xI4x", (1, 2, 4, 5), "IIIBBH", (5, 1, 2)),
    2: ("Q", 32, 56, "IIQQQQ16x", (2, 3, 5, 1), "IBBHQQ", (3, 4, 5)),
}
_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_NEEDED, _DT_STRTAB, _DT_SYMTAB, _DT_STRSZ, _DT_RPATH, _DT_RUNPATH = 1, 5, 6, 10, 15, 29
_HEADERS_LIMIT = 128  # real files have some 15
_TABLE_LIMIT = 4 * MIB  # of names or symbols; libpython's are below 100 KiB


class Elf(NamedTuple):
    """The few facts of an ELF file that matter here."""

    bits: int
    needed: tuple[str, ...] = ()  # DT_NEEDED
    search: tuple[str, ...] = ()  # DT_RUNPATH, or DT_RPATH where there is none; $ORIGIN not yet replaced
    py_version: int = 0  # the symbol Py_Version: PY_VERSION_HEX, since CPython 3.11
    segments: tuple[tuple[int, ...], ...] = ()  # of what is loaded: offset, address, size, flags


class Executable(NamedTuple):
    """One canonical file that a Python may be started by."""

    path: str
    kind: str  # elf, macho, script, shim (Apple's), unreadable, other, or '' where nothing is
    implementation: str = ""  # cpython, pypy, graalpy
    language: str = ""  # X.Y where the file or its library tells
    variant: str = ""
    symbol: str = ""  # full version that Py_Version holds
    library: str = ""  # canonical path of the libpython or libpypy that it runs; '' where it holds all itself
    library_missing: str = ""  # its name, where it was not found
    elf: Elf | None = None  # of the library, or of the file where it needs none
    shebang: str = ""  # of a script: the program that its first line names


def read_executable(host: Host, path: str) -> Executable:
    """Tell what the canonical ``path`` is; never raises."""
    try:
        with host.open(path) as stream:
            head = stream.read(_HEAD)
            if head[:4] == b"\x7fELF":
                return _describe(host, Executable(path, "elf", elf=parse_elf(stream)))
    except Missing:
        return Executable(path, "")
    except Unreadable as exc:
        host.note(path, exc.code, exc.reason)
        return _add(Executable(path, "unreadable"), path) if exc.code == "permission" else Executable(path, "other")
    except OSError as exc:
        host.note(path, "io-error", exc.strerror or "cannot be read")
        return Executable(path, "other")
    if head[:2] == b"#!":
        return Executable(path, "script", shebang=parse_shebang(head))
    if head[:4] in _MACHO:
        return Executable(path, "shim") if _SHIM in head else _add(Executable(path, "macho"), path)
    return Executable(path, "other")


def _describe(host: Host, found: Executable) -> Executable:
    """Tell which Python it is: by the symbol in its code, then its library's name, then its own."""
    elf = found.elf
    name = next((name for name in (elf.needed if elf else ()) if _LIBRARY.match(os.path.basename(name))), "")
    if elf and name:
        library = _find_library(host, os.path.dirname(found.path), os.path.basename(name), elf.search)
        found = _add(found._replace(library=library, library_missing="" if library else name), name)
        try:
            with host.open(library) as stream:
                elf = parse_elf(stream)
        except (Missing, Unreadable):
            pass
    full = version.from_hex(elf.py_version) if elf else ""
    if full and found.implementation in ("", "cpython"):
        found = found._replace(implementation="cpython", symbol=full, language=version.minor(full))
    return _add(found._replace(elf=elf), found.path)


def _add(found: Executable, path: str) -> Executable:
    """Add what the name of the file, its library or its framework tells; what is known stays."""
    name, framework = os.path.basename(path), _FRAMEWORK.search(path)
    match = _LIBRARY.match(name) or _PROGRAM.match(name)
    kind, digits, letters = match.groups("") if match else ("python" if framework else "", "", "")
    if "." not in digits:
        digits = framework.group(1) if framework else ""
    return found._replace(
        implementation=found.implementation or {"python": "cpython"}.get(kind.lower(), kind.lower()),
        language=found.language or digits,
        variant=found.variant or "".join(letter for letter in "tdm" if letter in letters),
    )


def _find_library(host: Host, origin: str, name: str, search: tuple[str, ...]) -> str:
    """Find a library as ld.so(8) does, but for LD_LIBRARY_PATH and ld.so.conf."""
    for place in (*search, *_PLACES):
        directory = place.replace("${ORIGIN}", origin).replace("$ORIGIN", origin)
        real = host.real(f"{directory}/{name}") if directory.startswith("/") else None
        if real is not None:
            return real
    return next((host.real(path) or "" for path in host.glob("/usr/lib/*-linux-*/" + name)), "")


def parse_elf(stream: BinaryIO) -> Elf | None:
    """Read an ELF file; None where it is none, or malformed where it matters. Never raises."""
    try:
        head = _piece(stream, 0, 64)
        return _parse_elf(stream, head) if head[:4] == b"\x7fELF" and {*head[4:6]} <= {1, 2} else None
    except (struct.error, OSError, ValueError, OverflowError, MemoryError):
        return None


def _piece(stream: BinaryIO, offset: int, size: int) -> bytes:
    stream.seek(offset)
    data = stream.read(min(size, _TABLE_LIMIT))
    if len(data) < min(size, _TABLE_LIMIT):
        raise ValueError("the file ends too early")
    return data


def _parse_elf(stream: BinaryIO, head: bytes) -> Elf:
    order = "<>"[head[5] - 1]
    word, table_at, count_at, header, places, symbol, symbol_places = _CLASSES[head[4]]
    (table,) = struct.unpack_from(order + word, head, table_at)
    (count,) = struct.unpack_from(order + "H", head, count_at)
    elf, tags = Elf(head[4] * 32), []
    headers = _piece(stream, table, min(count, _HEADERS_LIMIT) * struct.calcsize(order + header))
    for fields in struct.iter_unpack(order + header, headers):
        segment = tuple(fields[place] for place in places)
        if fields[0] == _PT_LOAD:
            elf = elf._replace(segments=(*elf.segments, segment))
        elif fields[0] == _PT_DYNAMIC:
            tags = list(
                struct.iter_unpack(order + 2 * word, _piece(stream, segment[0], min(segment[2], 65536) // 16 * 16))
            )
    single = dict(tags)
    start, symbols = (_place(elf, single.get(tag, 0)) for tag in (_DT_STRTAB, _DT_SYMTAB))
    names = _piece(stream, start, single.get(_DT_STRSZ, 0)) if start else b""

    def name(at: int) -> str:
        return names[at : max(names.find(b"\0", at), at)].decode("utf-8", "surrogateescape")

    elf = elf._replace(
        needed=tuple(name(value) for tag, value in tags if tag == _DT_NEEDED),
        search=tuple(filter(None, name(single.get(_DT_RUNPATH) or single.get(_DT_RPATH, 0)).split(":"))),
    )
    at = names.find(b"\0Py_Version\0")
    if at < 0 or not symbols:
        return elf
    # The table's length is written nowhere plainly; linkers put the names right behind it.
    stream.seek(symbols)
    data = stream.read(start - symbols if start and symbols < start < symbols + _TABLE_LIMIT else _TABLE_LIMIT)
    wanted, form = struct.pack(order + "I", at + 1), struct.Struct(order + symbol)
    at = data.find(wanted)
    while at >= 0 and at % form.size:
        at = data.find(wanted, at + 1)
    if 0 <= at <= len(data) - form.size:
        fields = form.unpack_from(data, at)
        section, value, size = (fields[place] for place in symbol_places)
        number = _place(elf, value)
        if section and number and size in (4, 8):
            elf = elf._replace(py_version=struct.unpack(order + "IQ"[size == 8], _piece(stream, number, size))[0])
    return elf


def _place(elf: Elf, address: int) -> int:
    """Give where in the file a memory address lies; 0 for nowhere."""
    places = (address - start + offset for offset, start, size, _flags in elf.segments if 0 <= address - start < size)
    return next(places, 0)
