# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings applications of pipx to their requested state: gather, plan, let pipx do it as the owner, gather again."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

from .._install.index import reject_query_secrets
from .._process.commands import OperationError, Run, from_os_error
from .._process.environment import clean_environment, reject_unsupported_variables
from .._process.locks import locked
from .._process.privilege_drop import run_in_child
from .._scan import pep440 as versions
from .._scan.project_name import canonicalize_name
from .find_pipx import find_pipx
from .find_python import find_python
from .plan import Plan, Step, plan, predict_changes
from .requirement import recorded_requirement, write_requirement
from .result import PipxAppResult, compare_states, reject_taken_commands
from .root_trust import require_trusted_python, require_trusted_state
from .run import INSTALLING, Pipx, PipxJob, required_versions, with_pipx
from .spec import PipxAppRequest, PipxAppSpec
from .state import Application, PipxAppState, gather_state
from .versions import feature

_ROUNDS = 4  # more than any plan needs: what is installed from a URL has a name, and more steps, only afterwards
_UNRESOLVED = "only an upgrade detects whether there is a newer release"


class _Progress(NamedTuple):
    """What was done, and the state that it led to."""

    state: PipxAppState
    changed: bool = False
    repaired: str = ""


class Converger:
    """Brings applications to their requested state, one after the other.

    :param run: runs a command.
    :param check: change nothing, return what would be done.
    :param provide_python: installs a version of Python where it is missing, and returns its interpreter, for
        `python_source=uv`.
    """

    def __init__(
        self, run: Run, check: bool, provide_python: Callable[[str], str]
    ) -> None:
        self._run = run
        self._check = check
        self._provide_python = provide_python

    def converge(self, request: PipxAppRequest) -> PipxAppResult:
        """Bring one application to its requested state; a failure is part of the result."""
        state = gather_state(request)
        try:
            _reject_query_secrets(request)
            reject_taken_commands(request, state)
            require_trusted_state(request, state)
            require_trusted_python(request)
            if self._check:
                return self._predict(request, state)
            with locked(request.homes[0], request.lock_timeout, os.geteuid()):
                return self._converge(request)
        except OperationError as exc:
            return compare_states(request, state, state)._replace(failed=exc)
        except OSError as exc:
            return compare_states(request, state, state)._replace(
                failed=from_os_error(exc, request.label)
            )

    def _predict(self, request: PipxAppRequest, state: PipxAppState) -> PipxAppResult:
        newer = self._has_newer(request, state)
        changes = plan(request.spec, state.application, state.links, newer)
        kinds = [step.kind for step in changes.steps]
        unresolved = _UNRESOLVED if changes.unpredictable else ""
        try:
            self._find_requested_python(request, kinds)
        except OperationError as exc:
            # An earlier task, or uv, may install it.
            not_yet = "" if exc.code == "python-not-yet" else " yet"
            unresolved = exc.message + not_yet
        self._reject_unsupported(request, state, kinds)
        after = predict_changes(request.spec, state.application, changes)
        return compare_states(request, state, state)._replace(
            after=after,
            changed=bool(changes.steps),
            repaired=changes.repaired,
            unresolved=unresolved,
        )

    def _reject_unsupported(
        self, request: PipxAppRequest, state: PipxAppState, kinds: List[str]
    ) -> None:
        """Fail where the real run would, unless there is no pipx yet: an earlier task may install it."""
        if not kinds or not find_pipx(request, optional=True):
            return
        job = _job_of(request, state)
        if INSTALLING & set(kinds) or required_versions(job, kinds):
            self._in_child(request, job, lambda pipx: pipx.reject_unsupported(kinds))

    def _converge(self, request: PipxAppRequest) -> PipxAppResult:
        """Do what is to be done, under the lock: the state that is gathered now does not change meanwhile."""
        before = gather_state(request)
        try:
            progress = self._work(request, before)
        except OperationError as exc:
            return compare_states(request, before, gather_state(request))._replace(
                failed=exc
            )
        result = compare_states(request, before, progress.state)
        return result._replace(
            changed=progress.changed or result.changed, repaired=progress.repaired
        )

    def _work(self, request: PipxAppRequest, state: PipxAppState) -> _Progress:
        newer = self._has_newer(request, state)
        progress, spec = _Progress(state), request.spec
        for _round in range(_ROUNDS):
            reject_taken_commands(request, progress.state)
            changes = self._plan(request._replace(spec=spec), progress.state, newer)
            if not changes.steps:
                return progress
            self._carry_out(request, progress.state, changes)
            # Whether something unpredictable changed anything follows from the states alone.
            progress = _Progress(
                state=gather_state(request),
                changed=progress.changed or not changes.unpredictable,
                repaired=progress.repaired or changes.repaired,
            )
            newer, spec = False, spec._replace(reinstall=False)
        message = (
            "%s is not in its requested state after all steps were carried out"
            % request.label
        )
        raise OperationError(
            "not-converged", message, "See what pipx reports of it: pipx list."
        )

    def _plan(
        self, request: PipxAppRequest, state: PipxAppState, newer: Optional[bool]
    ) -> Plan:
        changes = plan(request.spec, state.application, state.links, newer)
        if "uninject" not in [step.kind for step in changes.steps]:
            return changes
        version = self._in_child(request, _job_of(request, state), Pipx.version)
        can_uninject = (
            versions.at_least(str(version), feature("uninject").since) is True
        )
        return plan(request.spec, state.application, state.links, newer, can_uninject)

    def _has_newer(
        self, request: PipxAppRequest, state: PipxAppState
    ) -> Optional[bool]:
        """Return whether an upgrade would change anything, so that check mode and the real run agree."""
        application = state.application
        if request.spec.state != "latest" or application is None:
            return None
        if (
            application.problems
            or application.interrupted
            or application.backend != "pip"
        ):
            return None
        if application.pinned and request.spec.pin is not False:
            return False
        requirements = [_upgrade_requirement(request.spec, application)]
        if _upgrades_injected(request, application):
            requirements += [each.name for each in application.injected]
        answer = self._in_child(
            request, _job_of(request, state), lambda pipx: pipx.has_newer(requirements)
        )
        return answer if isinstance(answer, bool) else None

    def _carry_out(
        self, request: PipxAppRequest, state: PipxAppState, changes: Plan
    ) -> None:
        steps = list(changes.steps)
        if not request.spec.requirement.name and steps[0].kind == "install":
            steps = steps[:1]  # its name, which the next steps need, is known only then
        if _upgrades_injected(request, state.application):
            upgrade = Step("upgrade", ("--include-injected",))
            steps = [upgrade if step.kind == "upgrade" else step for step in steps]
        python = self._find_requested_python(request, [step.kind for step in steps])
        for job in _jobs_of(request._replace(python=python), state, steps[0].kind):
            self._in_child(
                request, job, lambda pipx: _carry_out_locked(request, pipx, steps)
            )

    def _find_requested_python(self, request: PipxAppRequest, kinds: List[str]) -> str:
        """Return the path of the interpreter to build an environment with; '' for pipx's own choice."""
        version = request.spec.python_version
        if not version or not {"install", "rebuild"} & set(kinds):
            return request.python
        if request.spec.python_source == "uv":
            return self._provide_python(version)
        return find_python(version, request.account)

    def _in_child(
        self, request: PipxAppRequest, job: PipxJob, work: Callable[[Pipx], Any]
    ) -> Any:
        """Run ``work`` in a child process, which is the owner's where root works for a user."""
        return run_in_child(
            lambda send: with_pipx(self._run, job, work),
            request.account,
            job.environment,
        )


