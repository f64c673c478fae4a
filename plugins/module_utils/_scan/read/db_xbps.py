# SPDX-License-Identifier: GPL-3.0-or-later
"""XBPS's database: a property list of all packages, and one of the files of each (xbps-pkgdb(1), FILES)."""

from __future__ import annotations

import re
from typing import Iterator

from ..._host.host import MIB, Host
from .ownership_query import OwnershipAnswer

_DATABASE = "/var/db/xbps"
_PACKAGES = _DATABASE + "/pkgdb-0.38.plist"
_LIMIT = 32 * MIB
_BLANKS_LIMIT = 64  # bytes, between a key and its value
_VALUE_LIMIT = 4096  # bytes of a string: PATH_MAX
_SHA256 = re.compile(rb"\w{64}")


def read_xbps(host: Host, answer: OwnershipAnswer) -> None:
    """Answer from the lists of files; versions are in that of all packages (pkgver: name-version)."""
    versions = {}
    for value in _values(host.content(_PACKAGES, _LIMIT) or b"", b"pkgver"):
        package, _hyphen, version = value.decode("utf-8", "surrogateescape").rpartition(
            "-"
        )
        versions[package] = version
        answer.add_installed(package, version)
    for name, files in host.read_all(_DATABASE, ("-files.plist",), limit=_LIMIT):
        data, package = files.get(""), name[1 : -len("-files.plist")]
        answer.unread += data is None
        if data and answer.query.may_match(data):
            for path, sha256 in parse_files(data):
                digest = ("sha256", sha256) if sha256 else ("", "")
                answer.add_owner(path, package, versions.get(package, ""), digest)


def parse_files(data: bytes) -> Iterator[tuple[bytes, str]]:
    """Yield (path, SHA-256 or '') of each dict of a property list of files; one that is not closed ends it."""
    start = 0
    end = data.find(b"</dict>")
    while end >= 0:
        entry = data[start:end]
        for path in _values(entry, b"file", 1):
            digests = [
                each for each in _values(entry, b"sha256", 1) if _SHA256.fullmatch(each)
            ]
            yield path, digests[0].decode() if digests else ""
        start = end + 1
        end = data.find(b"</dict>", start)


def _values(data: bytes, key: bytes, count: int = -1) -> Iterator[bytes]:
    """Yield the strings that follow ``<key>key</key>``, the first ``count`` of them or all."""
    tag = b"<key>" + key + b"</key>"
    at = data.find(tag)
    while at >= 0 and count:
        start = at + len(tag)
        value = data[start : start + _BLANKS_LIMIT].lstrip()
        if value.startswith(b"<string>"):
            opening = data.index(b"<string>", start) + len(b"<string>")
            closing = data.find(b"</string>", opening, opening + _VALUE_LIMIT)
            if closing >= 0:
                yield data[opening:closing]
                count -= 1
        at = data.find(tag, start)
