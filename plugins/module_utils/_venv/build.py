# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the requested state of an environment, try it and record it; or predict what a build would change.

Runs in a forked child that may have given up root: nothing here may import when it runs.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import nullcontext
from types import MappingProxyType
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Union,
)

from .._host.host import Host
from .._install.bootstrap_pip import PipBootstrap
from .._install.bytecode import Bytecode
from .._install.contents import Contents, read_contents, site_packages
from .._install.pip import PipInstaller
from .._install.spec import Change, Index, InstallSpec, Prediction
from .._install.uv import UvInstaller
from .._process.commands import OperationError, Run
from .._scan.project_name import canonicalize_name
from .._scan.read.pyvenv_cfg import parse_pyvenv_cfg
from .._scan.select import Interpreter
from .git_references import find_moved, find_unmoved_names, is_as_recorded
from .inputs import Inputs
from .plan import Plan, compare, is_empty
from .record import write_record, write_whole
from .releases import write_pin
from .relocate import copy_release
from .script_links import missing_scripts
from .spec import EnvironmentSpec
from .state import EnvironmentState
from .temporary import private_directory
from .work_in_place import previous_contents_aside

Installer = Union[PipInstaller, UvInstaller]
Log = Callable[[str], None]


class Toolchain(NamedTuple):
    """The interpreter and the installer of a build, and how they are run."""

    interpreter: Interpreter  # the base of the environment
    installer: str  # pip or uv
    uv: str  # path of a uv that may be run
    pip_bootstrap: str  # a directory of the owner's for an unpacked pip, '' where no other environment needs it
    environment: Mapping[str, str]  # of commands
    credentials: Tuple[Any, ...]
    run: Run


class BuildTask(NamedTuple):
    """All that the child needs."""

    spec: EnvironmentSpec
    plan: Plan
    current: EnvironmentState
    inputs: Inputs
    toolchain: Toolchain
    target: str = ""  # the directory to build in; '' in check mode
    release: str = ""  # its id; '' in place
    unmoved: FrozenSet[str] = (
        frozenset()
    )  # names of projects from version control that are at the requested commit
    moved: Tuple[str, ...] = ()  # the others, as requirements


