# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory that a relative path in a requirements file starts from, where the task names none."""

from __future__ import annotations

import os

from ..._host.host import Host
from ..._scan.read.trust import TrustReader

_LEVELS = 2  # requirements/prod/base.txt
_PROJECT_FILES = ("pyproject.toml", "setup.py")


def find_starting_directory(host: Host, path: str, directory: str) -> str:
    """Return the directory that ``path``, as a file in ``directory`` has it, starts from.

    pip starts at its working directory, which no file tells. People run it in the root of a project, where
    ``requirements/dev.txt`` has ``-e .``. So it is the file's own directory where the path names a project or an
    archive there; else the nearest of two directories above where it does. A directory that others can write is never
    chosen: they could put a project there.
    """
    if os.path.isabs(path) or _is_installable(host, os.path.join(directory, path)):
        return directory
    trust = TrustReader(host)
    above = directory
    for _level in range(_LEVELS):
        above = os.path.dirname(above)
        real = host.real(above)
        if above == "/" or real is None or not trust.judge([real]).trusted:
            break
        if _is_installable(host, os.path.join(above, path)):
            return above
    return directory


def _is_installable(host: Host, path: str) -> bool:
    if host.is_file(path):
        return True
    return any(host.is_file(os.path.join(path, name)) for name in _PROJECT_FILES)
