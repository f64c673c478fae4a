# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of installed files."""

from __future__ import annotations

import os
import shutil


def link_or_copy(source: str, target: str) -> str:
    """Link a file if the file system can, otherwise copy it; for files that are never written in place.

    pip, and whatever replaces it, removes a file before it writes another in its place.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