class Changes(NamedTuple):
    """The distributions before and after a build, and the names that were installed again at the same version."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    reinstalled: Sequence[str] = ()
    unresolved: Optional[str] = ""


def make_install_spec(spec: EnvironmentSpec) -> InstallSpec:
    """Return what to request from an installer: the options whose names are fields of an InstallSpec or an Index."""
    install_spec = InstallSpec(**_shared_fields(spec, InstallSpec._fields))
    return install_spec._replace(
        directory=spec.chdir,
        exact=spec.exact or bool(spec.lock),
        upgrade=spec.state == "latest",
        sources=Index(**_shared_fields(spec, Index._fields)),
    )


def _install_spec(task: BuildTask) -> InstallSpec:
    reinstall = task.moved if task.plan.base == "copy" else ()
    return make_install_spec(task.spec)._replace(reinstall=reinstall)


def _shared_fields(spec: EnvironmentSpec, names: Sequence[str]) -> Dict[str, Any]:
    return {name: getattr(spec, name) for name in names if name in spec._fields}


def predict_changes(task: BuildTask, log: Log) -> Dict[str, Any]:
    """Return what a build would change, as `build` returns it; changes nothing that stays."""
    with private_directory() as work:
        installer = _make_installer(task, work)
        prefix, before = task.current.prefix, _read_contents(task.current.prefix)
        after = dict(before.packages)
        commits = _find_commits(task, installer)
        task = _with_references(task, commits)
        if task.plan.base == "copy" and _is_as_recorded(task, commits, before):
            _require_scripts(task, prefix)
            return _serialize(
                task, installer, Changes(before.packages, before.packages)
            )
        if task.plan.base == "fresh":
            prefix = os.path.join(work, "environment")
            log(
                "creating a temporary environment for pip"
                if installer.name == "pip"
                else "running uv"
            )
            installer.create(prefix, task.spec.system_site_packages, task.spec.pip)
            after = dict(_read_contents(prefix).packages)
        prediction = installer.predict(
            _view(prefix, work, installer), _install_spec(task)
        )
        reinstalled = _apply_prediction(after, prediction, task)
        if (
            task.plan.base == "copy"
            and not prediction.changes
            and not prediction.unresolved
        ):
            _require_scripts(task, prefix)
        changes = Changes(before.packages, after, reinstalled, prediction.unresolved)
        return _serialize(task, installer, changes)


def build(task: BuildTask, log: Log) -> Dict[str, Any]:
    """Build the requested state in ``target`` and record it, unless it is the current state already (``same``)."""
    with private_directory() as work:
        installer = _make_installer(task, work)
        before = _read_contents(task.current.prefix)
        commits = _find_commits(task, installer)
        task = _with_references(task, commits)
        if _may_be_same(task) and _is_as_recorded(task, commits, before):
            _require_scripts(task, task.current.prefix)
            return _serialize(
                task, installer, Changes(before.packages, before.packages), same=True
            )
        if _may_be_same(task):
            log("comparing the installed distributions with the requested ones")
            view = _view(task.current.prefix, work, installer)
            prediction = installer.predict(view, _install_spec(task))
            if not prediction.unresolved and not _changed_names(
                dict(before.packages), prediction, task
            ):
                _require_scripts(task, task.current.prefix)
                _write_record(
                    task, task.current.prefix, installer, before, commits=commits
                )
                return _serialize(
                    task,
                    installer,
                    Changes(before.packages, before.packages),
                    same=True,
                )
        is_fresh = task.plan.base == "fresh"
        aside = previous_contents_aside(task.target) if is_fresh else nullcontext()
        with aside:
            _install(task, installer, work, log)
        after = _read_contents(task.target)
        is_same = _is_same(task, before, after)
        if is_same:
            _write_record(task, task.current.prefix, installer, before, commits=commits)
        else:
            _write_record(task, task.target, installer, after, commits=commits)
            if task.plan.adopt and _is_owned(task):
                _write_record(
                    task, task.current.prefix, installer, before, adopted=True
                )
        reinstalled = (
            _reinstalled_names(before, after, task) if task.plan.base == "copy" else []
        )
        return _serialize(
            task,
            installer,
            Changes(before.packages, after.packages, reinstalled),
            same=is_same,
        )


def _find_commits(task: BuildTask, installer: Installer) -> Mapping[str, str]:
    """Return the commits that requirements from version control lead to now; asks their servers."""
    references = [each.text for each in task.inputs.references if each.name]
    prefix = task.current.prefix or task.target
    if not references or not prefix:
        return {}
    return installer.find_commits(prefix, _install_spec(task), references)


def _with_references(task: BuildTask, commits: Mapping[str, str]) -> BuildTask:
    """Return a task with what has moved in version control since the last run, and what has not."""
    references, record = task.inputs.references, task.current.record
    return task._replace(
        unmoved=find_unmoved_names(references, commits, record),
        moved=find_moved(references, commits, record),
    )


def _is_as_recorded(
    task: BuildTask, commits: Mapping[str, str], before: Contents
) -> bool:
    """Return whether the current release is what the last run of the same request left, with the newest commits."""
    is_present = task.spec.state == "present" and _has_requested_settings(task)
    return is_present and is_as_recorded(
        task.inputs, commits, task.current.record, before.digest
    )


def _view(prefix: str, work: str, installer: Installer) -> str:
    """Return a directory in which the environment at ``prefix`` can be read, and nothing is written into it.

    uv writes a lock into the environment, even in a dry run. With it, this is an environment of links.
    """
    if installer.name != "uv":
        return prefix
    view = os.path.join(work, "view")
    os.makedirs(os.path.join(view, "bin"))
    shutil.copyfile(
        os.path.join(prefix, "pyvenv.cfg"), os.path.join(view, "pyvenv.cfg")
    )
    for name in os.listdir(prefix):
        if name.startswith("lib"):
            _link_library(os.path.join(prefix, name), os.path.join(view, name))
    for name in os.listdir(os.path.join(prefix, "bin")):
        if name.startswith(("python", "pypy")):
            os.symlink(
                os.path.join(prefix, "bin", name), os.path.join(view, "bin", name)
            )
    return view


def _link_library(source: str, target: str) -> None:
    """Make ``lib`` of a view: a directory of its own, as readers of environments follow no link there."""
    if os.path.islink(source):  # lib64, to lib
        os.symlink(os.readlink(source), target)
        return
    os.mkdir(target)
    for name in os.listdir(source):
        os.symlink(os.path.join(source, name), os.path.join(target, name))


def _install(task: BuildTask, installer: Installer, work: str, log: Log) -> None:
    """Create or copy the environment, install into it, and try it."""
    is_fresh = task.plan.base == "fresh"
    if is_fresh:
        log("creating an environment on %s" % task.toolchain.interpreter.path)
        installer.create(task.target, task.spec.system_site_packages, task.spec.pip)
    elif task.target != task.current.prefix:
        log("copying the current release")
        copy_release(task.current.prefix, task.target)
    log("installing with %s" % installer.name)
    installer.install(task.target, _install_spec(task))
    _finish(task)
    log("compiling bytecode")
    bytecode = _bytecode(
        task.toolchain, work, os.path.join(task.target, "bin", "python")
    )
    compiled_already = ("pip",) if task.toolchain.pip_bootstrap and is_fresh else ()
    for site in _sites(task.target):
        bytecode.complete(site, compiled_already)
    _require_scripts(task, task.target)


def _bytecode(toolchain: Toolchain, work: str, python: str = "") -> Bytecode:
    interpreter = toolchain.interpreter._replace(
        path=python or toolchain.interpreter.path
    )
    environment = dict(toolchain.environment, TMPDIR=work)
    return Bytecode(
        toolchain.run, interpreter, environment, work, toolchain.pip_bootstrap
    )


def _make_installer(task: BuildTask, work: str) -> Installer:
    toolchain = task.toolchain
    environment = dict(toolchain.environment, TMPDIR=work)
    if not environment.get("HOME"):
        environment["HOME"] = work
    environment.update(task.spec.build_environment)
    bytecode = _bytecode(toolchain, work) if toolchain.pip_bootstrap else None
    pip_bootstrap = PipBootstrap(
        toolchain.pip_bootstrap or work, toolchain.interpreter.wheels, bytecode
    )
    shared: Dict[str, Any] = {
        "run": toolchain.run,
        "python": toolchain.interpreter.path,
        "work": work,
        "environment": environment,
        "pip_bootstrap": pip_bootstrap,
        "missing_package": toolchain.interpreter.missing_package,
        "credentials": toolchain.credentials,
    }
    return (
        UvInstaller(uv=toolchain.uv, **shared)
        if toolchain.installer == "uv"
        else PipInstaller(**shared)
    )


def _sites(prefix: str) -> Sequence[str]:
    with Host() as host:
        return site_packages(host, prefix)


def _read_contents(prefix: str) -> Contents:
    if not prefix:
        return Contents({}, {}, "", True)
    with Host() as host:
        return read_contents(host, prefix)


def _apply_prediction(
    packages: Dict[str, str], prediction: Prediction, task: BuildTask
) -> Tuple[str, ...]:
    """Apply a prediction to ``packages``; return the names that are installed again at the same version."""
    reinstalled: List[str] = []
    for change in prediction.changes:
        if change.before == change.after:
            if change.name not in task.unmoved and not _is_unchanged_project(
                change, task
            ):
                reinstalled.append(change.name)
        elif change.after:
            packages[change.name] = change.after
        else:
            packages.pop(change.name, None)
    return tuple(reinstalled)


def _changed_names(
    packages: Dict[str, str], prediction: Prediction, task: BuildTask
) -> Tuple[str, ...]:
    """Return the names of all distributions that a prediction changes or installs again."""
    reinstalled = _apply_prediction(packages, prediction, task)
    changed = [
        change.name for change in prediction.changes if change.before != change.after
    ]
    return (*changed, *reinstalled)


def _is_unchanged_project(change: Change, task: BuildTask) -> bool:
    """Return whether a reinstalled distribution may be a local project whose files are those of the last converge.

    pip installs a local project again each time.
    """
    is_same_request = task.current.record.get("inputs") == task.inputs.digest
    return bool(task.inputs.local) and is_same_request and bool(change.name)


def _reinstalled_names(before: Contents, after: Contents, task: BuildTask) -> List[str]:
    kept = [
        name
        for name in after.builds
        if name in before.builds and name not in task.unmoved
    ]
    return [name for name in kept if after.builds[name] != before.builds[name]]


def _may_be_same(task: BuildTask) -> bool:
    """Return whether the current release may be kept if nothing has to be installed."""
    is_copy = task.plan.base == "copy" and not task.plan.adopt
    return is_copy and _has_requested_settings(task) and _is_owned(task)


def _is_same(task: BuildTask, before: Contents, after: Contents) -> bool:
    """Return whether the build equals the current release, which then stays in use."""
    if task.target == task.current.prefix or not _may_be_same(task):
        return False
    is_equal = is_empty(compare(before.packages, after.packages))
    return (
        is_equal
        and set(before.builds) == set(after.builds)
        and not _reinstalled_names(before, after, task)
    )


def _has_requested_settings(task: BuildTask) -> bool:
    """Return whether the mode and the access to the base's packages are as requested."""
    config = _read_config(task.current.prefix)
    expected = "true" if task.spec.system_site_packages else "false"
    has_mode = not task.spec.mode or int(task.spec.mode, 8) == task.current.mode
    return (
        has_mode
        and config.get("include-system-site-packages", "false").lower() == expected
    )


