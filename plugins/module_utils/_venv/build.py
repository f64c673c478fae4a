# SPDX-License-Identifier: GPL-3.0-or-later
"""What the child does, as the owner of an environment: make a state of it, try it, and put it on record.

Runs in a forked child that may have given up root: nothing here may import when it runs.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import tempfile
import time
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

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
from .links import missing_scripts
from .plan import Plan, compare, is_empty
from .releases import write_pin
from .relocate import copy_release
from .spec import EnvironmentSpec
from .state import RECORD, SCHEMA, EnvironmentState

_WORKSHOP = "pyfleet-work-"
SEEDS = "pyfleet-pip-"
_DAY = 86400.0
Installer = Union[PipInstaller, UvInstaller]


def make_pip_bootstrap(path: str) -> str:
    """Make a directory that an unpacked pip stays in for environments to come.

    Where it can, it lies on the file system of the one at ``path``, so that its files can be linked: /tmp is often one
    of its own, in memory.
    """
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    device = os.stat(path).st_dev
    near = [top for top in _temporary() if os.stat(top).st_dev == device and os.access(top, os.W_OK)]
    return tempfile.mkdtemp(prefix=SEEDS, dir=near[0] if near else None)


def _temporary() -> List[str]:
    return [top for top in (tempfile.gettempdir(), "/var/tmp") if os.path.isdir(top)]


class Task(NamedTuple):
    """All that the child is given."""

    spec: EnvironmentSpec
    plan: Plan
    current: EnvironmentState
    interpreter: Interpreter  # that the environment stands on, or shall
    installer: str
    uv: str  # path of a uv that may be run
    pip_bootstrap: (
        str  # a directory of the owner's for what the next environment can have as well; '' where there is no next
    )
    inputs: str  # digest
    local: Tuple[str, ...]  # local projects that are asked for
    target: str  # the directory to build in; '' in check mode
    release: str  # its id; '' in place
    environment: Mapping[str, str]
    credentials: Tuple[Any, ...]
    run: Run


def make_install_spec(spec: EnvironmentSpec) -> InstallSpec:
    """Give what an installer is to be asked."""
    index = Index(spec.index_url, spec.extra_index_urls, spec.find_links, spec.no_index, spec.ca_bundle, spec.timeout)
    return InstallSpec(
        spec.packages, spec.requirements, spec.lock, spec.constraints, spec.exact or bool(spec.lock),
        spec.require_hashes, spec.only_binary, spec.no_binary, spec.state == "latest", spec.pip, index,
    )  # fmt: skip


def predict_changes(task: Task, say: Callable[[str], None]) -> Dict[str, Any]:
    """Tell what a real run would make of the environment; changes nothing that stays."""
    with _workshop() as work:
        installer = _installer(task, work)
        prefix, before = task.current.prefix, _read(task.current.prefix)
        after = dict(before.packages)
        if task.plan.base == "fresh":
            prefix = os.path.join(work, "environment")
            say("making a temporary environment to ask pip in" if installer.name == "pip" else "asking uv")
            installer.create(prefix, task.spec.system_site_packages, task.spec.pip)
            after = dict(_read(prefix).packages)
        prediction = installer.predict(prefix, make_install_spec(task.spec))
        again = _apply(after, prediction, task)
        if task.plan.base == "copy" and not prediction.changes and not prediction.unresolved:
            _require_scripts(task, prefix)
        return _tell(task, installer, before.packages, after, again, prediction.unresolved)


def build(task: Task, say: Callable[[str], None]) -> Dict[str, Any]:
    """Make the wished state in ``target`` and put it on record; or find that it is what serves already."""
    with _workshop() as work:
        installer = _installer(task, work)
        before = _read(task.current.prefix)
        if task.plan.base == "copy" and not task.plan.adopt and _settings_hold(task) and _is_ours(task):
            say("comparing what is installed with what is asked for")
            prediction = installer.predict(task.current.prefix, make_install_spec(task.spec))
            if not prediction.unresolved and not _apply(dict(before.packages), prediction, task, True):
                _require_scripts(task, task.current.prefix)
                _record(task, task.current.prefix, installer, before)
                return dict(_tell(task, installer, before.packages, before.packages, ()), same=True)
        with _set_aside(task) if task.plan.base == "fresh" else nullcontext():
            _start(task, installer, say)
            say("installing with %s" % installer.name)
            installer.install(task.target, make_install_spec(task.spec))
            _finish(task)
            say("compiling bytecode")
            bytecode = _bytecode(task, work, os.path.join(task.target, "bin", "python"))
            for site in _sites(task.target):
                bytecode.complete(site, ("pip",) if task.pip_bootstrap and task.plan.base == "fresh" else ())
            _require_scripts(task, task.target)
        after = _read(task.target)
        again = [n for n in after.builds if n in before.builds and after.builds[n] != before.builds[n]]
        again = again if task.plan.base == "copy" else []  # of what is made anew, all is
        answer = _tell(task, installer, before.packages, after.packages, again)
        answer["same"] = _is_same(task, before, after)
        if answer["same"]:
            _record(task, task.current.prefix, installer, before)
        else:
            _record(task, task.target, installer, after)
            if task.plan.adopt and _is_ours(task):
                _record(task, task.current.prefix, installer, before, adopted=True)
        return answer


def _start(task: Task, installer: Installer, say: Callable[[str], None]) -> None:
    if task.plan.base == "fresh":
        say("making an environment on %s" % task.interpreter.path)
        installer.create(task.target, task.spec.system_site_packages, task.spec.pip)
    elif task.target != task.current.prefix:
        say("copying what serves")
        copy_release(task.current.prefix, task.target)


@contextmanager
def _set_aside(task: Task) -> Iterator[None]:
    """In place, keep what is in the directory until its successor works, and put it back when that fails."""
    aside = os.path.join(task.target, ".pyfleet-aside")
    shutil.rmtree(aside, ignore_errors=True)  # of a run that was killed
    names = os.listdir(task.target)
    if names:
        os.mkdir(aside)
        for name in names:
            os.rename(os.path.join(task.target, name), os.path.join(aside, name))
    try:
        yield
    except BaseException:
        for name in os.listdir(task.target) if names else ():
            if name != os.path.basename(aside):
                _remove(os.path.join(task.target, name))
        for name in os.listdir(aside) if names else ():
            os.rename(os.path.join(aside, name), os.path.join(task.target, name))
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)


class _workshop:
    """A private directory for temporary files, removed at the end; it is also what commands take for TMPDIR.

    It may hold credentials. One whose process was killed is removed by the next that makes one: its lock is free.
    """

    def __enter__(self) -> str:
        for top in _temporary():
            for name in os.listdir(top):
                if name.startswith((_WORKSHOP, SEEDS)):
                    _sweep(os.path.join(top, name), 1 if name.startswith(_WORKSHOP) else _DAY)
        self.path = tempfile.mkdtemp(prefix=_WORKSHOP)
        self._fd = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        return self.path

    def __exit__(self, *_exc: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._fd)


def _sweep(path: str, age: float) -> None:
    """Remove a workshop of this user whose process is gone, or the unpacked pip of a run that was ended."""
    with suppress(OSError):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            info = os.fstat(fd)
            if info.st_uid == os.geteuid() and time.time() - info.st_ctime > age:  # it may just be being made
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(fd)


def _bytecode(task: Task, work: str, python: str = "") -> Bytecode:
    interpreter = task.interpreter._replace(path=python or task.interpreter.path)
    return Bytecode(task.run, interpreter, dict(task.environment, TMPDIR=work), work, task.pip_bootstrap)


def _installer(task: Task, work: str) -> Installer:
    environment = dict(task.environment, TMPDIR=work)
    if not environment.get("HOME"):
        environment["HOME"] = work
    environment.update(task.spec.build_environment)
    base: Dict[str, Any] = {
        "run": task.run,
        "python": task.interpreter.path,
        "work": work,
        "environment": environment,
        "pip_bootstrap": PipBootstrap(
            task.pip_bootstrap or work, task.interpreter.wheels, _bytecode(task, work) if task.pip_bootstrap else None
        ),
        "missing_package": task.interpreter.missing_package,
        "credentials": task.credentials,
    }
    return UvInstaller(uv=task.uv, **base) if task.installer == "uv" else PipInstaller(**base)


def _sites(prefix: str) -> Sequence[str]:
    with Host() as host:
        return site_packages(host, prefix)


def _read(prefix: str) -> Contents:
    if not prefix:
        return Contents({}, {}, "", True)
    with Host() as host:
        return read_contents(host, prefix)


def _apply(packages: Dict[str, str], prediction: Prediction, task: Task, any_change: bool = False) -> Tuple[str, ...]:
    """Apply what was predicted; give the names that are installed again at the same version.

    pip installs a local project again each time: one whose files are those of the last converge is not named.
    """
    again: List[str] = []
    touched: List[str] = []
    for change in prediction.changes:
        if change.before == change.after and _is_unchanged(change, task):
            continue
        touched.append(change.name)
        if change.before == change.after:
            again.append(change.name)
        elif change.after:
            packages[change.name] = change.after
        else:
            packages.pop(change.name, None)
    return tuple(touched if any_change else again)


def _is_unchanged(change: Change, task: Task) -> bool:
    return bool(task.local) and task.current.record.get("inputs") == task.inputs and bool(change.name)


def _settings_hold(task: Task) -> bool:
    """Tell whether mode and access to the base's packages are as wished."""
    config = _config(task.current.prefix)
    wanted = "true" if task.spec.system_site_packages else "false"
    mode = not task.spec.mode or int(task.spec.mode, 8) == task.current.mode
    return mode and config.get("include-system-site-packages", "false").lower() == wanted


