# SPDX-License-Identifier: GPL-3.0-or-later
"""The full version x.y.z of an interpreter, and the variables of its build."""

from __future__ import annotations

import os
import re
from typing import BinaryIO, Iterator, Match, Sequence

from ..._host.host import MIB, Host, Missing, Unreadable
from .. import pep440 as version
from ..model import VersionClaim
from .executable import Executable
from .layout import Layout

#: Of sysconfig's variables, what the other stages ask for.
WANTED = ("prefix", "abs_srcdir", "PYTHONFRAMEWORK", "VERSION", "WHEEL_PKG_DIR")
_FULL = re.compile(r"(?<![\d.])(\d\.\d{1,2}\.\d{1,2}(?:(?:a|b|rc)\d{1,2})?)(?![\w.])")
_SEARCH_LIMIT = 128 * MIB  # libpypy has 61 MB, a libpython with debugging symbols 31
_PF_X = 1
_SMALL_LIMIT = 64 * 1024  # bytes of a file that says a version
_RECORDS_LIMIT = 10  # files of one kind beside each other
_CONDA_PYTHON = re.compile(r"python-[^-]+-[^-]+\.json")
# Characters of one of sysconfig's variables that is wanted: PATH_MAX
_VALUE_LIMIT = 4096
_STRING = re.compile(r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"")
_ESCAPE = re.compile(
    r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|.)"
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_NUMBER = re.compile(r"[+-]?\d{1,20}")


def read_versions(
    host: Host, executable: Executable, layout: Layout
) -> tuple[VersionClaim, ...]:
    """Return the most reliable claim of this language level."""
    for text, source in _claims(host, executable, layout):
        if _FULL.fullmatch(text) and version.minor(text) == (
            layout.language or version.minor(text)
        ):
            return (VersionClaim(text, source),)
    return ()


def _claims(
    host: Host, executable: Executable, layout: Layout
) -> Iterator[tuple[str, str]]:
    """Yield claims, best first: what the code itself would answer, what was written with it, what people wrote."""
    yield executable.symbol, "symbol"
    yield from _claims_of_records(host, layout)
    # A directory on the way that is named after the version: uv's, a Homebrew keg, the toolcache's, pyenv's.
    if executable.implementation == "cpython":
        for part in reversed(layout.prefix.split("/")):
            versions = _FULL.findall(part.replace("_", " ").replace("+", " "))
            yield versions[0] if versions else "", "directory"
    if layout.language and executable.kind in ("elf", "macho"):
        yield _search(host, executable, layout.language), "string"


