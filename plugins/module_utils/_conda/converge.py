# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings environments of conda to their requested state: read, plan, let the tool do it as the owner, read again."""

from __future__ import annotations

import os
import shutil
from typing import Any, Callable, Dict, NamedTuple, Optional, Tuple

from .._host.host import MIB, Host
from .._process.accounts import Account, find_account
from .._process.commands import OperationError, Run, from_os_error
from .._process.environment import clean_environment
from .._process.locks import locked
from .._process.privilege_drop import run_in_child
from .._process.secrets import find_secrets, has_credentials
from .environment_file import (
    EnvironmentFile,
    parse_environment_data,
    parse_environment_text,
)
from .find_tool import (
    find_prefix,
    require_tool,
    require_trusted,
    require_trusted_directory,
)
from .match_spec import CondaPackage, InvalidMatchSpec, parse_match_spec
from .plan import Plan, Step, find_extra, find_unsatisfied, plan_environment
from .run import CondaJob, with_conda
from .spec import DEFAULT_CHANNEL, EnvironmentSpec, Requested
from .state import EnvironmentState, read_state

_FILE_LIMIT = MIB
#: What an earlier task of the same play provides in the real run, so that check mode cannot know more.
_NOT_THERE_YET = ("no-such-user", "no-tool", "no-file", "no-root-prefix")


class Outcome(NamedTuple):
    """What became of one environment; ``unresolved`` says what check mode cannot know."""

    spec: EnvironmentSpec
    before: EnvironmentState
    after: EnvironmentState
    steps: Tuple[str, ...] = ()
    changed: bool = False
    unresolved: str = ""
    failed: Optional[OperationError] = None


class _Work(NamedTuple):
    """One environment, with what is known before anything is changed."""

    spec: EnvironmentSpec
    account: Optional[Account]  # None: the caller
    home: str
    requested: Requested
    state: EnvironmentState

    @property
    def uid(self) -> int:
        return os.geteuid() if self.account is None else self.account.uid


def converge(spec: EnvironmentSpec, run: Run, check: bool) -> Outcome:
    """Bring one environment to its requested state; a failure is part of the outcome."""
    work = None
    nothing = EnvironmentState(spec.prefix)
    try:
        work = _prepare(spec)
        return _converge(work, run, check)
    except OperationError as exc:
        failed = exc
    except OSError as exc:
        failed = from_os_error(exc, spec.label)
    before = nothing if work is None else work.state
    if check and failed.code in _NOT_THERE_YET:
        unresolved = "%s: an earlier task may provide it" % failed.message
        return Outcome(spec, before, before, changed=True, unresolved=unresolved)
    if check or work is None:
        return Outcome(spec, before, before, failed=failed)
    return _compare(work, _read(work))._replace(failed=failed)


def _prepare(spec: EnvironmentSpec) -> _Work:
    account = find_account(spec.owner) if spec.owner else None
    with Host() as host:
        requested = _read_requested(host, spec)
        home = account.home if account else os.path.expanduser("~")
        uid = account.uid if account else os.geteuid()
        name = spec.name or requested.name
        if not (spec.prefix or name):
            message = "%s has no name" % spec.label
            raise OperationError("no-name", message, "Set name or prefix.")
        prefix = find_prefix(host, spec, name, home.rstrip("/"), uid)
        state = read_state(host, prefix, _needs_records(spec, requested))
    if account is None and os.geteuid() == 0 and state.uid > 0:
        account = find_account(str(state.uid))
        home = account.home
    return _Work(spec, _other_than_caller(account), home.rstrip("/"), requested, state)


def _other_than_caller(account: Optional[Account]) -> Optional[Account]:
    """Return the account whose rights the work needs, None for the caller's own; raises OperationError."""
    if account is None or account.uid == os.geteuid():
        return None
    if os.geteuid() != 0:
        message = "only root can work for another owner: %s" % account.name
        raise OperationError("not-root", message, "Add become: true.")
    return account


def _needs_records(spec: EnvironmentSpec, requested: Requested) -> bool:
    return spec.exact or any(each.channel for each in requested.specs)


