# SPDX-License-Identifier: GPL-3.0-or-later
"""Written into environments by the Ansible collection pyfleet.python, and imported by every Python that starts in one.

The environment is reached through a link that each new release replaces. A Python that was started through the link
stays in the release that was current when it started. `releases.py` reads this file as text.
"""

from __future__ import annotations

import os
import sys

prefix = sys.prefix


def pin(known_paths: object = None) -> None:  # called once for each site-packages
    """Replace the link by the release's real path in sys.path, sys.prefix and sys.executable."""
    try:
        real = os.path.realpath(prefix) if sys.prefix == prefix else sys.prefix
    except OSError:
        return
    if prefix == real:
        return

    def pinned(word: str) -> str:
        inside = isinstance(word, str) and (word + os.sep).startswith(prefix + os.sep)
        return real + word[len(prefix) :] if inside else word

    sys.path[:] = [pinned(entry) for entry in sys.path]
    if isinstance(known_paths, set):
        known_paths.update(sys.path)
    sys.executable = pinned(sys.executable)
    sys.exec_prefix = pinned(sys.exec_prefix)
    sys.prefix = real
