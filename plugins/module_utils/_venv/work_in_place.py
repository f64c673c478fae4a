# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuild an environment in its own directory, and restore what was there if that fails."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import Iterator, List

ASIDE = ".pyfleet-aside"


@contextmanager
def previous_contents_aside(directory: str) -> Iterator[None]:
    """Move the contents of a directory aside while a new environment is built in it; move them back on failure."""
    aside = os.path.join(directory, ASIDE)
    shutil.rmtree(aside, ignore_errors=True)  # of a run that was killed
    names = os.listdir(directory)
    if names:
        os.mkdir(aside)
        _move(names, directory, aside)
    try:
        yield
    except BaseException:
        if names:
            _remove_all(directory, os.path.basename(aside))
            _move(os.listdir(aside), aside, directory)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _move(names: List[str], source: str, target: str) -> None:
    for name in names:
        os.rename(os.path.join(source, name), os.path.join(target, name))


def _remove_all(directory: str, kept: str) -> None:
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        if name == kept:
            continue
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
