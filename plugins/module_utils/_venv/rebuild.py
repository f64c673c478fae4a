# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuild environments that an upgrade of Python broke, with the versions that they had, without a playbook.

Environments that work are not changed. Root decides on the list of environments, the indexes and the interpreter. The
record in an environment belongs to its owner: only names and versions are read from it. Where root works itself, the
record and all files that are installed from must be root's as well.
"""

from __future__ import annotations

import os
from typing import Optional, Tuple

from .._host.host import Host
from .._process.commands import OperationError
from .._process.secrets import holds_credentials
from .._scan.read.trust import TrustReader
from .._scan.read.trusted_json import Unusable
from .fast_path import require_inputs
from .host_state import find_interpreter, gather_host_state
from .inputs import read_inputs
from .outcome import Outcome
from .owner import find_owner, owner_uid
from .plan import REBUILT, plan_environment
from .rebuild_list import Listed, read_environment_list
from .rebuild_plan import pin_versions, requires_hashes
from .rebuild_sources import find_recorded_spec
from .script_link_state import has_missing_links
from .spec import ConvergeRequest, EnvironmentSpec
from .state import RECORD, EnvironmentState, read_environment_state
from .strategy import RequestedState, Resolved
from .validate import validate_environment, validate_together

_HINT = "Run the playbook that created it."


def read_list(path: str) -> Tuple[Listed, ...]:
    """Read the list of environments; raises Unusable where it can't be read, or the module would refuse an entry."""
    with Host() as host:
        listed = read_environment_list(host, path)
    specs = [each.spec for each in listed]
    for refusal in (
        *validate_together(specs),
        *(each for spec in specs for each in validate_environment(spec)),
    ):
        raise Unusable("%s: %s" % (path, refusal.message))
    for spec in specs:
        if _holds_credentials(spec):
            message = "%s: the entry of %s contains credentials" % (path, spec.path)
            hint = "put those of an index into pip's configuration, those of a health check into a file that it reads"
            raise Unusable("%s; %s" % (message, hint))
    return listed


def _holds_credentials(spec: EnvironmentSpec) -> bool:
    urls = [spec.index_url, *spec.extra_index_urls, *spec.find_links, *spec.packages]
    return holds_credentials(
        [urls, spec.health_check._asdict() if spec.health_check else {}]
    )


class RecordedState(RequestedState):
    """The strategy of a rebuild: an environment that does not work any more gets what its record says.

    :param default_python: the interpreter where a spec names none.
    """

    def __init__(self, default_python: str) -> None:
        self._default_python = default_python

    def find_up_to_date(self, spec: EnvironmentSpec, host: Host) -> Optional[Outcome]:
        """Return the outcome of an environment that works; raises OperationError for one that can't be rebuilt."""
        current = read_environment_state(host, spec.path)
        if current.kind == "other":
            message = "%s is %s" % (spec.path, current.what)
            raise OperationError(
                "not-an-environment", message, "Remove it from the list."
            )
        if current.kind == "absent":
            raise OperationError("not-there", "%s does not exist" % spec.path, _HINT)
        if current.interrupted:
            return None
        if self._rebuild_reasons(spec, current, host) or has_missing_links(
            host, spec, current
        ):
            return None
        record = current.record
        python, version = str(record.get("python", "")), str(record.get("version", ""))
        return Outcome(
            spec.path, python=python, version=version, release=current.release
        )

    def _rebuild_reasons(
        self, spec: EnvironmentSpec, current: EnvironmentState, host: Host
    ) -> Tuple[str, ...]:
        """Return why an environment has to be rebuilt; empty where it works."""
        python = spec.python or self._default_python
        found = gather_host_state(
            host, current, find_owner(spec), [python] if python.startswith("/") else []
        )
        is_broken = any(code in REBUILT for code, _message in found.present.problems)
        requested = None
        if spec.python and not is_broken:
            try:
                requested = find_interpreter(host, spec.python, found.interpreters)
            except OperationError:
                return ()  # it works, and no better interpreter is there
        return plan_environment(spec, found.present, requested).because

    def resolve(
        self, request: ConvergeRequest, host: Host, current: EnvironmentState
    ) -> Resolved:
        """Return the recorded versions, to be installed on the interpreter that is there now."""
        spec, record = request.spec, current.record
        if not record:
            raise OperationError(
                "no-record", "%s has no record of its content" % spec.path, _HINT
            )
        _reject_files_of_others(spec, current)
        spec = find_recorded_spec(host, spec, record)
        _reject_files_of_others(spec, current)
        inputs = read_inputs(host, spec)
        is_unchanged = not inputs.missing and record["inputs"] == inputs.digest
        if requires_hashes(spec) and not is_unchanged:
            message = "the lock files of %s changed since it was built" % spec.path
            raise OperationError("lock-changed", message, _HINT)
        try:
            pinned = pin_versions(spec, record, is_unchanged)
        except ValueError as exc:
            message = "the record of %s is not valid: %s" % (spec.path, exc)
            raise OperationError("unsound-record", message, _HINT) from None
        # What the playbook requested is restored: its next run finds the digest of its own request.
        inputs = require_inputs(host, pinned)._replace(digest=record["inputs"])
        return Resolved(request._replace(spec=pinned), inputs)


def _reject_files_of_others(spec: EnvironmentSpec, current: EnvironmentState) -> None:
    """Raise OperationError where others than root and the owner could have written what is installed from."""
    local = [
        each[7:] if each.startswith("file://") else each
        for each in (*spec.find_links, *spec.packages)
    ]
    named = [*spec.requirements, *spec.constraints, spec.lock, *local]
    with Host(uid=owner_uid(find_owner(spec))) as theirs:
        files = [theirs.real(path) for path in named if path.startswith("/")]
        trust = TrustReader(theirs).judge(
            [os.path.join(current.prefix, RECORD), *(path for path in files if path)]
        )
    if not trust.trusted:
        message = "users other than the owner can write the sources of %s: %s" % (
            spec.path,
            "; ".join(trust.because),
        )
        raise OperationError(
            "untrusted-files",
            message,
            "Make root, or the owner of the environment, their owner.",
        )
