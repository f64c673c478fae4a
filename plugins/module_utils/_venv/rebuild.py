# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuilds environments that an upgrade of Python broke, with the versions that they had; needs no playbook.

Sound ones are left alone. What decides is root's: the list of environments, the indexes, the interpreter. The record in
an environment is its owner's, and says names and versions only. Where root does the work itself, the record and all
files that are installed from must be root's as well.
"""

from __future__ import annotations

import os
from typing import Optional, Tuple

from .._host.host import Host
from .._process.accounts import Account
from .._process.commands import OperationError
from .._process.secrets import holds_credentials
from .._scan.read.trust import TrustReader
from . import build as building
from .converge import Converger
from .fast_path import Order, Outcome
from .host_state import Survey, find_interpreter, survey
from .inputs import read_inputs
from .link_state import are_missing
from .owner import account_of
from .plan import REBUILT, plan_environment
from .rebuild_list import Listed, Unusable, read_environment_list
from .rebuild_plan import is_by_hash, pin
from .rebuild_sources import find_recorded_spec
from .spec import EnvironmentSpec
from .state import RECORD, EnvironmentState, read_environment_state
from .validate import refuse, refuse_together

_HINT = "Run the playbook that made it."


def read_list(path: str) -> Tuple[Listed, ...]:
    """Read the list of environments; raises Unusable where it can't be used, or asks for what the module refuses."""
    with Host() as host:
        listed = read_environment_list(host, path)
    specs = [each.spec for each in listed]
    for refusal in (*refuse_together(specs), *(each for spec in specs for each in refuse(spec))):
        raise Unusable("%s: %s" % (path, refusal.message))
    for spec in specs:
        if _holds_credentials(spec):
            message = (
                "%s: the entry of %s holds credentials; those of an index belong into pip's own configuration on the"
            )
            raise Unusable(
                message % (path, spec.path) + " host, those of a health check into a file that its command reads"
            )
    return listed


def _holds_credentials(spec: EnvironmentSpec) -> bool:
    urls = [spec.index_url, *spec.extra_index_urls, *spec.find_links, *spec.packages]
    return holds_credentials([urls, spec.health_check._asdict() if spec.health_check else {}])


class Rebuilder(Converger):
    """Makes environments anew that do not work any more, each under its lock and in one step, as a converge does."""

    def _settled(self, spec: EnvironmentSpec, host: Host) -> Optional[Outcome]:
        """Give the outcome of an environment that works, and raise Failed for one that can't be rebuilt."""
        current = read_environment_state(host, spec.path)
        if current.kind == "other":
            raise OperationError("not-an-environment", "%s is %s" % (spec.path, current.what), "Take it off the list.")
        if current.kind == "absent":
            raise OperationError("not-there", "%s is not there" % spec.path, _HINT)
        if self._why(spec, current, host) or are_missing(host, spec, current):
            return None
        record = current.record
        python, version = str(record.get("python", "")), str(record.get("version", ""))
        return Outcome(spec.path, python=python, version=version, release=current.release)

    def _why(self, spec: EnvironmentSpec, current: EnvironmentState, host: Host) -> Tuple[str, ...]:
        """Tell why an environment is to be made anew; empty where it is sound."""
        account = account_of(spec)
        wanted = spec.python or self._default_python
        found = survey(host, current, account, [wanted] if wanted.startswith("/") else [])
        broken = any(code in REBUILT for code, _message in found.present.problems)
        asked = None
        if spec.python and not broken:
            try:
                asked = find_interpreter(host, spec.python, found.interpreters)
            except OperationError:
                return ()  # it works, and there is nothing better to stand on
        return plan_environment(spec, found.present, asked).because

    def _prepare(
        self, order: Order, host: Host, current: EnvironmentState, account: Optional[Account]
    ) -> Tuple[building.Task, Survey]:
        """Ask for what is on record, on the interpreter that is there now."""
        spec, record = order.spec, current.record
        if not record:
            raise OperationError("no-record", "what was in %s is not on record" % spec.path, _HINT)
        _refuse_files_of_others(spec, current, account)
        spec = find_recorded_spec(host, spec, record)
        _refuse_files_of_others(spec, current, account)
        inputs = read_inputs(host, spec)
        unchanged = not inputs.missing and record["inputs"] == inputs.digest
        if is_by_hash(spec) and not unchanged:
            message = "the files that %s is locked by are not those that it was made from" % spec.path
            raise OperationError("lock-changed", message, _HINT)
        try:
            pinned = pin(spec, record, unchanged)
        except ValueError as exc:
            raise OperationError(
                "unsound-record", "the record of %s is not sound: %s" % (spec.path, exc), _HINT
            ) from None
        task, found = super()._prepare(order._replace(spec=pinned), host, current, account)
        # What the playbook asked for is there again: its next run need not look further.
        return task._replace(inputs=record["inputs"]), found


def _refuse_files_of_others(spec: EnvironmentSpec, current: EnvironmentState, account: Optional[Account]) -> None:
    """Fail where somebody but root and who does the work could have written what is worked from."""
    local = [each[7:] if each.startswith("file://") else each for each in (*spec.find_links, *spec.packages)]
    named = [*spec.requirements, *spec.constraints, spec.lock, *local]
    with Host(uid=os.geteuid() if account is None else account.uid) as theirs:
        files = [theirs.real(path) for path in named if path.startswith("/")]
        trust = TrustReader(theirs).judge([os.path.join(current.prefix, RECORD), *(path for path in files if path)])
    if not trust.trusted:
        message = "others could have written what %s would be made from: %s" % (spec.path, "; ".join(trust.because))
        raise OperationError("untrusted-files", message, "Give them to root, or to the owner of the environment.")
