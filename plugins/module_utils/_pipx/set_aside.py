# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment that is set aside while another one is built in its place, so that a failure loses nothing."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import Iterator

from .state import ASIDE


def home_of(directory: str) -> str:
    """Return pipx's home of the environment at ``HOME/venvs/NAME``."""
    return os.path.dirname(os.path.dirname(directory))


def aside_path(directory: str) -> str:
    """Return where the environment at ``directory`` is while it is set aside."""
    return os.path.join(home_of(directory), ASIDE + os.path.basename(directory))


@contextmanager
def kept_aside(directory: str) -> Iterator[None]:
    """Set an environment aside while another one is built in its place; put it back where that fails."""
    os.rename(directory, aside_path(directory))
    try:
        yield
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        os.rename(aside_path(directory), directory)
        raise
    shutil.rmtree(aside_path(directory))


def restore_aside(directory: str) -> None:
    """Put back what an interrupted rebuild had set aside: it is complete, and the other one may not be."""
    if not os.path.lexists(
        aside_path(directory)
    ):  # the other run was still at work, and has ended
        return
    shutil.rmtree(directory, ignore_errors=True)
    os.rename(aside_path(directory), directory)
