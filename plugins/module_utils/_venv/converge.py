# SPDX-License-Identifier: GPL-3.0-or-later
"""Converge environments: gather, plan, build in a child, check, switch, link and prune. The door for `venv`."""

from __future__ import annotations

import os
import shutil
import time
from functools import partial
from random import SystemRandom
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from .._host.host import Host
from .._install.contents import read_contents, verify_contents
from .._install.find_uv import find_uv
from .._process.accounts import Account
from .._process.commands import OperationError, Run
from .._process.environment import clean_environment, reject_unsupported_variables
from .._process.privilege_drop import run_in_child
from .._scan.select import Interpreter
from . import releases, script_links
from .build import BuildTask, Toolchain, build, predict_changes
from .build_result import BuildResult, parse_build_result, to_outcome
from .fast_path import find_up_to_date, require_inputs
from .foreign_content import reject_foreign_content
from .health import check_health, find_checker
from .host_state import (
    HostState,
    find_interpreter,
    gather_host_state,
    missing,
    pip_has_an_index,
)
from .inputs import Inputs
from .installer_choice import choose_installer, require_pip
from .outcome import Outcome, capture_outcome, recorded_outcome
from .owner import find_owner, has_requested_owner, owner_uid
from .owner_lock import environment_locked
from .parent_directory import PrivilegedFileAccess, find_writer
from .plan import Plan, compare, find_alterations, plan_environment
from .safety import find_untrusted_code, reject_loss, reject_shared_mode
from .spec import ConvergeRequest, EnvironmentSpec
from .state import (
    EnvironmentState,
    read_environment_state,
    read_record,
    releases_directory,
)
from .temporary import make_pip_bootstrap_directory
from .unresolved import predict_unless_missing
from .work_in_place import restore_previous_contents


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
        provide_python: Optional[Callable[[str], str]] = None,
    ) -> None:
        self._run = run
        self._check = check
        self._default_python = default_python
        self._log = log
        self._strategy = strategy if strategy is not None else RequestedState()
        self._provide_python = provide_python
        self._many = False
        self._pip_bootstraps: Dict[Optional[Account], str] = {}
        self._host_states: Dict[Tuple[Optional[Account], str], HostState] = {}

    def converge(self, requests: Sequence[ConvergeRequest]) -> List[Outcome]:
        """Converge all environments and return their outcomes; one that fails does not stop the others."""
        self._many = len(requests) > 1
        try:
            outcomes = [self._capture(each) for each in requests]
            return [outcome for outcome in outcomes if outcome is not None]
        finally:
            for account, directory in self._pip_bootstraps.items():
                self._run_as(
                    account, partial(shutil.rmtree, directory, ignore_errors=True)
                )
            self._pip_bootstraps.clear()

    def _capture(self, request: ConvergeRequest) -> Optional[Outcome]:
        work = partial(self._converge_one, request)
        return capture_outcome(
            request.spec,
            partial(predict_unless_missing, request.spec, self._check, work),
        )

    def _run_as(self, account: Optional[Account], work: Callable[[], Any]) -> Any:
        environment, _credentials = clean_environment(account, {})
        return run_in_child(lambda say: work(), account, environment)

    def _pip_bootstrap(self, account: Optional[Account], path: str) -> str:
        """Return a directory in which an unpacked pip stays for the next environment of the same owner."""
        if self._many and account not in self._pip_bootstraps:
            self._pip_bootstraps[account] = str(
                self._run_as(account, partial(make_pip_bootstrap_directory, path))
            )
        return self._pip_bootstraps.get(account, "")

    # -- one environment -----------------------------------------------------------------------------------------------
    def _converge_one(self, request: ConvergeRequest) -> Outcome:
        spec = request.spec
        if self._check:
            with Host() as host:
                return self._strategy.find_up_to_date(spec, host) or self._change(
                    request, host
                )
        with environment_locked(spec), Host() as host:
            return self._strategy.find_up_to_date(spec, host) or self._change(
                request, host
            )

    def _change(self, request: ConvergeRequest, host: Host) -> Outcome:
        spec = request.spec
        account = find_owner(spec)
        current = read_environment_state(host, spec.path)
        reject_shared_mode(spec, account)
        if current.interrupted and spec.state != "absent":
            if self._check:
                return Outcome(
                    path=spec.path,
                    changed=True,
                    unresolved="a rebuild that was killed is undone first",
                )
            current = self._restore_interrupted(spec, current, account)
        files = PrivilegedFileAccess(
            find_writer(spec.path, owner_uid(account), host), account, self._log
        )
        context = Context(request, current, host, files)
        script_links.reject_foreign_links(host, spec, files.uid)
        if spec.health_check is not None:
            find_checker(spec.health_check, account)
        if spec.state == "absent":
            return self._remove(context)
        if spec.release:
            return self._switch_back(context)
        task, found = self._prepare(context)
        if self._check:
            result = self._run_in_child(predict_changes, task, account)
            outcome = to_outcome(task, found, result, current.release)
            return self._predict_links(context, outcome)
        return self._build(task, found, context)

    def _restore_interrupted(
        self,
        spec: EnvironmentSpec,
        current: EnvironmentState,
        account: Optional[Account],
    ) -> EnvironmentState:
        """Restore what a killed rebuild in place had set aside; return the state after that."""
        if current.uid != owner_uid(account):
            message = (
                "a rebuild of %s was killed, and what it set aside belongs to another user"
                % spec.path
            )
            raise OperationError(
                "other-owner", message, "Set owner to the owner of the directory."
            )
        self._log("restoring what a killed run had set aside")
        self._run_as(account, partial(restore_previous_contents, current.prefix))
        with Host() as host:
            return read_environment_state(host, spec.path)

    def _prepare(self, context: Context) -> Tuple[BuildTask, HostState]:
        """Return what the child builds, and the state of the host that it was planned with."""
        current, host, account = context.current, context.host, context.files.account
        request, inputs = self._strategy.resolve(context.request, host, current)
        spec = request.spec
        if (
            spec.strategy == "in_place"
            and current.kind != "absent"
            and not has_requested_owner(spec, current)
        ):
            hint = "Set owner to its owner, or set strategy=atomic, which builds a new release for the new owner."
            raise OperationError(
                "other-owner", "%s belongs to another user or group" % spec.path, hint
            )
        python = self._find_requested_python(spec)
        found = self._gather_host_state(
            host, current, account, python or self._default_python
        )
        requested = (
            find_interpreter(host, python, found.interpreters) if python else None
        )
        if current.prefix and current.kind != "absent":
            found = _add_problems(host, spec, current, found)
        plan = plan_environment(spec._replace(python=python), found.present, requested)
        reject_loss(host, spec, current, plan)
        interpreter = _kept_interpreter(plan, found) or requested
        if interpreter is None:
            interpreter = find_interpreter(
                host, python or self._default_python, found.interpreters
            )
        reject_unsupported_variables()
        toolchain = self._make_toolchain(
            context._replace(request=request),
            found,
            interpreter=interpreter,
            inputs=inputs,
        )
        return BuildTask(
            spec=spec, plan=plan, current=current, inputs=inputs, toolchain=toolchain
        ), found

    def _find_requested_python(self, spec: EnvironmentSpec) -> str:
        """Return what the option `python` requests; of `python_source=uv`, the interpreter of uv."""
        if spec.python_source != "uv" or self._provide_python is None:
            return spec.python
        return self._provide_python(spec.python)

    def _gather_host_state(
        self,
        host: Host,
        current: EnvironmentState,
        account: Optional[Account],
        python: str,
    ) -> HostState:
        """Return the state of the host; the interpreters found for an earlier environment are used for a new one."""
        key = (account, python)
        if current.prefix or key not in self._host_states:
            found = gather_host_state(
                host, current, account, [python] if python.startswith("/") else []
            )
            self._host_states[key] = found
            return found
        return self._host_states[key]._replace(present=missing(current))

    def _make_toolchain(
        self,
        context: Context,
        found: HostState,
        *,
        interpreter: Interpreter,
        inputs: Inputs,
    ) -> Toolchain:
        """Return what builds the environment."""
        spec, host, account = context.spec, context.host, context.files.account
        environment, credentials = clean_environment(account, inputs.variables)
        uv = find_uv(host, account, os.environ.get("PATH", ""))
        if any(each.editable for each in inputs.references):
            installer = require_pip(spec)
        else:
            pip_only = pip_has_an_index(host, account, environment)
            installer = choose_installer(
                spec, found, interpreter, uv=uv, pip_only=pip_only
            )
        return Toolchain(
            interpreter=interpreter,
            installer=installer,
            uv=uv,
            pip_bootstrap=self._pip_bootstrap(account, spec.path),
            environment=environment,
            credentials=(*context.request.credentials, *credentials),
            run=self._run,
        )

    def _run_in_child(
        self,
        work: Callable[..., Dict[str, Any]],
        task: BuildTask,
        account: Optional[Account],
    ) -> BuildResult:
        environment = task.toolchain.environment
        answer = run_in_child(
            lambda say: work(task, say), account, environment, report=self._log
        )
        return parse_build_result(answer)

    def _predict_links(self, context: Context, outcome: Outcome) -> Outcome:
        """Return an outcome with the links that a real run would change."""
        spec, current, host = context.spec, context.current, context.host
        is_new_release = spec.strategy == "atomic" and bool(
            outcome.done or outcome.rebuilt or any(outcome.difference)
        )
        if (is_new_release and spec.links) or script_links.differ(host, spec, current):
            return outcome._replace(done=(*outcome.done, "links"), changed=True)
        return outcome

    def _build(self, task: BuildTask, found: HostState, context: Context) -> Outcome:
        """Build, check and switch; remove what was built if a step fails or if it equals the current release."""
        spec, current, files = task.spec, task.current, context.files
        is_atomic = spec.strategy == "atomic"
        release = (
            releases.new_release_id(spec.path, time.time(), SystemRandom())
            if is_atomic
            else ""
        )
        target = (
            os.path.join(releases_directory(spec.path), release)
            if is_atomic
            else (current.prefix or spec.path)
        )
        task = task._replace(target=target, release=release)
        if is_atomic:
            files.run(lambda: releases.clean_leftovers(spec.path))
        files.make_directory(target)
        try:
            result = self._run_in_child(build, task, files.account)
            if is_atomic and not result.same:
                self._check_health(task, files)
                self._switch(task, files)
        except BaseException:
            if is_atomic:
                files.run(lambda: releases.remove_release(spec.path, release))
            elif current.kind == "absent":
                files.run(lambda: releases.remove_failed(target))
            raise
        if result.same and is_atomic:
            files.run(lambda: releases.remove_release(spec.path, release))
        outcome = to_outcome(
            task, found, result, current.release if result.same else release
        )
        if self._update_links(context):
            outcome = outcome._replace(done=(*outcome.done, "links"), changed=True)
        if is_atomic and not result.same:
            files.run(lambda: releases.prune(spec.path, spec.keep))
        return outcome

    def _update_links(self, context: Context) -> bool:
        """Point the links to what is there now; return whether that changed any."""
        with Host() as host:
            now = read_environment_state(host, context.spec.path)
            return script_links.update_links(
                host,
                context.spec,
                current=now,
                before=context.current,
                files=context.files,
            )

    def _check_health(self, task: BuildTask, files: PrivilegedFileAccess) -> None:
        check = task.spec.health_check
        if check is not None:
            self._log("running the health check of the new release")
            check_health(
                self._run, check, task.target, find_checker(check, files.account)
            )

    def _switch(self, task: BuildTask, files: PrivilegedFileAccess) -> None:
        path, release = task.spec.path, task.release
        if task.plan.adopt:
            old = releases.earlier_release_id(release, SystemRandom())
            files.run(lambda: releases.adopt(path, release, old))
        else:
            files.run(lambda: releases.switch(path, release))

    # -- other states --------------------------------------------------------------------------------------------------
    def _remove(self, context: Context) -> Outcome:
        spec, current, host = context.spec, context.current, context.host
        if current.kind == "directory":
            reject_foreign_content(host, current.prefix, "removed")
        before = read_contents(host, current.prefix).packages if current.prefix else {}
        if not self._check:
            script_links.remove_links(host, spec, current=current, files=context.files)
            context.files.run(lambda: releases.remove_environment(spec.path))
        return Outcome(
            path=spec.path,
            changed=True,
            previous=current.release,
            before=before,
            difference=compare(before, {}),
            done=("removed",),
        )

    def _switch_back(self, context: Context) -> Outcome:
        """Make a kept release the current one."""
        spec, current, host = context.spec, context.current, context.host
        prefix = _require_release(spec, current, host)
        if current.kind == "directory" and not self._check:
            hint = "Run the module with strategy=atomic first."
            raise OperationError(
                "not-switched", "%s is a plain directory" % spec.path, hint
            )
        before = read_contents(host, current.prefix).packages if current.prefix else {}
        after = read_contents(host, prefix).packages
        is_switched = current.release != spec.release
        if not self._check:
            if is_switched:
                context.files.run(lambda: releases.switch(spec.path, spec.release))
            self._update_links(context)
        state = current._replace(
            prefix=prefix, release=spec.release, record=read_record(host, prefix)
        )
        return recorded_outcome(spec, state)._replace(
            changed=True,
            previous=current.release,
            before=before,
            after=after,
            difference=compare(before, after),
            done=("switched",) if is_switched else ("links",),
        )


