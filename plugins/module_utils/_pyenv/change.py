# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes a pyenv root, as its owner: `converge` imports it only where something is to be changed."""

from __future__ import annotations

import os
from typing import Any, Dict, Optional, Tuple

from .._host.host import Host
from .._host.record import NamedTuple
from .._process.accounts import Account
from .._process.commands import OperationError, Run
from .._process.effective_user import effective_user
from .._process.environment import clean_environment
from .._process.locks import locked
from .._process.privilege_drop import run_in_child
from .._scan.read.trust import TrustReader
from .build import Builder, carry_out
from .build_errors import missing_error
from .definitions import is_cpython
from .libraries import find_manager, find_missing_headers
from .plan import BUILT, PyenvPlan, VersionPlan, plan_pyenv
from .result import BuildResult, PyenvResult
from .spec import PyenvSpec
from .state import PyenvState, read_cache, read_state

#: What tells the compiler of other directories than its own.
_SEARCH_VARIABLES = frozenset(
    "CPATH CPPFLAGS CFLAGS LDFLAGS C_INCLUDE_PATH PKG_CONFIG_PATH CC".split()
)


class Survey(NamedTuple):
    """All that was read for one run."""

    state: PyenvState
    plan: PyenvPlan
    manager: str = ""
    failed: Optional[OperationError] = None


def change(
    run: Run, spec: PyenvSpec, account: Optional[Account], check: bool
) -> PyenvResult:
    """Bring a root to a spec that it does not meet; in check mode predict. Raises OperationError.

    :param account: the owner of the root; None where it is the caller.
    """
    with effective_user(account):
        survey = _survey(spec, check)
    if check and (not survey.state.exists or not survey.state.executable):
        return _predict_without_pyenv(spec, survey)
    if survey.failed is not None:
        raise survey.failed
    if check or not survey.plan.changes():
        return PyenvResult(survey.plan, manager=survey.manager)
    environment, _credentials = clean_environment(account, {})
    answer = run_in_child(
        lambda _report: _converge_as_owner(run, spec), account, environment
    )
    return _to_result(answer)


def _survey(spec: PyenvSpec, check: bool) -> Survey:
    with Host() as host:
        state = read_state(host, spec)
        plan = plan_pyenv(spec, state)
        if not plan.changes() and not plan.problems:
            return Survey(state, plan)
        manager = find_manager(host)
        failed = _find_obstacle(host, spec, state, plan)
        if failed is None and not check:
            failed = _find_missing_libraries(host, spec, plan, manager)
    return Survey(state, plan, manager, failed)


def _find_obstacle(
    host: Host, spec: PyenvSpec, state: PyenvState, plan: PyenvPlan
) -> Optional[OperationError]:
    if not state.exists:
        message = "%s is not a directory" % spec.root
        hint = "Create it with the role pyfleet.python.pyenv, or correct root."
        return OperationError("no-root", message, hint)
    if plan.problems:
        first = plan.problems[0]
        return OperationError(first.code, first.message, first.hint)
    untrusted = _find_untrusted(host, spec, state, plan)
    if untrusted is not None:
        return untrusted
    if spec.build.offline:
        return _find_uncached(host, spec, state, plan)
    return None


def _find_untrusted(
    host: Host, spec: PyenvSpec, state: PyenvState, plan: PyenvPlan
) -> Optional[OperationError]:
    """Return a failure where others could change what is written or run: pyenv, its plugins, its hooks, its Pythons."""
    top = host.real(spec.root) or spec.root
    places = [top, top + "/versions", top + "/build-logs"]
    reader = TrustReader(host)
    trust = reader.judge([place for place in places if host.lkind(place)])
    if trust.trusted and (plan.builds() or plan.removals()) and state.executable:
        names = ("bin", "libexec", "plugins", "pyenv.d")
        trees = [
            "%s/%s" % (each, name) for each in (top, state.prefix) for name in names
        ]
        trees += ["%s/versions/%s/bin" % (top, row.name) for row in state.installed]
        trust = reader.judge_trees([tree for tree in trees if host.is_dir(tree)])
    if trust.trusted:
        return None
    message = "others than its owner can change the pyenv root: %s"
    return OperationError(
        "untrusted-root",
        message % "; ".join(trust.because[:3]),
        "Remove their write permission, or give the root to a user who is not root.",
    )