def _claims_of_records(host: Host, layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield the claims of files that were written when this Python was built or installed."""
    prefix, library = layout.prefix, layout.library
    # PEP 739; Debian's are called build-details..x86_64-linux-gnu.json
    details = (
        host.list(library, lambda name: name.startswith("build-details"))
        if library
        else []
    )
    for entry in details[:_RECORDS_LIMIT]:
        yield (
            parse_build_details(
                host.content(f"{library}/{entry.name}", _SMALL_LIMIT) or b""
            ),
            "build-details",
        )
    if ".framework/Versions/" in prefix:
        from .plist import parse_plist

        plist = parse_plist(
            host.content(prefix + "/Resources/Info.plist", _SMALL_LIMIT) or b""
        )
        yield plist.get("CFBundleVersion", ""), "Info.plist"
    for entry in host.list(prefix + "/conda-meta", _CONDA_PYTHON.fullmatch)[
        :_RECORDS_LIMIT
    ]:
        yield entry.name.split("-")[1], "conda-meta"
    for flag in ("", "m", "d", "u"):
        header = host.text(
            f"{prefix}/include/{os.path.basename(library)}{flag}/patchlevel.h",
            _SMALL_LIMIT,
        )
        yield parse_patchlevel(header or ""), "patchlevel.h"


def parse_build_details(data: bytes) -> str:
    """Return the language version of a build-details.json (PEP 739), or ''. Never raises."""
    import json

    try:
        info = json.loads(data.decode("utf-8"))["language"]["version_info"]
        phase = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(
            str(info.get("releaselevel")), ""
        )
        return "{major}.{minor}.{micro}".format(**info) + (
            f"{phase}{info.get('serial')}" if phase else ""
        )
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
        MemoryError,
    ):
        return ""


def parse_patchlevel(text: str) -> str:
    """Return PY_VERSION of a patchlevel.h without the plus sign of an unreleased build, or ''."""
    return (
        text.partition("PY_VERSION ")[2]
        .partition("\n")[0]
        .partition('"')[2]
        .partition('"')[0]
        .rstrip("+")
    )


def _search(host: Host, executable: Executable, language: str) -> str:
    """Search the program, first where its constants lie; of use up to Python 3.10, and with PyPy."""
    segments = sorted(
        executable.elf.segments if executable.elf else (),
        key=lambda segment: segment[3] & _PF_X,
    )
    ranges = [(offset, size) for offset, _address, size, _flags in segments] or [
        (0, _SEARCH_LIMIT)
    ]
    try:
        with host.open(executable.library or executable.path) as stream:
            return search_version(
                stream, language, ranges, executable.implementation == "pypy"
            )
    except (Missing, Unreadable, OSError, OverflowError, ValueError):
        return ""


def search_version(
    stream: BinaryIO,
    language: str,
    ranges: Sequence[tuple[int, int]],
    pypy: bool = False,
) -> str:
    """Return the version that a program of this language level has as text; '' where there is none, or no single one.

    In CPython it ends at a NUL. Where it begins after one too, that is it; but linkers merge equal ends of texts, so
    else a single one is taken from longer texts. PyPy has all of sys.version, ``X.Y.Z (7.3.11, …``.
    """
    wanted = language.encode("ascii", "replace") + b"."
    follows = re.compile(
        rb"\d{1,2}(?:(?:a|b|rc)\d{1,2})?"
        + (rb"(?= \(\d+\.\d+\.\d+)" if pypy else rb"(?=\+?\0)")
    )
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
    """Return the wanted variables that a _sysconfigdata module has, as text. Never raises.

    It is one dict that pprint wrote, a key to a line; all of it takes 5 ms to evaluate. A comma ends the line of a
    value only, as lines of a broken string end with a quotation mark.
    """
    body = (
        "\n" + text.partition("build_time_vars")[2].partition("{")[2].rpartition("}")[0]
    )
    found = {}
    for match in re.finditer(r"\n *(['\"])(%s)\1: *" % "|".join(wanted), body):
        start = match.end()
        end = body.find(",\n", start, start + _VALUE_LIMIT)
        if end < 0 and len(body) - start > _VALUE_LIMIT:
            continue
        value = evaluate_literal(body[start : end if end >= 0 else len(body)].strip())
        if value is not None:
            found[match.group(2)] = value
    return found


def evaluate_literal(literal: str) -> str | None:
    """Return the text of strings that stand side by side, or of a number; None for all else, and what is malformed."""
    if _NUMBER.fullmatch(literal):
        return str(int(literal))
    parts = []
    at = 0
    while at < len(literal):
        match = _STRING.match(literal, at)
        if match is None:
            return None
        inner = match.group(1) if match.group(1) is not None else match.group(2)
        parts.append(_ESCAPE.sub(_unescape, inner))
        at = match.end()
        while literal[at : at + 1].isspace():
            at += 1
    return "".join(parts) if parts else None


def _unescape(match: Match[str]) -> str:
    code = match.group(1)
    if code[0] in "xuU" and len(code) > 1:
        return chr(min(int(code[1:], 16), 0x10FFFF))
    return chr(int(code, 8)) if code.isdigit() else _ESCAPED.get(code, code)


def choose_sysconfig_data(names: Sequence[str], variant: str = "") -> str:
    """Return the ``_sysconfigdata_{abiflags}_{platform}_{multiarch}.py`` to import; Debian and conda have several."""

    def rank(name: str) -> tuple[bool, bool, bool, str]:
        own, rest = (name[:-3] + "____").split("_", 3)[2:]
        return (
            "_conda_" in name,
            own != variant,
            not rest.startswith(("linux", "darwin")),
            name,
        )

    return min(
        (
            name
            for name in names
            if name.startswith("_sysconfigdata") and name.endswith(".py")
        ),
        key=rank,
        default="",
    )


def read_sysconfig_data(host: Host, layout: Layout) -> dict[str, str]:
    """Return the wanted variables of an interpreter's build."""
    entries = host.list(layout.library, lambda name: name.startswith("_sysconfigdata"))
    name = choose_sysconfig_data([entry.name for entry in entries], layout.variant)
    return (
        parse_sysconfig_data(host.text(f"{layout.library}/{name}") or "")
        if name
        else {}
    )
