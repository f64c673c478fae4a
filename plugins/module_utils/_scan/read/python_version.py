# SPDX-License-Identifier: GPL-3.0-or-later
"""The full version x.y.z of an interpreter, and the variables of its build."""

from __future__ import annotations

import os
import re
from typing import BinaryIO, Iterator, Sequence

from ..._host.host import MIB, Host, Missing, Unreadable
from .. import pep440 as version
from ..model import VersionClaim
from .executable import Executable
from .layout import Layout
from .system import parse_plist

#: Of sysconfig's variables, what the other stages ask for.
WANTED = ("prefix", "abs_srcdir", "PYTHONFRAMEWORK", "VERSION", "WHEEL_PKG_DIR")
_FULL = re.compile(r"(?<![\d.])(\d\.\d{1,2}\.\d{1,2}(?:(?:a|b|rc)\d{1,2})?)(?![\w.])")
_SEARCH_LIMIT = 128 * MIB  # libpypy has 61 MB, a libpython with debugging symbols 31
_PF_X = 1


def read_versions(host: Host, executable: Executable, layout: Layout) -> tuple[VersionClaim, ...]:
    """Give the most reliable claim of this language level."""
    for text, source in _claims(host, executable, layout):
        if _FULL.fullmatch(text) and version.minor(text) == (layout.language or version.minor(text)):
            return (VersionClaim(text, source),)
    return ()


def _claims(host: Host, executable: Executable, layout: Layout) -> Iterator[tuple[str, str]]:
    """Give claims, best first: what the code itself would answer, what was written with it, what people wrote."""
    prefix, library = layout.prefix, layout.library
    yield executable.symbol, "symbol"
    # PEP 739; Debian's are called build-details..x86_64-linux-gnu.json
    for entry in host.list(library, lambda name: name.startswith("build-details")) if library else ():
        yield parse_build_details(host.content(f"{library}/{entry.name}") or b""), "build-details"
    if ".framework/Versions/" in prefix:
        plist = parse_plist(host.content(prefix + "/Resources/Info.plist") or b"")
        yield plist.get("CFBundleVersion", ""), "Info.plist"
    for entry in host.list(prefix + "/conda-meta", re.compile(r"python-[^-]+-[^-]+\.json").fullmatch):
        yield entry.name.split("-")[1], "conda-meta"
    for flag in ("", "m", "d", "u"):
        header = host.text(f"{prefix}/include/{os.path.basename(library)}{flag}/patchlevel.h")
        yield parse_patchlevel(header or ""), "patchlevel.h"
    # A directory on the way that is named after the version: uv's, a Homebrew keg, the toolcache's, pyenv's …
    for part in reversed(prefix.split("/")) if executable.implementation == "cpython" else ():
        yield "".join(_FULL.findall(re.sub("[_+]", " ", part))[:1]), "directory"
    if layout.language and executable.kind in ("elf", "macho"):
        yield _search(host, executable, layout.language), "string"


def parse_build_details(data: bytes) -> str:
    """Give the language version of a build-details.json (PEP 739), or ''. Never raises."""
    import json

    try:
        info = json.loads(data.decode("utf-8"))["language"]["version_info"]
        phase = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(str(info.get("releaselevel")), "")
        return "{major}.{minor}.{micro}".format(**info) + (f"{phase}{info.get('serial')}" if phase else "")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError):
        return ""


def parse_patchlevel(text: str) -> str:
    """Give PY_VERSION of a patchlevel.h without the plus sign of an unreleased build, or ''."""
    return text.partition("PY_VERSION ")[2].partition("\n")[0].partition('"')[2].partition('"')[0].rstrip("+")


