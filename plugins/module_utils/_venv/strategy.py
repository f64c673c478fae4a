# SPDX-License-Identifier: GPL-3.0-or-later
"""What an environment gets: what its options request, or, in a rebuild, what its record says."""

from __future__ import annotations

from typing import NamedTuple, Optional

from .._host.host import Host
from .fast_path import find_up_to_date, require_inputs
from .inputs import Inputs
from .outcome import Outcome
from .spec import ConvergeRequest, EnvironmentSpec
from .state import EnvironmentState


class Resolved(NamedTuple):
    """What is installed for a request, and what is put on record as requested."""

    request: ConvergeRequest
    inputs: Inputs


class RequestedState:
    """The usual strategy: an environment gets what its options request."""

    def find_up_to_date(self, spec: EnvironmentSpec, host: Host) -> Optional[Outcome]:
        """Return the outcome of an environment that needs no work; None where it may need some."""
        return find_up_to_date(spec, host)

    def resolve(
        self, request: ConvergeRequest, host: Host, current: EnvironmentState
    ) -> Resolved:
        """Return what to install; raises OperationError where a file that the options name cannot be read."""
        return Resolved(request, require_inputs(host, request.spec))