def _read_requested(host: Host, spec: EnvironmentSpec) -> Requested:
    """Return what the options, or the file, request."""
    words, channels = spec.packages, spec.channels
    file = EnvironmentFile()
    if spec.file:
        data = host.content(spec.file, _FILE_LIMIT)
        if data is None:
            message = "%s cannot be read" % spec.file
            raise OperationError("no-file", message, "Copy the file to the host first.")
        text = data.decode("utf-8", "surrogateescape")
        file = parse_environment_text(text, spec.file)
    elif isinstance(spec.content, str):
        file = parse_environment_text(spec.content, "content")
    elif spec.content is not None:
        file = parse_environment_data(spec.content)
    _reject_unsupported(file)
    channels = tuple(
        channel for channel in channels or file.channels if channel != "nodefaults"
    )
    try:
        specs = tuple(parse_match_spec(text) for text in (*words, *file.dependencies))
    except InvalidMatchSpec as exc:
        hint = "Use a match spec such as numpy, numpy=1.26 or numpy>=1.26,<2."
        raise OperationError("invalid-file", str(exc), hint) from None
    secret = next((each.text for each in specs if has_credentials(each.text)), "")
    if secret:
        message = "a package names a channel with credentials"
        hint = (
            "Write the channel into channels: command lines can be read by all users."
        )
        raise OperationError("secret-in-package", message, hint)
    return Requested(specs, channels or (DEFAULT_CHANNEL,), file.name)


def _reject_unsupported(file: EnvironmentFile) -> None:
    if file.pip:
        message = (
            "the file has %d packages for pip, which conda would not know of"
            % len(file.pip)
        )
        hint = (
            "Name them as conda packages, or remove the list pip and install these "
            "packages into a virtual environment with pyfleet.python.venv, whose python "
            "may be the one of this environment."
        )
        raise OperationError("pip-in-file", message, hint)
    if file.has_variables:
        message = "the file sets variables, which this module does not manage"
        hint = "Remove them, and set them where the programs are started."
        raise OperationError("variables-in-file", message, hint)


def _converge(work: _Work, run: Run, check: bool) -> Outcome:
    plan = plan_environment(work.spec, work.requested, work.state)
    if not plan.steps:
        return Outcome(work.spec, work.state, work.state)
    _require_changeable(work)
    if plan.steps[0].kind == "delete":
        return _delete(work, check)
    with Host() as host:
        tool = require_tool(host, work.spec, work.home)
        if os.geteuid() == 0 and work.account is None:
            require_trusted(host, tool, work.state.prefix)
    environment, _credentials = clean_environment(work.account, {})
    job = CondaJob(
        tool=tool,
        prefix=work.state.prefix,
        channels=work.requested.channels,
        environment=environment,
        channel_priority=work.spec.channel_priority,
        offline=work.spec.offline,
        secrets=tuple(find_secrets(list(work.requested.channels))),
    )
    if check:
        return _predict(work, run, job, plan)
    for step in plan.steps:
        if step.kind != "remove":  # what is to be removed is known only afterwards
            _carry_out(work, run, job, step)
    if work.spec.exact:
        extra = _find_extra_now(work)
        if extra:
            _carry_out(work, run, job, Step("remove", extra))
    return _confirm(work, plan)


def _require_changeable(work: _Work) -> None:
    """Raise OperationError where an environment must not be changed."""
    state, spec = work.state, work.spec
    if state.kind and state.kind != "directory":
        message = "%s is a %s" % (state.prefix, state.kind)
        raise OperationError("no-directory", message, "Set prefix to a directory.")
    if state.kind and not state.is_environment and not state.is_empty:
        message = "%s is not a conda environment, and not empty" % state.prefix
        raise OperationError("not-an-environment", message, "Choose another prefix.")
    if state.is_base and not spec.allow_base:
        message = "%s is the base environment, which holds conda itself" % state.prefix
        hint = "Create an environment of its own, or set allow_base to true."
        raise OperationError("base-environment", message, hint)
    if state.is_frozen:
        message = "%s is frozen%s" % (
            state.prefix,
            ": " + state.frozen_message if state.frozen_message else "",
        )
        hint = "Remove conda-meta/frozen in it to allow changes (CEP 22)."
        raise OperationError("frozen", message, hint)