def _search(host: Host, executable: Executable, language: str) -> str:
    """Search the program, first where its constants lie; of use up to Python 3.10, and with PyPy."""
    segments = sorted(executable.elf.segments if executable.elf else (), key=lambda segment: segment[3] & _PF_X)
    ranges = [(offset, size) for offset, _address, size, _flags in segments] or [(0, _SEARCH_LIMIT)]
    try:
        with host.open(executable.library or executable.path) as stream:
            return search_version(stream, language, ranges, executable.implementation == "pypy")
    except (Missing, Unreadable, OSError, OverflowError, ValueError):
        return ""


def search_version(stream: BinaryIO, language: str, ranges: Sequence[tuple[int, int]], pypy: bool = False) -> str:
    """Give the version that a program of this language level carries as text; '' where there is none, or no single one.

    In CPython it ends at a NUL. Where it begins after one too, that is it; but linkers merge equal ends of texts, so
    else a single one is taken from longer texts. PyPy has all of sys.version, ``X.Y.Z (7.3.11, …``.
    """
    wanted = language.encode("ascii", "replace") + b"."
    follows = re.compile(rb"\d{1,2}(?:(?:a|b|rc)\d{1,2})?" + (rb"(?= \(\d+\.\d+\.\d+)" if pypy else rb"(?=\+?\0)"))
    loose = set()
    for chunk in _chunks(stream, ranges):
        parts = chunk.split(wanted)
        for before, after in zip(parts, parts[1:]):
            match = follows.match(after)
            if match and before and before[-1] not in b"0123456789.":
                text = (wanted + match.group()).decode("ascii")
                if pypy or not before[-1]:
                    return text
                loose.add(text)
    return loose.pop() if len(loose) == 1 else ""


def _chunks(stream: BinaryIO, ranges: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    left = _SEARCH_LIMIT
    for offset, size in ranges:
        stream.seek(offset)
        end, piece = left - min(size, left), b""
        while left > end:
            kept, piece = piece[-64:], stream.read(min(MIB, left - end))
            if not piece:
                break
            left -= len(piece)
            yield kept + piece


def parse_sysconfig_data(text: str, wanted: Sequence[str] = WANTED) -> dict[str, str]:
    """Give the wanted variables that a _sysconfigdata module has, as text. Never raises.

    It is one dict that pprint wrote, a key to a line; all of it takes 5 ms to evaluate. A comma ends the line of a
    value only, as lines of a broken string end with a quotation mark.
    """
    body = "\n" + text.partition("build_time_vars")[2].partition("{")[2].rpartition("}")[0]
    found = {}
    for match in re.finditer(r"\n *(['\"])(%s)\1: *" % "|".join(wanted), body):
        end = body.find(",\n", match.end())
        value = _evaluate(body[match.end() : end if end >= 0 else len(body)].strip())
        if value is not None:
            found[match.group(2)] = value
    return found


def _evaluate(literal: str) -> str | None:
    if literal[:1] == "'" == literal[-1:] and "\\" not in literal and literal.count("'") == 2:
        return literal[1:-1]  # as most are
    from ast import literal_eval

    try:
        value = literal_eval(f"({literal})")
        return str(value) if isinstance(value, (str, int)) else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def choose_sysconfig_data(names: Sequence[str], variant: str = "") -> str:
    """Give the ``_sysconfigdata_{abiflags}_{platform}_{multiarch}.py`` to import; Debian and conda have several."""

    def rank(name: str) -> tuple[bool, bool, bool, str]:
        own, rest = (name[:-3] + "____").split("_", 3)[2:]
        return "_conda_" in name, own != variant, not rest.startswith(("linux", "darwin")), name

    return min(
        (name for name in names if name.startswith("_sysconfigdata") and name.endswith(".py")), key=rank, default=""
    )


def read_sysconfig_data(host: Host, layout: Layout) -> dict[str, str]:
    """Give the wanted variables of an interpreter's build."""
    entries = host.list(layout.library, lambda name: name.startswith("_sysconfigdata"))
    name = choose_sysconfig_data([entry.name for entry in entries], layout.variant)
    return parse_sysconfig_data(host.text(f"{layout.library}/{name}") or "") if name else {}
