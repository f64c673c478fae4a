# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file is: a Python in machine code (which?), a script or something else."""

from __future__ import annotations

import os
import re

from ..._host.host import MIB, Host, Missing, Unreadable
from ..._host.record import NamedTuple
from .. import pep440 as version
from .elf import Elf, parse_elf
from .pyvenv_cfg import parse_shebang

_HEAD = (
    64 * 1024
)  # with the load commands of a fat Mach-O file, whose first slice starts 16 KiB in
_MACHO = (
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\xca\xfe\xba\xbf",
)
_SEARCH_LIMIT = 64  # directories that a program names
_SHIM = b"/libxcselect.dylib\0"  # Apple's /usr/bin/python3, which offers to install a Python
_PROGRAM = re.compile(
    r"(?:platform-)?(python|pypy|graalpy)(\d(?:\.\d+)?)?([a-z]*(?:-dbg)?)",
    re.IGNORECASE,
)
_LIBRARY = re.compile(r"lib(python|pypy)(\d(?:\.\d+)?)([a-z]*)(?:-c)?\.(?:so|\d)")
_FRAMEWORK = re.compile(r"/Python3?\.framework/Versions/(\d\.\d+)/")
_PLACES = ("/usr/lib64", "/usr/lib", "/lib64", "/lib")
_LOCAL = ("/usr/local/lib64", "/usr/local/lib")
_CACHE_LIMIT = 4 * MIB  # of ld.so.cache; a desktop's is below 300 KiB


class Executable(NamedTuple):
    """One canonical file that a Python may be started by."""

    path: str
    kind: str  # elf, macho, script, shim (Apple's, or a compiled one), unreadable, other, or '' where nothing is
    implementation: str = ""  # cpython, pypy, graalpy
    language: str = ""  # X.Y where the file or its library tells
    variant: str = ""
    symbol: str = ""  # full version that Py_Version holds
    library: str = ""  # canonical path of the libpython or libpypy that it runs; '' where it holds all itself
    library_missing: str = ""  # its name, where it was not found
    elf: Elf | None = None  # of the library, or of the file where it needs none
    shebang: str = ""  # of a script: the program that its first line names
    failure: str = ""  # why it does not start


def read_executable(host: Host, path: str) -> Executable:
    """Return what the canonical ``path`` is; never raises."""
    return host.bounded(
        path, lambda: _read_executable(host, path), Executable(path, "other")
    )


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
        return (
            _add_name(Executable(path, "unreadable"), path)
            if is_hidden
            else Executable(path, "other")
        )
    except OSError as exc:
        host.note(path, "io-error", exc.strerror or "cannot be read")
        return Executable(path, "other")
    if head[:2] == b"#!":
        return Executable(path, "script", shebang=parse_shebang(head))
    if head[:4] in _MACHO:
        return (
            Executable(path, "shim")
            if _SHIM in head
            else _add_name(Executable(path, "macho"), path)
        )
    return Executable(path, "other")


def _describe(host: Host, found: Executable) -> Executable:
    """Add which Python it is: by the symbol in its code, then its library's name, then its own."""
    elf = found.elf
    name = _needed_library(elf)
    if elf and name:
        found = _add_library(host, found, name, elf.search)
        elf = _read_library(host, found.library, elf)
    elif elf and _is_other_program(elf, found.path):
        return found._replace(kind="shim")
    if found.elf is None or found.elf.truncated:
        found = found._replace(failure="the file ends too early, or is damaged")
    full = version.from_hex(elf.py_version) if elf else ""
    if full and found.implementation in ("", "cpython"):
        found = found._replace(
            implementation="cpython", symbol=full, language=version.minor(full)
        )
    return _add_name(found._replace(elf=elf), found.path)


def _needed_library(elf: Elf | None) -> str:
    """Return the libpython or libpypy that a program needs, as the program names it; '' if it needs none."""
    needed = elf.needed if elf else ()
    return next((name for name in needed if _LIBRARY.match(os.path.basename(name))), "")


def _add_library(
    host: Host, found: Executable, name: str, search: tuple[str, ...]
) -> Executable:
    """Add where the library of that name is, or that it is missing, and what its name says."""
    directory, file_name = os.path.split(name)
    if directory:
        search = (directory,)  # that is where it is
    library = _find_library(host, os.path.dirname(found.path), file_name, search)
    found = found._replace(library=library)
    if not library:
        failure = (
            "the library %s, which it needs, is not where the dynamic linker looks"
            % name
        )
        found = found._replace(library_missing=name, failure=failure)
    return _add_name(found, name)


def _read_library(host: Host, library: str, program: Elf) -> Elf | None:
    """Return the facts of a library; those of the program that needs it where the library cannot be read."""
    try:
        with host.open(library) as stream:
            return parse_elf(stream)
    except (Missing, Unreadable):
        return program


def _is_other_program(elf: Elf, path: str) -> bool:
    """Return whether a program that needs no libpython is no CPython, whatever its name, such as mise's shims."""
    named = _add_name(Executable(path, "elf"), path).implementation
    return elf.runs_python is False and not elf.py_version and named in ("", "cpython")


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
        variant=found.variant
        or "".join(letter for letter in "tdm" if letter in letters),
    )


def _find_library(host: Host, origin: str, name: str, search: tuple[str, ...]) -> str:
    """Find a library as ld.so(8) does, but for LD_LIBRARY_PATH: RUNPATH, the cache, then its own directories.

    In /usr/local glibc finds only what is in its cache; musl, which has none, searches there by itself.
    """
    for place in search[:_SEARCH_LIMIT]:
        directory = place.replace("${ORIGIN}", origin, 1).replace("$ORIGIN", origin, 1)
        real = host.real(f"{directory}/{name}") if directory.startswith("/") else None
        if real is not None:
            return real
    cached = _find_in_cache(host.content("/etc/ld.so.cache", _CACHE_LIMIT) or b"", name)
    real = host.real(cached) if cached else None
    if real is not None:
        return real
    musl = bool(host.list("/lib", lambda entry: entry.startswith("ld-musl-")))
    for directory in (*_PLACES, *(_LOCAL if musl else ())):
        real = host.real(f"{directory}/{name}")
        if real is not None:
            return real
    return next(
        (host.real(path) or "" for path in host.glob("/usr/lib/*-linux-*/" + name)), ""
    )


def _find_in_cache(cache: bytes, name: str) -> str:
    """Return the path that ld.so.cache (glibc's dl-cache.h: a table of texts at its end) has for a library; ''."""
    end = cache.find(b"/" + os.fsencode(name) + b"\0")
    if end < 0:
        return ""
    start = cache.rfind(b"\0", 0, end) + 1
    return os.fsdecode(cache[start:end]) + "/" + name
