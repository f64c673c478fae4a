# SPDX-License-Identifier: GPL-3.0-or-later
"""Build a release in a child, check its health, switch to it, link and prune; or build in place."""

from __future__ import annotations

import os
import time
from random import SystemRandom
from typing import Any, Callable, Dict, Optional

from .._process.accounts import Account
from .._process.privilege_drop import run_in_child
from . import releases, script_links
from .build import build
from .build_result import BuildResult, parse_build_result, to_outcome
from .build_task import BuildTask, Log
from .context import Context
from .health import check_health, find_checker
from .host_state import HostState
from .outcome import Outcome
from .parent_directory import PrivilegedFileAccess
from .state import releases_directory


def build_release(
    task: BuildTask, found: HostState, context: Context, log: Log
) -> Outcome:
    """Build, check and switch, link and prune; remove what was built if a step fails or if it equals the current release."""
    spec, current, files = task.spec, task.current, context.files
    task = _with_target(task)
    result = _build_and_switch(task, files, log)
    release = current.release if result.same else task.release
    outcome = to_outcome(task, found, result, release)
    if script_links.update_links(context.spec, before=context.current, files=files):
        outcome = outcome._replace(done=(*outcome.done, "links"), changed=True)
    if spec.strategy == "atomic" and not result.same:
        files.run(lambda: releases.prune(spec.path, spec.keep))
    return outcome


def _build_and_switch(
    task: BuildTask, files: PrivilegedFileAccess, log: Log
) -> BuildResult:
    """Build, and switch to a healthy release; what stays unused is removed."""
    is_atomic = task.spec.strategy == "atomic"
    if is_atomic:
        files.run(lambda: releases.clean_leftovers(task.spec.path))
    files.make_directory(task.target)
    try:
        result = answer_of_child(build, task, files.account, log)
        if is_atomic and not result.same:
            _check_health(task, files, log)
            _switch(task, files)
    except BaseException:
        _remove_failed(task, files)
        raise
    if is_atomic and result.same:
        files.run(lambda: releases.remove_release(task.spec.path, task.release))
    return result


def _remove_failed(task: BuildTask, files: PrivilegedFileAccess) -> None:
    """Remove a release that was not finished, or an environment in place that was not there before."""
    if task.spec.strategy == "atomic":
        files.run(lambda: releases.remove_release(task.spec.path, task.release))
    elif task.current.kind == "absent":
        files.run(lambda: releases.remove_failed(task.target))


def answer_of_child(
    work: Callable[..., Dict[str, Any]],
    task: BuildTask,
    account: Optional[Account],
    log: Log,
) -> BuildResult:
    """Run ``work`` in a child that is the owner of the environment; return its answer, checked."""
    environment = task.toolchain.environment
    answer = run_in_child(lambda say: work(task, say), account, environment, report=log)
    return parse_build_result(answer)


def _with_target(task: BuildTask) -> BuildTask:
    """Return a task with the directory to build in: a new release, or the environment itself."""
    spec, current = task.spec, task.current
    if spec.strategy != "atomic":
        return task._replace(target=current.prefix or spec.path)
    release = releases.new_release_id(spec.path, time.time(), SystemRandom())
    target = os.path.join(releases_directory(spec.path), release)
    return task._replace(target=target, release=release)


def _check_health(task: BuildTask, files: PrivilegedFileAccess, log: Log) -> None:
    check = task.spec.health_check
    if check is not None:
        log("running the health check of the new release")
        checker = find_checker(check, files.account)
        check_health(task.toolchain.run, check, task.target, checker)


def _switch(task: BuildTask, files: PrivilegedFileAccess) -> None:
    path, release = task.spec.path, task.release
    if task.plan.adopt:
        old = releases.earlier_release_id(release, SystemRandom())
        files.run(lambda: releases.adopt(path, release, old))
    else:
        files.run(lambda: releases.switch(path, release))
