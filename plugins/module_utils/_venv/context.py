# SPDX-License-Identifier: GPL-3.0-or-later
"""One environment at work."""

from __future__ import annotations

from typing import NamedTuple

from .._host.host import Host
from .parent_directory import PrivilegedFileAccess
from .spec import ConvergeRequest, EnvironmentSpec
from .state import EnvironmentState


class Context(NamedTuple):
    """One environment at work: what is requested, what is there, and who changes files."""

    request: ConvergeRequest
    current: EnvironmentState
    host: Host
    files: PrivilegedFileAccess

    @property
    def spec(self) -> EnvironmentSpec:
        """Return the requested state."""
        return self.request.spec
