# SPDX-License-Identifier: GPL-3.0-or-later
"""The one encoder at the boundary: what a host holds becomes data that may be carried, stored and printed."""

from __future__ import annotations

import re
from typing import Any

#: A path of Linux has at most 4096 bytes; a vendor's marker text some 600.
LIMIT = 4096

_URL = re.compile(r"://[^\s\"'<>`]+")
_SECRET = re.compile(
    r"(?i)([a-z0-9_.-]{0,40}(?:passw(?:or)?d|secret|token|api[-_]?key|credential|client[-_]?key)[a-z0-9_.-]{0,40}"
    r"[\"']?[ \t]{0,8}[=:][ \t]{0,8})(\"[^\"\n]*\"|'[^'\n]*'|[^\s&,;]+)"
)
_AUTHORIZATION = re.compile(r"(?i)\b((?:basic|bearer)[ \t]+)[a-z0-9+/=_.~-]{8,}")
_LINES = ("message", "value")  # keys below which line feeds stay


def plain(value: Any, lines: bool = False) -> Any:
    """Give records, dictionaries and sequences as dictionaries and lists, every text in them told."""
    if isinstance(value, str):
        return safe_text(value, lines=lines)
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {safe_text(key): plain(inner, key in _LINES) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def safe_text(text: str, limit: int = LIMIT, lines: bool = False) -> str:
    """Redact, then encode; most text is a word or a path, and is told as it is."""
    if len(text) <= limit and text.isprintable() and not (":" in text or "=" in text or " " in text):
        return text
    return encode(redact(text[: limit + LIMIT]) + text[limit + LIMIT :], limit, lines)


def encode(text: str, limit: int = LIMIT, lines: bool = False) -> str:
    """Cut, and escape: bytes of PEP 383 to ``\\xNN``, else to ``\\uNNNN``; ``lines`` keeps line feeds."""
    cut = len(text) - limit
    text = text[:limit]
    if not text.isprintable():
        text = "".join([char if char.isprintable() or (lines and char == "\n") else _escape(char) for char in text])
    return text if cut <= 0 else "%s… (%d more characters)" % (text, cut)


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return "\\x%02x" % (code - 0xDC00)
    return "\\u%04x" % code if code < 0x10000 else "\\U%08x" % code


def redact(text: str) -> str:
    """Take out credentials: user parts of URLs, and values named as secrets."""
    if "://" in text:
        text = _URL.sub(_redact_url, text)
    if "=" in text or ":" in text:
        text = _SECRET.sub(r"\1****", text)
    return _AUTHORIZATION.sub(r"\1****", text) if " " in text else text


def _redact_url(match: re.Match[str]) -> str:
    """Hide the user part. A password may hold a raw ``/``, ``?`` or ``#``: then rather too much than too little."""
    rest = match.group()[3:]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    where = rest if ":" in authority else authority
    return "://****@" + rest[where.rindex("@") + 1 :] if "@" in where else match.group()
