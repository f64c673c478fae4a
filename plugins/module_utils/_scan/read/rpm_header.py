# SPDX-License-Identifier: GPL-3.0-or-later
"""The header of one package in rpm's database (rpm lib/header.c): an index of tags over a store of values."""

from __future__ import annotations

import os
import struct
from typing import Any, Iterator, Mapping

from ..._host.record import NamedTuple

# Tags (rpm include/rpm/rpmtag.h): of strings, then of integers.
_NAME, _VERSION, _RELEASE, _DIGESTS, _LINKS, _BASENAMES, _DIRNAMES = (
    1000,
    1001,
    1002,
    1035,
    1036,
    1117,
    1118,
)
_EPOCH, _STATES, _INDEXES, _ALGORITHM = 1003, 1029, 1116, 5011
_TEXT_TAGS = (_NAME, _VERSION, _RELEASE, _DIGESTS, _LINKS, _BASENAMES, _DIRNAMES)
_NUMBER_TAGS = (_EPOCH, _STATES, _INDEXES, _ALGORITHM)
_TEXT_TYPES = (6, 8, 9)
_INTEGER_TYPES = {1: "B", 2: "B", 3: "H", 4: "I"}
_PREFIX = 8  # bytes: the number of entries in the index, and the size of the store
_ENTRY = struct.Struct(">IIII")  # tag, type, offset in the store, count
#: OpenPGP's numbers of digests (RFC 4880, 9.4).
ALGORITHMS = {1: "md5", 2: "sha1", 8: "sha256", 9: "sha384", 10: "sha512"}
#: RPMFILE_IS_INSTALLED: others were left out at installation, or replaced by another package.
IN_PLACE = (0, 3)
_MD5 = 1  # what digests are where no tag says so


class RpmFile(NamedTuple):
    """One file that a package put in place."""

    algorithm: str
    digest: str
    link: str


class RpmPackage(NamedTuple):
    """A package, and its files by path."""

    name: str
    version: str  # with the epoch where it has one, and the release
    files: Mapping[str, RpmFile]


def parse_package(blob: bytes) -> RpmPackage:
    """Return what a header says; what is malformed reads as not there."""
    header = parse_header(blob)
    epoch, version, release = (
        _first(header, tag) for tag in (_EPOCH, _VERSION, _RELEASE)
    )
    full = f"{version}-{release}"
    return RpmPackage(
        name=_first(header, _NAME),
        version=f"{epoch}:{full}" if epoch else full,
        files=dict(_files(header)),
    )


def _first(header: Mapping[int, list[Any]], tag: int) -> str:
    return "".join(map(str, header.get(tag, [])[:1]))


def _files(header: Mapping[int, list[Any]]) -> Iterator[tuple[str, RpmFile]]:
    """Yield (path, file) of each file that is in place."""
    directories, states = header.get(_DIRNAMES, []), header.get(_STATES, [])
    digests, links = header.get(_DIGESTS, []), header.get(_LINKS, [])
    algorithm = ALGORITHMS.get(header.get(_ALGORITHM, [_MD5])[0], "")
    for at, (index, name) in enumerate(
        zip(header.get(_INDEXES, []), header.get(_BASENAMES, []))
    ):
        is_in_place = at >= len(states) or states[at] in IN_PLACE
        if is_in_place and index < len(directories):
            digest = digests[at] if at < len(digests) else ""
            link = links[at] if at < len(links) else ""
            yield (
                directories[index] + name,
                RpmFile(algorithm if digest else "", digest, link),
            )


def parse_header(blob: bytes) -> dict[int, list[Any]]:
    """Return the values of the tags that matter here: strings or integers; what is malformed reads as not there.

    The first entry of a tag counts, so that the store is gone through once for each tag, however long the index is.
    """
    start = _PREFIX + _ENTRY.size * int.from_bytes(blob[:4], "big")
    values: dict[int, list[Any]] = {}
    if start > len(blob):
        return values
    store = blob[start:]
    for tag, kind, offset, count in _ENTRY.iter_unpack(blob[_PREFIX:start]):
        if tag in values or not 0 < count <= len(store) or offset >= len(store):
            continue
        if tag in _TEXT_TAGS and kind in _TEXT_TYPES:
            values[tag] = _strings(store, offset, count)
        elif tag in _NUMBER_TAGS and kind in _INTEGER_TYPES:
            layout = struct.Struct(f">{count}{_INTEGER_TYPES[kind]}")
            if offset + layout.size <= len(store):
                values[tag] = list(layout.unpack_from(store, offset))
    return values


def _strings(store: bytes, offset: int, count: int) -> list[str]:
    """Return the strings that end in NUL from an offset on; fewer where the store ends."""
    parts = store[offset:].split(b"\0", count)[:count]
    return [os.fsdecode(part) for part in parts]
