# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a spec."""

from __future__ import annotations

from typing import Tuple

from .._host.record import NamedTuple
from .plan import PyenvPlan


class BuildResult(NamedTuple):
    """A version that was built."""

    name: str
    seconds: float
    missing_extensions: Tuple[str, ...]


class PyenvResult(NamedTuple):
    """The plan that was carried out, or in check mode would be."""

    plan: PyenvPlan
    builds: Tuple[BuildResult, ...] = ()
    unresolved: str = ""  # what check mode cannot know
    manager: str = ""


def log_path(root: str, name: str) -> str:
    """Return the log of a build, which can be followed while it runs."""
    return "%s/build-logs/%s.log" % (root, name)
