# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of a scan: its duration, and what one directory, file or part of it may cost."""

from __future__ import annotations

from .record import NamedTuple

MIB = 1024 * 1024
LIST_LIMIT = 20_000  # entries read from one directory; the rest is left out and said so
NOTE_LIMIT = 500  # entries of the ledger; what comes later is only counted


class Limits(NamedTuple):
    """Bounds of one scan; ``seconds`` 0 means none."""

    seconds: float = 0.0
    entries: int = LIST_LIMIT
    # Of one part of the reading; real ones take some milliseconds
    share_seconds: float = 10.0
    share_memory: int = (
        128 * MIB
    )  # address space that one part may add; real ones take some MiB; 0: no bound
