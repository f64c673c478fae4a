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
    directory, name = os.path.split(path)
    prefix = _draft_prefix(name)
    try:
        descriptor, draft = tempfile.mkstemp(
            dir=directory or ".", prefix=prefix, suffix=".tmp"
        )
    except OSError as exc:
        raise OSError(exc.errno, exc.strerror, path) from exc
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
        os.chmod(draft, _default_mode() if mode is None else mode)
        os.replace(draft, path)
    except OSError as exc:
        os.unlink(draft)
        if not _is_about_draft(exc, prefix):
            raise  # of a file that the block reads
        raise OSError(exc.errno, exc.strerror, path) from exc
    except BaseException:
        os.unlink(draft)
        raise


def _draft_prefix(name: str) -> str:
    # It hides the file from readers of a directory: they take names that end in .json only.
    return f".{name[:100]}."


def _is_about_draft(error: OSError, prefix: str) -> bool:
    """Return whether an error is of the draft, which nobody knows; a full disk names no file."""
    named = os.path.basename(str(error.filename or prefix))
    return named.startswith(prefix)


def _default_mode() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
