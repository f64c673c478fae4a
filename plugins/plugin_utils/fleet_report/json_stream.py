# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write large JSON documents without holding them in memory as text."""

from __future__ import annotations

import json
from typing import IO, Any, Iterable, Iterator, Mapping

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def dump_members(stream: IO[str], members: Mapping[str, Any]) -> None:
    """Write a JSON object. A value that is an iterator becomes a list, one element a line."""
    stream.write("{")
    for number, (key, value) in enumerate(members.items()):
        stream.write(",\n" if number else "\n")
        stream.write(_ENCODER.encode(key) + ":")
        if isinstance(value, Iterator):
            _dump_rows(stream, value)
        else:
            stream.write(_ENCODER.encode(value))
    stream.write("\n}\n")


def _dump_rows(stream: IO[str], rows: Iterable[Any]) -> None:
    stream.write("[")
    for number, row in enumerate(rows):
        stream.write(",\n" if number else "\n")
        stream.write(_ENCODER.encode(row))
    stream.write("]")