def _is_ours(task: Task) -> bool:
    """Tell whether what serves belongs to whom this process works for."""
    return task.current.uid == os.geteuid() and (not task.spec.group or task.current.gid == os.getegid())


def _config(prefix: str) -> Mapping[str, str]:
    with Host() as host:
        return parse_pyvenv_cfg(host.content(prefix + "/pyvenv.cfg") or b"")


def _finish(task: Task) -> None:
    """Set what an installer does not: access to the base's packages, the pin, the mode; and try the interpreter."""
    _allow_system_packages(task.target, task.spec.system_site_packages)
    for site in _sites(task.target) if task.release else ():
        write_pin(site)
    os.chmod(task.target, int(task.spec.mode, 8) if task.spec.mode else stat.S_IMODE(os.stat(task.target).st_mode))
    done = task.run(
        [os.path.join(task.target, "bin", "python"), "-I", "-c", "import sys; sys.stdout.write(sys.prefix)"],
        task.environment, "/", 60.0,
    )  # fmt: skip
    if done.status or os.path.realpath(done.output.strip()) != os.path.realpath(task.target):
        raise OperationError(
            "release-broken",
            "the environment that was made does not work",
            "What its python said is in output.",
            done.output + done.errors,
        )


def _require_scripts(task: Task, prefix: str) -> None:
    """Fail before the switch where a script that is to be exposed is not there."""
    for name in missing_scripts(prefix, task.spec):
        found = sorted(os.listdir(os.path.join(prefix, "bin")))
        hint = "It has: %s." % ", ".join(
            word for word in found if not word.startswith(("activate", "Activate", "python"))
        )
        raise OperationError("no-such-script", "the environment has no script %s to link to" % name, hint)


