# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write files so that readers see the old content or the new, never a part."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from typing import IO, Iterator

PRIVATE = 0o600


@contextmanager
def replace_file(path: str, mode: int | None = None) -> Iterator[IO[str]]:
    """Yield a UTF-8 text stream whose content replaces ``path`` when the block ends without an error.

    :param mode: the permissions of the file; by default those that the umask leaves of 0666.
    """
    try:
        with _draft(path, mode) as stream:
            yield stream
    except OSError as exc:  # nobody knows the draft, and a full disk names no file
        prefix = _draft_prefix(os.path.basename(path))
        named = os.path.basename(str(exc.filename or prefix))
        if not named.startswith(prefix):
            raise  # of a file that the block reads
        raise OSError(exc.errno, exc.strerror, path) from exc


def _draft_prefix(name: str) -> str:
    # It hides the file from readers of a directory: they take names that end in .json only.
    return f".{name[:100]}."


@contextmanager
def _draft(path: str, mode: int | None) -> Iterator[IO[str]]:
    """Yield a stream of a new file beside ``path`` that replaces it."""
    directory, name = os.path.split(path)
    descriptor, temporary = tempfile.mkstemp(
        dir=directory or ".", prefix=_draft_prefix(name), suffix=".tmp"
    )
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
        os.chmod(temporary, _default_mode() if mode is None else mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _default_mode() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
