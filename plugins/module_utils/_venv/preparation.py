# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepare a build: read the host, plan, and choose the interpreter and the installer."""

from __future__ import annotations

import os
from typing import Callable, Dict, Optional, Tuple

from .._host.host import Host
from .._install.contents import read_contents, verify_contents
from .._install.find_uv import find_uv
from .._process.accounts import Account
from .._process.commands import OperationError, Run
from .._process.environment import clean_environment, reject_unsupported_variables
from .._scan.select import Interpreter
from .build_task import BuildTask, Toolchain
from .context import Context
from .host_state import (
    HostState,
    find_interpreter,
    gather_host_state,
    missing,
    pip_has_an_index,
)
from .inputs import Inputs
from .installer_choice import choose_installer, require_pip
from .owner import find_owner, has_requested_owner, owner_uid
from .plan import Plan, find_alterations, plan_environment
from .safety import find_untrusted_code, reject_loss
from .shared_pips import SharedPips
from .spec import EnvironmentSpec
from .state import EnvironmentState
from .strategy import RequestedState

#: Installs a version of Python where it is missing, and returns its interpreter.
ProvidePython = Callable[[str], str]


class Preparation:
    """Prepares the builds of one call; what is found for one environment is used for the next.

    :param run: runs commands.
    :param strategy: decides what an environment gets.
    :param default_python: the interpreter where a spec names none.
    :param provide_python: of `python_source=uv`; without it, that is one of the installed ones.
    """

    def __init__(
        self,
        run: Run,
        strategy: RequestedState,
        *,
        default_python: str,
        provide_python: Optional[ProvidePython],
    ) -> None:
        self._run = run
        self._strategy = strategy
        self._default_python = default_python
        self._provide_python = provide_python
        self._host_states: Dict[Tuple[Optional[Account], str], HostState] = {}

    def prepare(
        self, context: Context, shared_pips: SharedPips
    ) -> Tuple[BuildTask, HostState]:
        """Return what the child builds, and the state of the host that it was planned with.

        Raises OperationError where that cannot be built, or would lose what is not the environment's.
        """
        current, host, account = context.current, context.host, context.files.account
        request, inputs = self._strategy.resolve(context.request, host, current)
        spec = request.spec
        _reject_other_owner(spec, current)
        python = self._find_requested_python(spec)
        used_python = python or self._default_python
        found = self._gather_host_state(host, current, account, used_python)
        requested = None
        if python:
            requested = find_interpreter(host, python, found.interpreters)
        if current.prefix and current.kind != "absent":
            found = _add_problems(host, spec, current, found)
        plan = plan_environment(spec._replace(python=python), found.present, requested)
        reject_loss(host, spec, current, plan)
        interpreter = _kept_interpreter(plan, found) or requested
        if interpreter is None:
            interpreter = find_interpreter(host, used_python, found.interpreters)
        reject_unsupported_variables()
        toolchain = self._make_toolchain(
            context._replace(request=request),
            found,
            interpreter=interpreter,
            inputs=inputs,
            pip_bootstrap=shared_pips.directory(account, spec.path),
        )
        task = BuildTask(
            spec=spec, plan=plan, current=current, inputs=inputs, toolchain=toolchain
        )
        return task, found

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
        pip_bootstrap: str,
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
            pip_bootstrap=pip_bootstrap,
            environment=environment,
            credentials=(*context.request.credentials, *credentials),
            run=self._run,
        )


def _reject_other_owner(spec: EnvironmentSpec, current: EnvironmentState) -> None:
    """Raise OperationError where an environment that is changed in place belongs to another user or group."""
    if spec.strategy != "in_place" or current.kind == "absent":
        return
    if not has_requested_owner(spec, current):
        message = "%s belongs to another user or group" % spec.path
        hint = "Set owner to its owner, or set strategy=atomic, which builds a new release for the new owner."
        raise OperationError("other-owner", message, hint)


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
    account = find_owner(spec)
    messages = []
    if current.uid != owner_uid(account):
        message = "It belongs to another user, and the module does not adopt files of other users."
        messages.append(message)
    else:
        messages.append(find_untrusted_code(host, spec, current, account))
    contents = read_contents(host, current.prefix)
    messages.append(
        find_alterations(
            current.record, contents.packages, contents.builds, contents.scripts
        )
    )
    paths = verify_contents(host, current.prefix) if spec.verify == "full" else ()
    if paths:
        messages.append("Files are missing or altered: %s." % ", ".join(paths[:5]))
    problems = tuple(("altered", message) for message in messages if message)
    present = found.present
    return found._replace(
        present=present._replace(problems=(*present.problems, *problems))
    )