def _is_owned(task: BuildTask) -> bool:
    """Return whether the current release belongs to the user and group that this process works for."""
    return task.current.uid == os.geteuid() and (
        not task.spec.group or task.current.gid == os.getegid()
    )


def _read_config(prefix: str) -> Mapping[str, str]:
    with Host() as host:
        return parse_pyvenv_cfg(host.content(prefix + "/pyvenv.cfg") or b"")


def _finish(task: BuildTask) -> None:
    """Set the access to the base's packages, the pin and the mode; then start the interpreter."""
    _allow_system_packages(task.target, task.spec.system_site_packages)
    for site in _sites(task.target) if task.release else ():
        write_pin(site)
    mode = (
        int(task.spec.mode, 8)
        if task.spec.mode
        else stat.S_IMODE(os.stat(task.target).st_mode)
    )
    os.chmod(task.target, mode)
    command = [
        os.path.join(task.target, "bin", "python"),
        "-I",
        "-c",
        "import sys; sys.stdout.write(sys.prefix)",
    ]
    result = task.toolchain.run(command, task.toolchain.environment, "/", 60.0)
    if result.status or os.path.realpath(result.output.strip()) != os.path.realpath(
        task.target
    ):
        hint = "See the output of its python."
        output = result.output + result.errors
        raise OperationError(
            "release-broken", "the new environment does not work", hint, output
        )


