# SPDX-License-Identifier: GPL-3.0-or-later
"""apk's installed database: one file with a record for each package (apk-tools database.c, apk_db_fdb_read)."""

from __future__ import annotations

import binascii
import os
from typing import Iterator

from ..._host.host import MIB, Host
from .chunks import iterate_parts
from .ownership_query import OwnershipAnswer

_DATABASES = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")
_LIMIT = 32 * MIB
_ALGORITHMS = {20: "sha1", 32: "sha256"}  # by the bytes of the digest


def read_apk(host: Host, answer: OwnershipAnswer) -> None:
    """Answer from the records: P: name, V: version, and files."""
    database = next(path for path in _DATABASES if host.kind(path))
    for record in iterate_parts(host.read(database, _LIMIT), b"\n\n"):
        if not record:
            continue
        package, version = _value(record, b"P:"), _value(record, b"V:")
        answer.add_installed(package, version)
        if answer.query.may_match(record):
            for spelling, checksum in parse_files(record):
                answer.add_owner(spelling, package, version, parse_checksum(checksum))


def _value(record: bytes, key: bytes) -> str:
    """Return the value of the first line that begins with ``key``."""
    if record.startswith(key):
        start = len(key)
    else:
        start = record.find(b"\n" + key) + 1 + len(key)
        if start == len(key):
            return ""
    end = record.find(b"\n", start)
    return os.fsdecode(record[start : end if end >= 0 else len(record)])


def parse_files(record: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the directories (F:) and files (R:) of a record, each with its checksum (Z:)."""
    directory = name = checksum = b""
    for line in iterate_parts(record + b"\nF:", b"\n"):
        kind, value = line[:2], line[2:]
        if kind in (b"F:", b"R:"):
            if name:
                yield name, checksum
            checksum = b""
            if kind == b"F:":
                name = directory = b"/" + value
            else:
                name = directory.rstrip(b"/") + b"/" + value
        elif kind == b"Z:":
            checksum = value


def parse_checksum(value: bytes) -> tuple[str, str]:
    """Parse Q1 or Q2 with base64; apk 3 splits SHA-256 after 20 bytes, each part in base64 (apk_blob_pull_digest)."""
    if value[:1] != b"Q":
        return "", ""
    try:
        digest = binascii.a2b_base64(value[2:30]) + binascii.a2b_base64(value[30:])
    except ValueError:
        return "", ""
    algorithm = _ALGORITHMS.get(len(digest), "")
    return algorithm, digest.hex() if algorithm else ""
