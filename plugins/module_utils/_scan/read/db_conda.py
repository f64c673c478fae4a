# SPDX-License-Identifier: GPL-3.0-or-later
"""Conda's records: conda-meta/NAME-VERSION-BUILD.json of each package of an environment (conda's PrefixRecord)."""

from __future__ import annotations

import json
import os
from typing import Any, Mapping

from ..._host.host import MIB, Host
from .chunks import split_in_chunks
from .ownership_query import OwnershipAnswer

_RECORD_LIMIT = 16 * MIB  # the largest list some 20,000 files, with a digest each


def read_conda(
    host: Host, answer: OwnershipAnswer, records: str, names: Mapping[bytes, bytes]
) -> int:
    """Answer from the records of one environment, and return how many of them could not be read.

    ``records`` is its directory conda-meta; ``names`` maps a path below the prefix to its spelling in the query.
    """
    unread = 0
    for _name, files in host.read_all(records, (".json",), limit=_RECORD_LIMIT):
        data = files.get("") or b""
        wanted = _named(data, names)
        package, version, digests = parse_record(data) if wanted else ("", "", {})
        unread += not data or (bool(wanted) and not package)
        for name in wanted:
            digest = digests.get(os.fsdecode(name))
            if digest is not None:
                answer.add_owner(
                    names[name], package, version, ("sha256" if digest else "", digest)
                )
    return unread


def _named(data: bytes, names: Mapping[bytes, bytes]) -> set[bytes]:
    """Return the names that stand between quotation marks in a record."""
    found: set[bytes] = set()
    for parts in split_in_chunks(data, b'"'):
        found |= names.keys() & parts
    return found


def parse_record(data: bytes) -> tuple[str, str, dict[str, str]]:
    """Return name, version and the SHA-256 by path ('' where there is none) of a record; empty for what is none."""
    try:
        record: Any = json.loads(data)
        digests = dict.fromkeys(map(str, record["files"]), "")
        for entry in record.get("paths_data", {}).get("paths", ()):
            digest = entry.get("sha256_in_prefix") or entry.get("sha256") or ""
            digests[str(entry["_path"])] = (
                "" if entry.get("path_type") == "softlink" else str(digest)
            )
        return str(record["name"]), str(record["version"]), digests
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return "", "", {}