def _require_scripts(task: BuildTask, prefix: str) -> None:
    """Raise OperationError where a script to link to is missing."""
    for name in missing_scripts(prefix, task.spec):
        found = sorted(os.listdir(os.path.join(prefix, "bin")))
        own = [
            word
            for word in found
            if not word.startswith(("activate", "Activate", "python"))
        ]
        hint = "It has: %s." % ", ".join(own)
        raise OperationError(
            "no-such-script", "the environment has no script %s to link to" % name, hint
        )


def _allow_system_packages(prefix: str, allowed: bool) -> None:
    path = os.path.join(prefix, "pyvenv.cfg")
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        lines = file.read().splitlines()
    expected = "include-system-site-packages = %s" % ("true" if allowed else "false")
    rest = [
        line
        for line in lines
        if line.partition("=")[0].strip().lower() != "include-system-site-packages"
    ]
    if expected not in lines or len(rest) != len(lines) - 1:
        write_whole(path, "\n".join([*rest, expected, ""]), 0o644)


def _write_record(
    task: BuildTask,
    prefix: str,
    installer: Installer,
    contents: Contents,
    *,
    commits: Mapping[str, str] = MappingProxyType({}),
    adopted: bool = False,
) -> None:
    write_record(
        prefix,
        task.spec,
        inputs=Inputs("") if adopted else task.inputs,
        contents=contents,
        installer={"installer": installer.name, "installer_version": installer.version},
        base=task.toolchain.interpreter,
        commits=commits,
    )


def _serialize(
    task: BuildTask, installer: Installer, changes: Changes, *, same: bool = False
) -> Dict[str, Any]:
    """Return the child's answer as plain data."""
    return {
        "before": dict(changes.before),
        "after": dict(changes.after),
        "reinstalled": [canonicalize_name(name) for name in changes.reinstalled],
        "unresolved": changes.unresolved or "",
        "installer": installer.name,
        "settings": task.plan.base == "copy" and not _has_requested_settings(task),
        "same": same,
    }
