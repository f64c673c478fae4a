# SPDX-License-Identifier: GPL-3.0-or-later
"""pacman's local database: a directory for each package, with its list of files and an mtree(5)."""

from __future__ import annotations

import os
import zlib
from typing import Iterator

from ..._host.host import MIB, Host
from ..._host.record import NamedTuple
from ..model import Exclusion
from .chunks import iterate_parts
from .ownership_query import OwnershipAnswer

_DATABASE = "/var/lib/pacman/local"
_LIST_LIMIT = 16 * MIB  # the largest packages list some 100,000 files
_INCLUDE_DEPTH = 10  # as deep as pacman follows Include (src/pacman/ini.c)
_INCLUDE_LIMIT = 100  # files in all; pacman has no such limit
_GZIP = 31  # zlib's window bits for a gzip header


class _Source(NamedTuple):
    """A configuration file that is being read."""

    path: str
    depth: int  # of Include
    rows: Iterator[tuple[str, str]] | None  # what is left of it; None: not opened yet


def read_pacman(host: Host, answer: OwnershipAnswer) -> None:
    """Answer as ``pacman -Qo`` does, with the checksum or the link's target that the package's mtree records."""
    for name, files in host.read_all(_DATABASE, ("",), ("files",), _LIST_LIMIT):
        answer.unread += None in files.values()
        package, *version = name.rsplit("-", 2)  # as libalpm does (_alpm_splitname)
        answer.add_installed(package, "-".join(version))
        data = files.get("files")
        if data and answer.query.may_match(data):
            _read_package(host, answer, name, data)
    answer.set_exclusions(host, read_no_extract(host, "/etc/pacman.conf"))


def _read_package(host: Host, answer: OwnershipAnswer, name: str, data: bytes) -> None:
    package, *version = name.rsplit("-", 2)
    lines = set()
    for line in iterate_parts(data, b"\n"):
        spelling = b"/" + line.rstrip(b"/")
        if spelling in answer.query.spellings:
            lines.add(spelling)
    if not lines:
        return
    mtree = _unpack(host.content(f"{_DATABASE}/{name}/mtree", _LIST_LIMIT) or b"")
    entries = find_entries(mtree, lines)
    for spelling in lines:
        digest, link = entries.get(spelling, (("", ""), ""))
        answer.add_owner(spelling, package, "-".join(version), digest, link)


def _unpack(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(_GZIP).decompress(data, _LIST_LIMIT)
    except zlib.error:
        return b""


def find_entries(
    mtree: bytes, spellings: set[bytes]
) -> dict[bytes, tuple[tuple[str, str], str]]:
    """Return (SHA-256 digest, link's target) by spelling, for each that an mtree(5) has."""
    wanted = {
        b"." + spelling.replace(b" ", rb"\040"): spelling for spelling in spellings
    }
    found: dict[bytes, tuple[tuple[str, str], str]] = {}
    for line in iterate_parts(mtree, b"\n"):
        name, _blank, keywords = line.partition(b" ")
        if name in wanted and wanted[name] not in found:
            found[wanted[name]] = _parse_keywords(keywords)
    return found


def _parse_keywords(keywords: bytes) -> tuple[tuple[str, str], str]:
    values = dict(word.partition("=")[::2] for word in os.fsdecode(keywords).split(" "))
    digest = values.get("sha256digest", "")
    return ("sha256" if digest else "", digest), values.get("link", "").replace(
        r"\040", " "
    )


def read_no_extract(host: Host, path: str) -> Iterator[Exclusion]:
    """Yield the NoExtract patterns of pacman.conf(5), those of included files in the place of the Include."""
    pending = [_Source(path, 0, None)]
    opened = 0
    while pending:
        source = pending.pop()
        if source.rows is None:
            opened += 1
            if opened > _INCLUDE_LIMIT:
                host.note(
                    path,
                    "too-many",
                    "more than %d files are included; the rest is left out"
                    % _INCLUDE_LIMIT,
                )
                return
            source = source._replace(rows=parse_options(host.text(source.path) or ""))
        row = next(source.rows, None) if source.rows is not None else None
        if row is None:
            continue
        pending.append(source)
        key, value = row
        if key == "NoExtract":
            yield from _parse_patterns(value, source.path)
        elif (
            key == "Include" and source.depth < _INCLUDE_DEPTH and value.startswith("/")
        ):
            included = sorted(host.glob(value), reverse=True)
            pending += [_Source(each, source.depth + 1, None) for each in included]


def _parse_patterns(value: str, source: str) -> Iterator[Exclusion]:
    for word in value.split():
        yield Exclusion(
            pattern="/" + word.lstrip("!/"),
            excluded=not word.startswith("!"),
            source=source,
        )


def parse_options(text: str) -> Iterator[tuple[str, str]]:
    """Yield (key, value) of [options] in a pacman.conf(5); an included file begins in the section that includes it."""
    section = "[options]"
    for line in map(str.strip, text.split("\n")):
        section = line if line.startswith("[") else section
        if section == "[options]" and not line.startswith(("#", "[")):
            key, _equals, value = line.partition("=")
            yield key.strip(), value.strip()
