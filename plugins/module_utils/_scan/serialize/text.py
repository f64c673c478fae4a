# SPDX-License-Identifier: GPL-3.0-or-later
"""The one encoder at the boundary: what a host holds becomes data that may be carried, stored and printed."""

from __future__ import annotations

from typing import Any

from .redact import redact

#: A path of Linux has at most 4096 bytes; a vendor's marker text some 600.
LIMIT = 4096

_LINES = ("message", "value")  # keys below which line feeds stay


def plain(value: Any, lines: bool = False) -> Any:
    """Return records, dictionaries and sequences as dictionaries and lists, with every text in them made safe."""
    if isinstance(value, str):
        return safe_text(value, lines=lines)
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {
            safe_text(key): plain(inner, key in _LINES) for key, inner in value.items()
        }
    return (
        [plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
    )


def plural(count: int, noun: str) -> str:
    """Return ``noun``, with an s unless ``count`` is 1."""
    return noun if count == 1 else noun + "s"


def safe_text(text: str, limit: int = LIMIT, lines: bool = False) -> str:
    """Redact, then encode; most text is a word or a path, and is told as it is."""
    if (
        len(text) <= limit
        and text.isprintable()
        and not (":" in text or "=" in text or " " in text)
    ):
        return text
    return encode(redact(text[: limit + LIMIT]) + text[limit + LIMIT :], limit, lines)


def encode(text: str, limit: int = LIMIT, lines: bool = False) -> str:
    """Cut, and escape: bytes of PEP 383 to ``\\xNN``, else to ``\\uNNNN``; ``lines`` keeps line feeds."""
    cut = len(text) - limit
    text = text[:limit]
    if not text.isprintable():
        text = "".join(
            [
                char
                if char.isprintable() or (lines and char == "\n")
                else _escape(char)
                for char in text
            ]
        )
    return text if cut <= 0 else "%s… (%d more characters)" % (text, cut)


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return "\\x%02x" % (code - 0xDC00)
    return "\\u%04x" % code if code < 0x10000 else "\\U%08x" % code