def _find_uncached(
    host: Host, spec: PyenvSpec, state: PyenvState, plan: PyenvPlan
) -> Optional[OperationError]:
    cache = spec.build.cache or spec.root + "/cache"
    for row in plan.builds():
        found = read_cache(host, state.definitions.get(row.name, ""), cache)
        if found.found or not found.tarballs:
            continue
        wanted = found.tarballs[0]
        if found.wrong:
            message = "%s has another checksum than %s" % (found.wrong, wanted.checksum)
            return OperationError("checksum-mismatch", message, "Replace it.")
        message = "offline, and %s is not in %s" % (wanted.name, cache)
        hint = "Put %s there under that name; its SHA-256 is %s." % (
            wanted.url,
            wanted.checksum or "not known",
        )
        return OperationError("not-cached", message, hint)
    return None


def _find_missing_libraries(
    host: Host, spec: PyenvSpec, plan: PyenvPlan, manager: str
) -> Optional[OperationError]:
    """Return a failure before the long work where a required library has no headers on this host."""
    build = spec.build
    names = {name for name, _value in build.build_environment}
    if host.system != "linux" or names & _SEARCH_VARIABLES or "-I" in build.cflags:
        return None
    built = [row.name for row in plan.builds() if is_cpython(row.name)]
    missing = find_missing_headers(host, build.required_extensions) if built else ()
    return missing_error(built[0], missing, manager) if missing else None


def _converge_as_owner(run: Run, spec: PyenvSpec) -> Dict[str, Any]:
    """Do the work in a child that has the rights of the owner; what it is asked for is read again under the lock."""
    with locked(spec.root, spec.lock_timeout, os.geteuid()):
        survey = _survey(spec, check=False)
        if survey.failed is not None:
            raise survey.failed
        builder = Builder(run, spec, survey.state.executable, survey.manager)
        complete = [row.name for row in survey.state.installed if row.is_complete]
        results = carry_out(builder, survey.plan, complete)
    return {
        "versions": [list(row) for row in survey.plan.versions],
        "names": [list(names) for names in _names_of(survey.plan)],
        "builds": [list(row) for row in results],
        "manager": survey.manager,
    }


def _names_of(plan: PyenvPlan) -> Tuple[Tuple[str, ...], ...]:
    return (
        plan.recovered,
        plan.installed_before,
        plan.installed_after,
        plan.global_before,
        plan.global_after,
    )


def _to_result(answer: Any) -> PyenvResult:
    """Check the answer of the child, and return it as a result."""
    try:
        names = [tuple(map(str, each)) for each in answer["names"]]
        recovered, before, after, global_before, global_after = names
        plan = PyenvPlan(
            versions=tuple(VersionPlan(*map(str, row)) for row in answer["versions"]),
            recovered=recovered,
            installed_before=before,
            installed_after=after,
            global_before=global_before,
            global_after=global_after,
        )
        builds = tuple(
            BuildResult(str(name), float(seconds), tuple(map(str, missing)))
            for name, seconds, missing in answer["builds"]
        )
        return PyenvResult(plan, builds, manager=str(answer["manager"]))
    except (KeyError, TypeError, ValueError) as exc:
        raise OperationError(
            "child-answer", "the child process returned an invalid answer"
        ) from exc


def _predict_without_pyenv(spec: PyenvSpec, survey: Survey) -> PyenvResult:
    """Return what check mode can say before the task that installs pyenv has run."""
    versions = list(survey.plan.versions)
    planned = {row.request for row in versions}
    if spec.state != "absent":
        rest = [each for each in spec.versions if each not in planned]
        versions += [VersionPlan(request, request, BUILT) for request in rest]
    new = [row.name for row in versions if row.action == BUILT]
    chosen = spec.global_versions
    plan = survey.plan._replace(
        versions=tuple(versions),
        installed_after=tuple(sorted({*survey.plan.installed_after, *new})),
        global_after=survey.plan.global_before if chosen is None else chosen,
        problems=(),
    )
    unresolved = ""
    if new:
        missing = "pyenv" if survey.state.exists else spec.root
        unresolved = "%s is not there yet, so check mode cannot know which versions"
        unresolved %= missing
    return PyenvResult(plan, unresolved=unresolved)
