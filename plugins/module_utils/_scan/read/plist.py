# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the strings at the top of a property list, XML or binary, in linear time.

``plistlib`` follows references as often as they occur: a few KiB of shared ones are more text than any memory holds.
"""

from __future__ import annotations

from typing import Iterator, Tuple

_KEYS_LIMIT = 1000
_TRAILER = 32  # bytes at the end of a binary one (CoreFoundation, CFBinaryPList.c)
_ASCII, _UTF16, _DICT = 0x5, 0x6, 0xD  # the upper four bits of an object's first byte
_LONG = 0xF  # in the lower four: the length follows as an integer
_TEXT_LIMIT = 4096  # bytes of one string


def parse_plist(data: bytes) -> dict[str, str]:
    """Return the strings that a property list's dictionary has, by key; {} where it is none. Never raises."""
    try:
        is_binary = data.startswith(b"bplist00")
        pairs = (
            _BinaryPlist(data).strings()
            if is_binary
            else _xml_strings(data.decode("utf-8"))
        )
        found: dict[str, str] = {}
        for key, value in pairs:
            found.setdefault(key, value)
        return found
    except (ValueError, LookupError):
        return {}


def _xml_strings(text: str) -> Iterator[Tuple[str, str]]:
    """Yield each <key> that has a <string> right after it."""
    at = text.find("<key>")
    count = 0
    while at >= 0 and count < _KEYS_LIMIT:
        count += 1
        end = text.find("</key>", at, at + _TEXT_LIMIT)
        following = text.find("<key>", at + 1)
        if end >= 0:
            rest = text[
                end + len("</key>") : following if following >= 0 else len(text)
            ].strip()
            if rest.startswith("<string>"):
                yield (
                    _unescape(text[at + len("<key>") : end]),
                    _unescape(rest[len("<string>") :].partition("<")[0]),
                )
        at = following


def _unescape(text: str) -> str:
    for entity, char in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", '"'),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ):
        text = text.replace(entity, char)
    return text


class _BinaryPlist:
    """A binary property list; what leads out of it raises ValueError or IndexError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        trailer = data[-_TRAILER:]
        self._offset_size, self._reference_size = trailer[6], trailer[7]
        self._top = int.from_bytes(trailer[16:24], "big")
        self._table = int.from_bytes(trailer[24:32], "big")

    def strings(self) -> Iterator[Tuple[str, str]]:
        """Yield the pairs of the topmost object, if that is a dictionary, whose key and value are strings."""
        kind, count, start = self._object(self._top)
        if kind != _DICT:
            return
        for at in range(min(count, _KEYS_LIMIT)):
            key = self._string(
                self._integer(start + at * self._reference_size, self._reference_size)
            )
            where = start + (count + at) * self._reference_size
            value = self._string(self._integer(where, self._reference_size))
            if key is not None and value is not None:
                yield key, value

    def _integer(self, start: int, size: int) -> int:
        if size < 1 or start + size > len(self._data):
            raise ValueError("it ends too early")
        return int.from_bytes(self._data[start : start + size], "big")

    def _object(self, number: int) -> Tuple[int, int, int]:
        """Return kind and length of an object, and where its content starts."""
        start = self._integer(
            self._table + number * self._offset_size, self._offset_size
        )
        kind, length = divmod(self._data[start], 16)
        start += 1
        if length == _LONG:
            size = 1 << (self._data[start] & 0xF)
            length = self._integer(start + 1, min(size, 8))
            start += 1 + size
        return kind, length, start

    def _string(self, number: int) -> str | None:
        """Return a string; None for another object, and one that is too long."""
        kind, length, start = self._object(number)
        if kind not in (_ASCII, _UTF16) or length > _TEXT_LIMIT:
            return None
        if kind == _ASCII:
            return self._data[start : start + length].decode("ascii")
        return self._data[start : start + 2 * length].decode("utf-16-be")
