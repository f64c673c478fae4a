# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuild an environment in its own directory, and restore what was there if that fails or is killed.

The previous contents lie in a directory of the environment meanwhile. Its name says what a killed run was doing, and
each step from one name to the next is one rename:

1. ``MOVING``: the contents are moved in, or back. Nothing else has been built.
2. ``ASIDE``: they are complete. Everything beside it is unfinished.
3. ``REPLACED``: everything beside it is finished.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import Iterator, List

from .state import ASIDE, MOVING, REPLACED, TEMPORARY_NAMES


@contextmanager
def previous_contents_aside(directory: str) -> Iterator[None]:
    """Move the contents of a directory aside while a new environment is built in it; move them back on failure."""
    restore_previous_contents(directory)
    names = os.listdir(directory)
    if not names:
        yield
        return
    moving, aside = os.path.join(directory, MOVING), os.path.join(directory, ASIDE)
    try:
        os.mkdir(moving)
        _move(names, directory, moving)
        os.rename(moving, aside)
        yield
    except BaseException:
        restore_previous_contents(directory)
        raise
    replaced = os.path.join(directory, REPLACED)
    os.rename(aside, replaced)
    shutil.rmtree(replaced, ignore_errors=True)


def restore_previous_contents(directory: str) -> None:
    """Put back what an unfinished rebuild set aside, and remove what it built; or remove what a finished one left.

    It can itself be interrupted at any moment, and be called again.
    """
    moving, aside = os.path.join(directory, MOVING), os.path.join(directory, ASIDE)
    if os.path.isdir(aside):
        _remove_all(directory)
        os.rename(aside, moving)
    if os.path.isdir(moving):
        _move(os.listdir(moving), moving, directory)
        os.rmdir(moving)
    shutil.rmtree(os.path.join(directory, REPLACED), ignore_errors=True)


def _move(names: List[str], source: str, target: str) -> None:
    for name in names:
        os.rename(os.path.join(source, name), os.path.join(target, name))


def _remove_all(directory: str) -> None:
    """Remove everything in a directory but what was set aside."""
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        if name in TEMPORARY_NAMES:
            continue
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
