# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file is: a Python in machine code (which?), a script or something else."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from ..._host.host import Host, Missing, Unreadable
from .. import pep440 as version
from .elf import Elf, parse_elf
from .pyvenv_cfg import parse_shebang

_HEAD = 64 * 1024  # with the load commands of a fat Mach-O file, whose first slice starts 16 KiB in
_MACHO = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")
_SEARCH_LIMIT = 64  # directories that a program names
_SHIM = b"/libxcselect.dylib\0"  # Apple's /usr/bin/python3, which offers to install a Python
_PROGRAM = re.compile(r"(?:platform-)?(python|pypy|graalpy)(\d(?:\.\d+)?)?([a-z]*(?:-dbg)?)", re.IGNORECASE)
_LIBRARY = re.compile(r"lib(python|pypy)(\d(?:\.\d+)?)([a-z]*)(?:-c)?\.(?:so|\d)")
_FRAMEWORK = re.compile(r"/Python3?\.framework/Versions/(\d\.\d+)/")
_PLACES = "$ORIGIN/../lib64 $ORIGIN/../lib /usr/local/lib64 /usr/local/lib /usr/lib64 /usr/lib /lib64 /lib".split()


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
    """Return what the canonical ``path`` is; never raises."""
    return host.bounded(path, lambda: _read_executable(host, path), Executable(path, "other"))


def _read_executable(host: Host, path: str) -> Executable:
    try:
        with host.open(path) as stream:
            head = stream.read(_HEAD)
            if head[:4] == b"\x7fELF":
                return _describe(host, Executable(path, "elf", elf=parse_elf(stream)))
    except Missing:
        return Executable(path, "")
    except Unreadable as exc:
        host.note(path, exc.code, exc.reason)
        is_hidden = exc.code == "permission"
        return _add_name(Executable(path, "unreadable"), path) if is_hidden else Executable(path, "other")
    except OSError as exc:
        host.note(path, "io-error", exc.strerror or "cannot be read")
        return Executable(path, "other")
    if head[:2] == b"#!":
        return Executable(path, "script", shebang=parse_shebang(head))
    if head[:4] in _MACHO:
        return Executable(path, "shim") if _SHIM in head else _add_name(Executable(path, "macho"), path)
    return Executable(path, "other")


def _describe(host: Host, found: Executable) -> Executable:
    """Add which Python it is: by the symbol in its code, then its library's name, then its own."""
    elf = found.elf
    names = [name for name in (elf.needed if elf else ()) if _LIBRARY.match(os.path.basename(name))]
    if elf and names:
        name = names[0]
        library = _find_library(host, os.path.dirname(found.path), os.path.basename(name), elf.search)
        missing = "" if library else name
        found = _add_name(found._replace(library=library, library_missing=missing), name)
        try:
            with host.open(library) as stream:
                elf = parse_elf(stream)
        except (Missing, Unreadable):
            pass
    full = version.from_hex(elf.py_version) if elf else ""
    if full and found.implementation in ("", "cpython"):
        found = found._replace(implementation="cpython", symbol=full, language=version.minor(full))
    return _add_name(found._replace(elf=elf), found.path)


def _add_name(found: Executable, path: str) -> Executable:
    """Add what the name of the file, its library or its framework says; what is known stays."""
    name, framework = os.path.basename(path), _FRAMEWORK.search(path)
    match = _LIBRARY.match(name) or _PROGRAM.match(name)
    kind, digits, letters = "", "", ""
    if match:
        kind, digits, letters = match.groups("")
    elif framework:
        kind = "python"
    if "." not in digits:
        digits = framework.group(1) if framework else ""
    implementation = "cpython" if kind.lower() == "python" else kind.lower()
    return found._replace(
        implementation=found.implementation or implementation,
        language=found.language or digits,
        variant=found.variant or "".join(letter for letter in "tdm" if letter in letters),
    )


def _find_library(host: Host, origin: str, name: str, search: tuple[str, ...]) -> str:
    """Find a library as ld.so(8) does, but for LD_LIBRARY_PATH and ld.so.conf."""
    for place in (*search[:_SEARCH_LIMIT], *_PLACES):
        directory = place.replace("${ORIGIN}", origin, 1).replace("$ORIGIN", origin, 1)
        real = host.real(f"{directory}/{name}") if directory.startswith("/") else None
        if real is not None:
            return real
    return next((host.real(path) or "" for path in host.glob("/usr/lib/*-linux-*/" + name)), "")
