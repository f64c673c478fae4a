# SPDX-License-Identifier: GPL-3.0-or-later
"""Converge environments: gather, plan, build in a child, check, switch, link and prune. The door for `venv`."""

from __future__ import annotations

from functools import partial
from typing import Callable, List, Optional, Sequence

from .._host.host import Host
from .._process.accounts import Account
from .._process.commands import OperationError, Run
from .._process.environment import clean_environment
from .._process.privilege_drop import run_in_child
from . import script_links
from .build_result import to_outcome
from .context import Context
from .health import find_checker
from .other_states import remove, switch_back
from .outcome import Outcome, capture_outcome
from .owner import find_owner, owner_uid
from .owner_lock import environment_locked
from .parent_directory import PrivilegedFileAccess, find_writer
from .predict import predict_changes
from .preparation import Preparation, ProvidePython
from .release_build import answer_of_child, build_release
from .safety import reject_shared_mode
from .shared_pips import SharedPips
from .spec import ConvergeRequest, EnvironmentSpec
from .state import EnvironmentState, read_environment_state
from .strategy import RequestedState
from .unresolved import predict_unless_missing
from .work_in_place import restore_previous_contents


class Converger:
    """Converges one environment after the other; what one builds or reads can speed up the next.

    :param run: runs commands.
    :param check: predict what would change, and change nothing.
    :param default_python: the interpreter where a spec names none: the one that Ansible itself uses.
    :param log: is called with each line of progress.
    :param strategy: decides what an environment gets.
    :param provide_python: installs a version of Python where it is missing, and returns its interpreter, for
        `python_source=uv`; without it, that is one of the installed ones.
    """

    def __init__(
        self,
        run: Run,
        *,
        check: bool,
        default_python: str,
        log: Callable[[str], None],
        strategy: Optional[RequestedState] = None,
        provide_python: Optional[ProvidePython] = None,
    ) -> None:
        self._check = check
        self._log = log
        self._strategy = strategy if strategy is not None else RequestedState()
        self._preparation = Preparation(
            run,
            self._strategy,
            default_python=default_python,
            provide_python=provide_python,
        )

    def converge(self, requests: Sequence[ConvergeRequest]) -> List[Outcome]:
        """Converge all environments and return their outcomes; one that fails does not stop the others."""
        shared_pips = SharedPips(is_used=len(requests) > 1)
        try:
            outcomes = [self._capture(each, shared_pips) for each in requests]
            return [outcome for outcome in outcomes if outcome is not None]
        finally:
            shared_pips.remove_all()

    def _capture(
        self, request: ConvergeRequest, shared_pips: SharedPips
    ) -> Optional[Outcome]:
        spec = request.spec
        work = partial(self._converge_one, request, shared_pips)
        predict = partial(predict_unless_missing, spec, self._check, work)
        return capture_outcome(spec, predict)

    def _converge_one(
        self, request: ConvergeRequest, shared_pips: SharedPips
    ) -> Outcome:
        if self._check:
            return self._converge_locked(request, shared_pips)
        with environment_locked(request.spec):
            return self._converge_locked(request, shared_pips)

    def _converge_locked(
        self, request: ConvergeRequest, shared_pips: SharedPips
    ) -> Outcome:
        with Host() as host:
            outcome = self._strategy.find_up_to_date(request.spec, host)
            return outcome or self._change(request, host, shared_pips)

    def _change(
        self, request: ConvergeRequest, host: Host, shared_pips: SharedPips
    ) -> Outcome:
        """Bring an environment that is not up to date into its requested state, or predict that."""
        spec = request.spec
        account = find_owner(spec)
        current = read_environment_state(host, spec.path)
        reject_shared_mode(spec, account)
        if current.interrupted and spec.state != "absent":
            if self._check:
                reason = "a killed rebuild is undone first"
                return Outcome(path=spec.path, changed=True, unresolved=reason)
            current = self._restore_interrupted(spec, current, account)
        writer = find_writer(spec.path, owner_uid(account), host)
        files = PrivilegedFileAccess(writer, account, self._log)
        context = Context(request, current, host, files)
        script_links.reject_foreign_links(host, spec, files.uid)
        if spec.health_check is not None:
            find_checker(spec.health_check, account)
        if spec.state == "absent":
            return remove(context, check=self._check)
        if spec.release:
            return switch_back(context, check=self._check)
        return self._build(context, shared_pips)

    def _build(self, context: Context, shared_pips: SharedPips) -> Outcome:
        task, found = self._preparation.prepare(context, shared_pips)
        if not self._check:
            return build_release(task, found, context, self._log)
        result = answer_of_child(
            predict_changes, task, context.files.account, self._log
        )
        outcome = to_outcome(task, found, result, context.current.release)
        return _predict_links(context, outcome)

    def _restore_interrupted(
        self,
        spec: EnvironmentSpec,
        current: EnvironmentState,
        account: Optional[Account],
    ) -> EnvironmentState:
        """Restore what a killed rebuild in place had set aside; return the state after that."""
        if current.uid != owner_uid(account):
            message = (
                "a rebuild of %s was killed, and what it moved aside belongs to another user"
                % spec.path
            )
            hint = "Set owner to the owner of the directory."
            raise OperationError("other-owner", message, hint)
        self._log("restoring what a killed run moved aside")
        environment, _credentials = clean_environment(account, {})
        restore = partial(restore_previous_contents, current.prefix)
        run_in_child(lambda say: restore(), account, environment)
        with Host() as host:
            return read_environment_state(host, spec.path)


def _predict_links(context: Context, outcome: Outcome) -> Outcome:
    """Return an outcome with the links that a real run would change."""
    spec = context.spec
    has_changes = bool(outcome.done or outcome.rebuilt or any(outcome.difference))
    is_new_release = spec.strategy == "atomic" and has_changes
    if (is_new_release and spec.links) or script_links.differ(
        context.host, spec, context.current
    ):
        return outcome._replace(done=(*outcome.done, "links"), changed=True)
    return outcome