def _carry_out_locked(request: PipxAppRequest, pipx: Pipx, steps: List[Step]) -> None:
    """Carry out steps in the child; where that is another user, hold the lock that this user's own runs take."""
    account = request.account
    lock = (
        locked(request.homes[0], request.lock_timeout, account.uid)
        if account is not None
        else nullcontext()
    )
    with lock:
        pipx.carry_out(steps)


def _reject_query_secrets(request: PipxAppRequest) -> None:
    """Raise OperationError where a URL that pipx, pip or uv would get holds a secret parameter."""
    if request.spec.state == "absent":
        return  # nothing is installed: what an earlier tool installed from such a URL can be removed
    spec, sources = request.spec, request.sources
    for requirement in (spec.requirement, *(spec.inject or ())):
        reject_query_secrets(requirement.text)
    for url in (sources.index_url, *sources.extra_index_urls, *sources.find_links):
        reject_query_secrets(url)


def _upgrade_requirement(spec: PipxAppSpec, application: Application) -> str:
    """Return what an upgrade leads to: the newest release, the newest requested one, or what its URL leads to."""
    if spec.requirement.specifier:
        return write_requirement(spec.requirement)
    recorded = recorded_requirement(application.spec, application.name)
    if recorded.url:
        return recorded.text
    extras = "[%s]" % ",".join(recorded.extras) if recorded.extras else ""
    return application.name + extras