def _allow_system_packages(prefix: str, allowed: bool) -> None:
    path = os.path.join(prefix, "pyvenv.cfg")
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        lines = file.read().splitlines()
    wanted = "include-system-site-packages = %s" % ("true" if allowed else "false")
    rest = [line for line in lines if line.partition("=")[0].strip().lower() != "include-system-site-packages"]
    if wanted not in lines or len(rest) != len(lines) - 1:
        _write(path, "\n".join([*rest, wanted, ""]), 0o644)


def _is_same(task: Task, before: Contents, after: Contents) -> bool:
    """Tell whether what was built is what serves: then that goes on serving, and the copy is thrown away."""
    if task.plan.base != "copy" or task.plan.adopt or task.target == task.current.prefix or not _settings_hold(task):
        return False
    if not _is_ours(task):
        return False
    return is_empty(compare(before.packages, after.packages)) and before.builds == after.builds


def _record(task: Task, prefix: str, installer: Installer, contents: Contents, adopted: bool = False) -> None:
    """Write the record of a converge beside what it made; it holds no credentials."""
    spec = task.spec
    wanted = {
        name: getattr(spec, name)
        for name in (
            "state python packages requirements lock constraints exact require_hashes only_binary no_binary "
            "system_site_packages pip installer index_url extra_index_urls find_links no_index ca_bundle strategy"
        ).split()
    }
    found = {
        "schema": SCHEMA,
        "inputs": "" if adopted else task.inputs,
        "digest": contents.digest,
        "installer": installer.name,
        "installer_version": installer.version,
        "python": task.interpreter.path,
        "version": task.interpreter.version,
        "packages": dict(contents.packages),
        "builds": dict(contents.builds),
        "scripts": list(contents.scripts),
        "links": [[link.directory, link.alias or link.name, link.name] for link in spec.links],
        "wanted": wanted,
        "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    _write(os.path.join(prefix, RECORD), json.dumps(found, indent=1, sort_keys=True) + "\n", 0o644)


def _write(path: str, text: str, mode: int) -> None:
    """Write a file whole or not at all."""
    fd, draft = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".pyfleet-")
    try:
        with os.fdopen(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        os.chmod(draft, mode)
        os.rename(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _tell(
    task: Task,
    installer: Installer,
    before: Mapping[str, str],
    after: Mapping[str, str],
    again: Sequence[str],
    unresolved: Optional[str] = "",
) -> Dict[str, Any]:
    return {
        "before": dict(before),
        "after": dict(after),
        "again": [canonicalize_name(name) for name in again],
        "unresolved": unresolved or "",
        "installer": installer.name,
        "settings": task.plan.base == "copy" and not _settings_hold(task),
        "same": False,
    }
