# SPDX-License-Identifier: GPL-3.0-or-later
"""For which paths the absence of an owner proves nothing, because a package manager's records could not be read."""

from __future__ import annotations

from typing import Iterable

from .model import Ownership


def find_unknown(
    ownership: Ownership, paths: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """Return (manager, reason) of each that could own one of ``paths``, of those that ownership was read for."""
    found = list(ownership.unknown)
    for path in paths:
        if path in ownership.unknown_paths:
            found.append(ownership.unknown_paths[path])
    return tuple(dict.fromkeys(found))
