# SPDX-License-Identifier: GPL-3.0-or-later
"""The result for one application, and the fast path: where it is up to date, no process is started.

`converge` is imported only where there is something to do: importing it costs the target compile time.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

from .._process.commands import OperationError
from .plan import describe, plan, predict_changes
from .spec import PipxAppRequest
from .state import PipxAppState, gather_state


class PipxAppResult(NamedTuple):
    """What was done for one application, or in check mode would be; ``before`` and ``after`` are lines of a diff."""

    request: PipxAppRequest
    state: PipxAppState  # the present one
    before: str
    after: str
    changed: bool = False
    repaired: str = ""
    unresolved: str = ""
    failed: Optional[OperationError] = None


def compare_states(
    request: PipxAppRequest, before: PipxAppState, after: PipxAppState
) -> PipxAppResult:
    """Return the result that follows from the states before and after the work."""
    old, new = describe(before.application), describe(after.application)
    return PipxAppResult(request, after, old, new, changed=old != new)


def fast_result(request: PipxAppRequest) -> Optional[PipxAppResult]:
    """Return the result where the application is up to date or cannot be changed; None where there is work to do."""
    if request.missing_user:
        return _predict_for_missing_user(request)
    state = gather_state(request)
    result = compare_states(request, state, state)
    try:
        reject_taken_commands(request, state)
    except OperationError as exc:
        return result._replace(failed=exc)
    return result if is_up_to_date(request, state) else None


def _predict_for_missing_user(request: PipxAppRequest) -> PipxAppResult:
    changes = plan(request.spec, None)
    return PipxAppResult(
        request=request,
        state=PipxAppState(),
        before="",
        after=predict_changes(request.spec, None, changes),
        changed=bool(changes.steps),
        unresolved="there is no user %s yet" % request.missing_user
        if changes.steps
        else "",
    )


def is_up_to_date(request: PipxAppRequest, state: PipxAppState) -> bool:
    """Return whether the current state is the requested one; with ``state=latest`` only an index knows, so False."""
    return not plan(request.spec, state.application, state.links).steps


def reject_taken_commands(request: PipxAppRequest, state: PipxAppState) -> None:
    """Raise OperationError where something else holds the path of a command."""
    application = state.application
    if (
        application is not None
        and application.foreign
        and request.spec.state != "absent"
    ):
        message = "%s exists and belongs to something else" % application.foreign[0]
        raise OperationError("command-taken", message, "Move that file, or set suffix.")
