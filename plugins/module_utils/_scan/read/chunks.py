# SPDX-License-Identifier: GPL-3.0-or-later
"""Split large data without holding all of its parts in memory at once."""

from __future__ import annotations

from typing import Iterator

_CHUNK = 1024 * 1024


def split_in_chunks(data: bytes, separator: bytes) -> Iterator[list[bytes]]:
    """Yield the parts of ``data`` between separators, as many at a time as lie in about 1 MiB.

    60 MiB of line feeds are 60 million parts, which ``bytes.split`` would hold in 480 MiB.
    """
    start = 0
    while start <= len(data):
        end = data.find(separator, start + _CHUNK)
        if end < 0:
            end = len(data)
        yield data[start:end].split(separator)
        start = end + len(separator)


def iterate_parts(data: bytes, separator: bytes) -> Iterator[bytes]:
    """Yield each part of ``data`` between separators."""
    for parts in split_in_chunks(data, separator):
        yield from parts
