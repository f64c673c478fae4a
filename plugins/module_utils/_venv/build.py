# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the requested state of an environment, try it and record it.

Runs in a forked child that may have given up root: nothing here may import when it runs.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from types import MappingProxyType
from typing import Any, Dict, Mapping, Sequence

from .._host.host import Host
from .._install.contents import Contents, site_packages
from .._process.commands import OperationError
from .build_result import Changes, serialize
from .build_task import (
    BuildTask,
    Installer,
    Log,
    make_bytecode,
    make_installer,
    requested_installation,
)
from .comparison import (
    changed_names,
    equals_current,
    find_commits,
    is_as_last_run_left_it,
    is_owned,
    may_be_kept,
    read_installed,
    reinstalled_names,
    with_references,
)
from .inputs import Inputs
from .installed_view import make_view
from .record import write_record, write_whole
from .releases import write_pin
from .relocate import copy_release
from .script_links import require_scripts
from .temporary import private_directory
from .work_in_place import previous_contents_aside


def build(task: BuildTask, log: Log) -> Dict[str, Any]:
    """Build the requested state in ``target`` and record it, unless it is the current state already (``same``)."""
    with private_directory() as work:
        installer = make_installer(task, work)
        before = read_installed(task.current.prefix)
        commits = find_commits(task, installer)
        task = with_references(task, commits)
        if may_be_kept(task):
            unchanged = Changes(before.packages, before.packages)
            if is_as_last_run_left_it(task, commits, before):
                require_scripts(task.spec, task.current.prefix)
                return serialize(task, installer, unchanged, same=True)
            log("comparing the installed distributions with the requested ones")
            if _has_what_is_requested(task, installer, before, work):
                require_scripts(task.spec, task.current.prefix)
                _record_current(task, installer, before, commits)
                return serialize(task, installer, unchanged, same=True)
        _install(task, installer, work, log)
        after = read_installed(task.target)
        is_same = equals_current(task, before, after)
        if is_same:
            _record_current(task, installer, before, commits)
        else:
            _record_built(task, installer, before, after, commits)
        reinstalled = reinstalled_names(before, after, task)
        changes = Changes(before.packages, after.packages, reinstalled)
        return serialize(task, installer, changes, same=is_same)


def _has_what_is_requested(
    task: BuildTask, installer: Installer, before: Contents, work: str
) -> bool:
    """Return whether the installer would change nothing in the current release."""
    view = make_view(task.current.prefix, work, installer)
    prediction = installer.predict(view, requested_installation(task))
    if prediction.unresolved:
        return False
    return not changed_names(dict(before.packages), prediction, task)


def _install(task: BuildTask, installer: Installer, work: str, log: Log) -> None:
    """Create or copy the environment, install into it, and try it; what a new one replaces in place returns if it fails."""
    is_fresh = task.plan.base == "fresh"
    aside = previous_contents_aside(task.target) if is_fresh else nullcontext()
    with aside:
        if is_fresh:
            log("creating an environment on %s" % task.toolchain.interpreter.path)
            installer.create(task.target, task.spec.system_site_packages, task.spec.pip)
        elif task.target != task.current.prefix:
            log("copying the current release")
            copy_release(task.current.prefix, task.target)
        log("installing with %s" % installer.name)
        installer.install(task.target, requested_installation(task))
        _finish(task)
        log("compiling bytecode")
        _compile(task, work)
        require_scripts(task.spec, task.target)


def _compile(task: BuildTask, work: str) -> None:
    """Compile what has no bytecode yet."""
    python = os.path.join(task.target, "bin", "python")
    bytecode = make_bytecode(task.toolchain, work, python)
    has_compiled_pip = task.toolchain.pip_bootstrap and task.plan.base == "fresh"
    for site in _sites(task.target):
        bytecode.complete(site, ("pip",) if has_compiled_pip else ())


def _sites(prefix: str) -> Sequence[str]:
    with Host() as host:
        return site_packages(host, prefix)


def _finish(task: BuildTask) -> None:
    """Set the access to the base's packages, the pin and the mode; then start the interpreter."""
    _allow_system_packages(task.target, task.spec.system_site_packages)
    for site in _sites(task.target) if task.release else ():
        write_pin(site)
    if task.spec.mode:
        os.chmod(task.target, int(task.spec.mode, 8))
    _require_start(task)


def _require_start(task: BuildTask) -> None:
    """Raise OperationError where the environment's interpreter does not start, or is that of another directory."""
    python = os.path.join(task.target, "bin", "python")
    command = [python, "-I", "-c", "import sys; sys.stdout.write(sys.prefix)"]
    result = task.toolchain.run(command, task.toolchain.environment, "/", 60.0)
    prefix = os.path.realpath(result.output.strip())
    if result.status or prefix != os.path.realpath(task.target):
        hint = "See the output of its python."
        output = result.output + result.errors
        raise OperationError(
            "release-broken", "the new environment does not work", hint, output
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


def _record_current(
    task: BuildTask,
    installer: Installer,
    contents: Contents,
    commits: Mapping[str, str],
) -> None:
    """Record that the current release is what is requested now."""
    _write_record(task, task.current.prefix, installer, contents, commits=commits)


def _record_built(
    task: BuildTask,
    installer: Installer,
    before: Contents,
    after: Contents,
    commits: Mapping[str, str],
) -> None:
    """Record what was built, and what an adopted environment held."""
    _write_record(task, task.target, installer, after, commits=commits)
    if task.plan.adopt and is_owned(task):
        _write_record(task, task.current.prefix, installer, before, adopted=True)


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
