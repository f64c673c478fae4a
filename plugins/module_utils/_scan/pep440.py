# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of Python and of packages, compared as PEP 440 says."""

from __future__ import annotations

import re
from typing import Any, Tuple

# PEP 440, appendix B; each part can match in one way only.
_PEP440 = re.compile(
    r"v?(?:(\d+)!)?(\d+(?:\.\d+)*)"
    r"(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?"
    r"(?:(-(?=\d)|[-_.]?(?:post|rev|r)[-_.]?)(\d*))?"
    r"(?:[-_.]?(dev)[-_.]?(\d*))?"
    r"(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
    re.IGNORECASE | re.ASCII,
)
_RELEASE = re.compile(r"\d+(?:\.\d+)*", re.ASCII)
_UPSTREAM = re.compile(r"(\d+(?:\.\d+)*)(?:[~^_]?((?:a|b|rc)\d+)(?!\w))?", re.ASCII)
_LONGEST = 200  # also keeps int() from refusing thousands of digits
_LOW, _HIGH = (0,), (2,)  # before and after any (1, …)

SortKey = Tuple[Any, ...]


def parse(text: str) -> SortKey | None:
    """Return the key by which PEP 440 orders ``text``, as packaging.version.Version does; None if it is no version."""
    match = _PEP440.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None:
        return None
    epoch, numbers, phase, number, post, post_number, dev, dev_number, local = (
        match.groups()
    )
    if phase:
        pre = _phase_key(phase, number)
    else:
        # A development release comes before the first phase, unless it is one of a post-release.
        pre = _LOW if dev and not post else _HIGH
    return (
        int(epoch or 0),
        _release_key(numbers),
        pre,
        (1, int(post_number or 0)) if post else _LOW,
        (1, int(dev_number or 0)) if dev else _HIGH,
        _local_key(local or ""),
    )


def _release_key(numbers: str) -> SortKey:
    """Return the numbers of a release without the zeros at its end."""
    parts = [int(part) for part in numbers.split(".")]
    while parts[1:] and not parts[-1]:
        parts.pop()
    return tuple(parts)


def _phase_key(phase: str, number: str) -> SortKey:
    """Return the key of a pre-release: an alpha, a beta, or a release candidate by any of its names."""
    letter = phase[0].lower()
    return (1, letter if letter in "ab" else "rc", int(number or 0))


def _local_key(local: str) -> SortKey:
    """Return the key of a local version, of whose parts words come before numbers."""
    parts = filter(None, re.split(r"[-_.]", local.lower()))
    return tuple(
        (1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts
    )


def compare(one: str, other: str) -> int | None:
    """Return -1, 0 or 1 if ``one`` is older, equal or newer; None if either is no version."""
    left, right = parse(one), parse(other)
    return None if left is None or right is None else (left > right) - (left < right)


def at_least(text: str, floor: str) -> bool | None:
    """Return whether ``text`` is ``floor`` or newer; None if either is no version."""
    order = compare(text, floor)
    return None if order is None else order >= 0


def release(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version: (3, 13, 5) of 3.13.5rc1, or ()."""
    match = _RELEASE.match(text[:_LONGEST])
    return tuple(int(part) for part in match.group().split(".")) if match else ()


def minor(text: str) -> str:
    """Return X.Y of a full version, or ''."""
    numbers = release(text)
    return "%d.%d" % numbers[:2] if len(numbers) > 1 else ""


def from_hex(number: int) -> str:
    """Return the version that a PY_VERSION_HEX encodes (C API manual, "API and ABI Versioning"), or ''."""
    phase = {0xA: "a", 0xB: "b", 0xC: "rc", 0xF: ""}.get((number >> 4) & 0xF)
    if number >> 24 not in (2, 3) or phase is None:
        return ""
    text = "%d.%d.%d" % (number >> 24, (number >> 16) & 0xFF, (number >> 8) & 0xFF)
    return "%s%s%d" % (text, phase, number & 0xF) if phase else text


def from_distribution(text: str) -> str:
    """Return the upstream version in that of a distribution's package: 3.13.0rc1 of 1:3.13.0~rc1-2+deb13u1.

    Epoch and what follows the last hyphen are the packager's (Debian Policy 5.6.12); so is what follows + or _.
    """
    upstream = text.rpartition(":")[2].strip()
    match = _UPSTREAM.match((upstream.rpartition("-")[0] or upstream)[:_LONGEST])
    return match.group(1) + (match.group(2) or "") if match else ""
