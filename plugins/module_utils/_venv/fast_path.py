# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast path: find out by reading alone, with as few imports as possible, that nothing has to be done."""

from __future__ import annotations

from functools import partial
from typing import List, Optional, Sequence

from .._host.host import Host
from .._install.contents import read_contents, verify_contents
from .._process.commands import OperationError
from .inputs import Inputs, read_inputs
from .outcome import Outcome, capture_outcome, recorded_outcome
from .owner import has_requested_owner
from .plan import why_outdated
from .script_link_state import has_links_left, has_missing_links, obsolete_links
from .spec import ConvergeRequest, EnvironmentSpec
from .state import EnvironmentState, read_environment_state
from .unresolved import predict_unless_missing


def find_all_up_to_date(
    requests: Sequence[ConvergeRequest], *, check: bool
) -> List[Optional[Outcome]]:
    """Return the outcome of each request that needs no work or is invalid here; None for the others."""
    outcomes = []
    with Host() as host:
        for spec in (request.spec for request in requests):
            work = partial(
                predict_unless_missing,
                spec,
                check,
                partial(find_up_to_date, spec, host),
            )
            outcomes.append(capture_outcome(spec, work))
    return outcomes


def find_up_to_date(spec: EnvironmentSpec, host: Host) -> Optional[Outcome]:
    """Return the outcome of an environment that needs no work; None where it may need some.

    Raises OperationError where the path holds something that is no environment of ours.
    """
    current = read_environment_state(host, spec.path)
    if current.kind == "other":
        hint = "Move it, or use another path. Nothing was changed."
        raise OperationError(
            "not-an-environment", "%s is %s" % (spec.path, current.what), hint
        )
    if spec.state == "absent":
        is_gone = _is_gone(current) and not has_links_left(host, spec)
        return Outcome(spec.path) if is_gone else None
    if spec.release:
        return _compare_release(spec, current, host)
    if spec.state == "latest" or current.kind == "absent":
        return None
    if (
        current.unfinished or current.interrupted
    ):  # of a run that was killed, or of one that is at work
        return None
    return _compare_with_record(spec, current, host)


def _is_gone(current: EnvironmentState) -> bool:
    """Return whether neither the environment nor one of its releases is there."""
    return current.kind == "absent" and not (current.releases or current.unfinished)


def _compare_release(
    spec: EnvironmentSpec, current: EnvironmentState, host: Host
) -> Optional[Outcome]:
    """Return the outcome where the requested release is the current one, with its links."""
    if current.release != spec.release or not current.prefix:
        return None
    if has_missing_links(host, spec, current):
        return None
    return recorded_outcome(spec, current)


def _compare_with_record(
    spec: EnvironmentSpec, current: EnvironmentState, host: Host
) -> Optional[Outcome]:
    """Return the outcome where the inputs, the contents, the owner, the mode and the links are as on record."""
    inputs = require_inputs(host, spec)
    if inputs.may_change or current.record.get("inputs") != inputs.digest:
        return None
    contents = read_contents(host, current.prefix)
    if why_outdated(spec, current.kind, current.record, inputs.digest, contents.digest):
        return None
    if not has_requested_owner(spec, current) or (
        spec.mode and int(spec.mode, 8) != current.mode
    ):
        return None
    if has_missing_links(host, spec, current) or obsolete_links(host, spec, current):
        return None
    if spec.verify == "full" and verify_contents(host, current.prefix):
        return None
    return recorded_outcome(spec, current)._replace(
        before=contents.packages, after=contents.packages
    )


def require_inputs(host: Host, spec: EnvironmentSpec) -> Inputs:
    """Read all files that a spec names; raises OperationError where one cannot be read."""
    inputs = read_inputs(host, spec)
    if inputs.missing:
        path, reason = inputs.missing[0]
        hint = "Put the file on the host before this task, where the owner of the environment can read it."
        raise OperationError("no-such-file", "%s: %s" % (path, reason), hint)
    return inputs
