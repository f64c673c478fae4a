# SPDX-License-Identifier: GPL-3.0-or-later
"""What the child that builds an environment, or predicts a build, is given."""

from __future__ import annotations

from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Mapping,
    NamedTuple,
    Sequence,
    Tuple,
    Union,
)

from .._install.bootstrap_pip import PipBootstrap
from .._install.bytecode import Bytecode
from .._install.pip import PipInstaller
from .._install.spec import Index, InstallSpec
from .._install.uv import UvInstaller
from .._process.commands import Run
from .._scan.select import Interpreter
from .inputs import Inputs
from .plan import Plan
from .spec import EnvironmentSpec
from .state import EnvironmentState

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
    #: names of projects from version control that are at the requested commit
    unmoved: FrozenSet[str] = frozenset()
    moved: Tuple[str, ...] = ()  # the others, as requirements


def make_install_spec(spec: EnvironmentSpec) -> InstallSpec:
    """Return what to request from an installer: the options whose names are fields of an InstallSpec or an Index."""
    install_spec = InstallSpec(**_shared_fields(spec, InstallSpec._fields))
    return install_spec._replace(
        directory=spec.chdir,
        exact=spec.exact or bool(spec.lock),
        upgrade=spec.state == "latest",
        sources=Index(**_shared_fields(spec, Index._fields)),
    )


def requested_installation(task: BuildTask) -> InstallSpec:
    """Return what to request from the installer of a task; what has moved in version control is installed again."""
    reinstall = task.moved if task.plan.base == "copy" else ()
    return make_install_spec(task.spec)._replace(reinstall=reinstall)


def _shared_fields(spec: EnvironmentSpec, names: Sequence[str]) -> Dict[str, Any]:
    return {name: getattr(spec, name) for name in names if name in spec._fields}


def make_installer(task: BuildTask, work: str) -> Installer:
    """Return the installer of a task; its temporary files are in ``work``."""
    toolchain = task.toolchain
    environment = dict(toolchain.environment, TMPDIR=work)
    if not environment.get("HOME"):
        environment["HOME"] = work
    environment.update(task.spec.build_environment)
    bytecode = make_bytecode(toolchain, work) if toolchain.pip_bootstrap else None
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
    if toolchain.installer == "uv":
        return UvInstaller(uv=toolchain.uv, **shared)
    return PipInstaller(**shared)


def make_bytecode(toolchain: Toolchain, work: str, python: str = "") -> Bytecode:
    """Return what compiles, with ``python`` or the base of the environment."""
    interpreter = toolchain.interpreter._replace(
        path=python or toolchain.interpreter.path
    )
    environment = dict(toolchain.environment, TMPDIR=work)
    return Bytecode(
        toolchain.run, interpreter, environment, work, toolchain.pip_bootstrap
    )