def _upgrades_injected(
    request: PipxAppRequest, application: Optional[Application]
) -> bool:
    """Return whether injected packages are upgraded with the application: if none has a version of its own.

    `pipx upgrade --include-injected` upgrades all of them, and forgets their versions.
    """
    requirements = request.spec.inject
    if requirements is None:
        injected = application.injected if application is not None else ()
        requirements = tuple(
            recorded_requirement(each.spec, each.name) for each in injected
        )
    return not any(each.specifier or each.url for each in requirements)


def _jobs_of(request: PipxAppRequest, state: PipxAppState, first: str) -> List[PipxJob]:
    """Return the jobs of a plan: one, or to remove the links of an application that is gone, one for each home."""
    job = _job_of(request, state, optional=first == "remove")
    if job.directory or first != "remove":
        return [job]
    return [
        job._replace(directory="%s/venvs/%s" % (home, job.name))
        for home in request.homes
    ]


def _job_of(
    request: PipxAppRequest, state: PipxAppState, optional: bool = False
) -> PipxJob:
    executable = find_pipx(request, optional)
    backend = (
        request.backend if state.application is None else state.application.backend
    )
    variables = {
        "USE_EMOJI": "0",
        "COLUMNS": "1000",
        "PIP_NO_INPUT": "1",
        "PIP_USER": "0",
        "PIPX_BIN_DIR": request.bin_directory,
        "PIPX_MAN_DIR": request.man_directory,
        "PIPX_COMPLETION_DIR": os.path.dirname(request.man_directory),
    }
    if request.scope == "global" or len(request.homes) == 1:
        variables["PIPX_HOME"] = request.homes[0]
    if backend != "auto":
        variables["PIPX_DEFAULT_BACKEND"] = backend
    reject_unsupported_variables()
    environment, credentials = clean_environment(request.account, variables)
    return PipxJob(
        executable=executable,
        environment=environment,
        bin_directory=request.bin_directory,
        man_directory=request.man_directory,
        name=canonicalize_name(request.spec.requirement.name + request.spec.suffix),
        sources=request.sources,
        credentials=(*request.credentials, *credentials),
        options=_install_options(request, state.application),
        directory=state.directory,
        backend=backend,
    )


def _install_options(
    request: PipxAppRequest, application: Optional[Application]
) -> Tuple[str, ...]:
    """Return the options of `pipx install`; what the spec leaves open is kept."""
    spec = request.spec
    options = ["--suffix", spec.suffix] if spec.suffix else []
    options += ["--python", request.python] if request.python else []
    site_packages, dependencies = spec.system_site_packages, spec.include_dependencies
    editable = spec.editable
    if application is not None and editable is None:
        editable = application.editable
    if application is not None and site_packages is None:
        site_packages = application.system_site_packages
    if application is not None and dependencies is None:
        dependencies = application.include_dependencies
    options += ["--system-site-packages"] if site_packages else []
    options += ["--include-deps"] if dependencies else []
    options += ["--editable"] if editable else []
    return tuple(options)