def _require_release(
    spec: EnvironmentSpec, current: EnvironmentState, host: Host
) -> str:
    """Return the directory of a kept release; raises OperationError where it is missing or does not work."""
    prefix = os.path.join(releases_directory(spec.path), spec.release)
    if spec.release not in current.releases:
        kept = ", ".join(current.releases) or "none"
        message = "there is no kept release %s of %s" % (spec.release, spec.path)
        raise OperationError("no-such-release", message, "Kept: %s." % kept)
    if not host.real(prefix + "/bin/python"):
        hint = "Set the packages of the environment instead of release."
        raise OperationError(
            "release-broken",
            "the interpreter of release %s is gone" % spec.release,
            hint,
        )
    return prefix


def _kept_interpreter(plan: Plan, found: HostState) -> Optional[Interpreter]:
    """Return the interpreter that an environment keeps, or None where it is built from nothing."""
    if plan.base != "copy":
        return None
    return next(
        (each for each in found.interpreters if each.canonical == found.present.python),
        None,
    )


def _add_problems(
    host: Host, spec: EnvironmentSpec, current: EnvironmentState, found: HostState
) -> HostState:
    """Return the state of the host with the problems of an environment that neither pip nor a scan finds."""
    messages = []
    account = find_owner(spec)
    if current.uid != owner_uid(account):
        messages.append(
            "It belongs to another user, and the module does not adopt files of other users."
        )
    else:
        messages.append(find_untrusted_code(host, spec, current, account))
    contents = read_contents(host, current.prefix)
    messages.append(
        find_alterations(
            current.record, contents.packages, contents.builds, contents.scripts
        )
    )
    if spec.verify == "full":
        paths = verify_contents(host, current.prefix)
        messages.append(
            "Files are missing or altered: %s." % ", ".join(paths[:5]) if paths else ""
        )
    problems = tuple(("altered", message) for message in messages if message)
    return found._replace(
        present=found.present._replace(problems=(*found.present.problems, *problems))
    )