def _delete(work: _Work, check: bool) -> Outcome:
    """Remove the whole environment; no tool is needed for that."""
    prefix = work.state.prefix
    if os.geteuid() == 0 and work.account is None:
        with Host() as host:
            require_trusted_directory(host, prefix)
    if not check:
        _in_child(work, lambda: shutil.rmtree(prefix))
    gone = EnvironmentState(prefix)
    return Outcome(work.spec, work.state, gone, steps=("delete",), changed=True)


def _carry_out(work: _Work, run: Run, job: CondaJob, step: Step) -> None:
    def do() -> None:
        with locked(job.prefix, work.spec.lock_timeout, work.uid):
            with_conda(run, job, lambda conda: conda.carry_out(step))

    _in_child(work, do)


def _in_child(work: _Work, do: Callable[[], Any]) -> Any:
    """Do something as the owner of the environment."""
    environment, _credentials = clean_environment(work.account, {})
    return run_in_child(lambda _report: do(), work.account, environment)


def _read(work: _Work) -> EnvironmentState:
    with Host() as host:
        return read_state(
            host, work.state.prefix, _needs_records(work.spec, work.requested)
        )


def _find_extra_now(work: _Work) -> Tuple[str, ...]:
    return find_extra(work.requested.specs, _read(work).packages)


def _confirm(work: _Work, plan: Plan) -> Outcome:
    """Return the outcome; raise OperationError where the tool has not done what it was asked for."""
    after = _read(work)
    missing = find_unsatisfied(work.requested.specs, after.packages)
    if missing or not after.is_environment:
        names = ", ".join(each.text for each in missing) or after.prefix
        message = "%s is still missing after the run" % names
        raise OperationError(
            "not-converged", message, "See `conda list` for the environment."
        )
    return _compare(work, after)._replace(steps=tuple(step.kind for step in plan.steps))


def _compare(work: _Work, after: EnvironmentState) -> Outcome:
    before = work.state
    changed = (
        _contents(before.packages) != _contents(after.packages)
        or before.is_environment != after.is_environment
    )
    return Outcome(work.spec, before, after, changed=changed)


def _contents(packages: Tuple[CondaPackage, ...]) -> Tuple[Tuple[str, str, str], ...]:
    return tuple(package[:3] for package in packages)


def _predict(work: _Work, run: Run, job: CondaJob, plan: Plan) -> Outcome:
    """Return what the real run would do, by a dry run of the tool's first step."""
    steps = tuple(step.kind for step in plan.steps)
    first = plan.steps[0]
    actions = _in_child(
        work,
        lambda: with_conda(run, job, lambda conda: conda.predict(first)),
    )
    packages = _apply(work.state.packages, actions)
    after = work.state._replace(is_environment=True, packages=packages)
    outcome = _compare(work, after)
    unresolved = ""
    if len(steps) > 1:
        unresolved = "what %s changes depends on the step before" % " and ".join(
            steps[1:]
        )
    return outcome._replace(
        steps=steps, unresolved=unresolved, changed=outcome.changed or len(steps) > 1
    )


def _apply(
    packages: Tuple[CondaPackage, ...], actions: Any
) -> Tuple[CondaPackage, ...]:
    """Return the packages after the actions of a dry run, which a process of the owner answered."""
    found: Dict[str, CondaPackage] = {package.name: package for package in packages}
    try:
        for name, _version, _build in actions["unlink"]:
            found.pop(str(name), None)
        for name, version, build in actions["link"]:
            found[str(name)] = CondaPackage(str(name), str(version), str(build))
    except (KeyError, TypeError, ValueError) as exc:
        message = "the child process returned an invalid answer"
        raise OperationError("child-answer", message) from exc
    return tuple(sorted(found.values()))
