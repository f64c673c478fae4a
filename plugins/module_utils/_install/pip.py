# SPDX-License-Identifier: GPL-3.0-or-later
"""pip as an installer: the environment's own, or for one without, that of ensurepip's wheel. Compiles no bytecode."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .._host.host import Host
from .._process.commands import CommandResult, OperationError, Run
from .._process.secrets import Credential
from .._scan import pep440 as versions
from .._scan.project_name import canonicalize_name
from . import installed_closure
from .bootstrap_pip import PipBootstrap, has_pip, remove_pip, site_of
from .config_conflicts import (
    PIP_OVERRIDES,
    read_configured_index,
    reject_config_conflicts,
    without_conflicting_variables,
)
from .confirm_installed import confirm_installed
from .contents import read_contents
from .create import create_with_venv, empty
from .git_commits import find_commits
from .index import write_private
from .installer_errors import explain_error
from .packages_absent import find_unwanted, remove_absent
from .program_source import program_source
from .requirements.parse import is_pylock
from .requirements.write import InstallerInputs, write_installer_inputs
from .spec import Change, InstallSpec, Prediction

_QUIET = ("--no-input", "--disable-pip-version-check", "--no-color")
_REPORTS = "22.2"  # pip NEWS: --dry-run and --report
_LOCKS = "26.1"  # pip NEWS: install -r pylock.toml
_CLOSURE_SOURCE = program_source(installed_closure)
_CLOSURE_SECONDS = 120.0


class PipInstaller:
    """Installs with pip.

    :param run: runs commands.
    :param python: the interpreter that new environments stand on.
    :param work: a private directory for temporary files.
    :param environment: of the commands.
    :param pip_bootstrap: the pip of ensurepip's wheel.
    :param missing_package: the distribution's package that would bring the wheel, where it is known.
    :param credentials: for indexes.
    """

    name = "pip"

    def __init__(
        self,
        *,
        run: Run,
        python: str,
        work: str,
        environment: Mapping[str, str],
        pip_bootstrap: PipBootstrap,
        missing_package: str,
        credentials: Sequence[Credential],
    ) -> None:
        self._run = run
        self._python = python
        self._work = work
        self._environment = {
            **without_conflicting_variables(environment),
            **PIP_OVERRIDES,
        }
        self._pip_bootstrap = pip_bootstrap
        self._missing_package = missing_package
        self._credentials = credentials
        self.version = ""

    # ------------------------------------------------------------------ making an environment

    def create(self, prefix: str, system_site_packages: bool, pip: bool) -> None:
        """Make an empty environment at ``prefix``, with a pip if ``pip``; a failure leaves nothing."""
        existed = os.path.isdir(prefix)
        create_with_venv(
            self._run, self._python, prefix, system_site_packages, self._environment
        )
        try:
            if pip:
                self._install_pip(prefix)
        except (OperationError, OSError):
            empty(prefix, existed)
            raise

    def _install_pip(self, prefix: str) -> None:
        self._require_wheel()
        if self._pip_bootstrap.is_whole(self._python):
            self._pip_bootstrap.put_into(prefix, self._python)
            return
        remove_pip(prefix)
        command = [
            os.path.join(prefix, "bin", "python"),
            "-I",
            "-m",
            "ensurepip",
            "--default-pip",
        ]
        _require_success(self._run(command, self._environment, self._work, 0))

    def _require_wheel(self) -> None:
        if not self._pip_bootstrap.version():
            package = (
                self._missing_package or "the distribution's package with ensurepip"
            )
            message = "%s cannot create environments with pip: %s is missing" % (
                self._python,
                package,
            )
            hint = "Install it, use the role pyfleet.python.venv_support, or set installer=uv, which does not need it."
            raise OperationError("venv-support-missing", message, hint)

    # ------------------------------------------------------------------ installing

    def install(self, prefix: str, spec: InstallSpec) -> None:
        """Install what ``spec`` requests; raises OperationError with the cause."""
        if spec.pip and not has_pip(prefix):
            self._install_pip(prefix)
        self._validate(prefix, spec)
        inputs = self._write_inputs(prefix, spec)
        if spec.has_requirements():
            self._install_requirements(prefix, spec, inputs)
        if spec.reinstall:
            self._reinstall(prefix, spec)
        if spec.exact:
            self._uninstall_surplus(prefix, spec, inputs)
        self._uninstall_absent(prefix, spec)
        if not spec.pip and has_pip(prefix):
            remove_pip(prefix)
        self._read_version(prefix)

    def _install_requirements(
        self, prefix: str, spec: InstallSpec, inputs: InstallerInputs
    ) -> None:
        report = os.path.join(self._work, "installed.json")
        options = [*_QUIET, "--no-compile", *_upgrade_options(spec)]
        can_report = versions.at_least(self._read_version(prefix), _REPORTS)
        if can_report:
            options += ["--report", report]
        done = self._pip(
            prefix, "install", *options, *inputs.arguments, variables=inputs.environment
        )
        _require_success(done, inputs)
        installed: Dict[str, str] = {}
        for row in _read_report(report) if can_report else ():
            installed[row["metadata"]["name"]] = row["metadata"]["version"]
        confirm_installed(prefix, installed, inputs.requested)

    def _reinstall(self, prefix: str, spec: InstallSpec) -> None:
        """Install projects from version control again: pip does not where their version is the same."""
        only = spec._replace(
            packages=spec.reinstall,
            requirements=(),
            constraints=(),
            lock="",
            require_hashes=False,
        )
        inputs = self._write_inputs(prefix, only)
        options = [*_QUIET, "--no-compile", "--force-reinstall", "--no-deps"]
        _require_success(
            self._pip(
                prefix,
                "install",
                *options,
                *inputs.arguments,
                variables=inputs.environment,
            ),
            inputs,
        )

    def _uninstall_surplus(
        self, prefix: str, spec: InstallSpec, inputs: InstallerInputs
    ) -> None:
        surplus = self._find_surplus(prefix, spec, inputs, ())
        if surplus:
            _require_success(
                self._pip(prefix, "uninstall", "--yes", *_QUIET, *surplus), inputs
            )

    def find_commits(
        self, prefix: str, spec: InstallSpec, references: Sequence[str]
    ) -> Dict[str, str]:
        """Return the commits that references of ``spec`` into version control lead to, as git_commits has them."""
        inputs = self._write_inputs(prefix, spec)
        return find_commits(
            self._run, references, {**self._environment, **inputs.environment}
        )

    def _uninstall_absent(self, prefix: str, spec: InstallSpec) -> None:
        names = find_unwanted(prefix, spec)
        if names:
            _require_success(self._pip(prefix, "uninstall", "--yes", *_QUIET, *names))

    def predict(self, prefix: str, spec: InstallSpec) -> Prediction:
        """Return what `install` would change; changes nothing in the environment."""
        with Host() as host:
            installed = dict(read_contents(host, prefix).packages)
        changes = self._predict_pip(prefix, spec, installed)
        self._validate(prefix, spec)
        inputs = self._write_inputs(prefix, spec)
        coming: List[Dict[str, Any]] = []
        if spec.has_requirements():
            if not versions.at_least(self._read_version(prefix), _REPORTS):
                remove_absent(changes, spec, installed)
                return Prediction(
                    tuple(changes.values()),
                    "pip %s has no dry run with a report" % self.version,
                )
            done, coming = self._dry_run(prefix, spec, inputs)
            if done.status:
                failed = explain_error(done, inputs.names, inputs.secrets)
                return Prediction(tuple(changes.values()), failed.message)
        for row in coming:
            name = canonicalize_name(row["metadata"]["name"])
            if name != "pip" or spec.pip:
                changes[name] = Change(
                    name, installed.get(name, ""), row["metadata"]["version"]
                )
        for requirement in spec.reinstall:
            name = canonicalize_name(requirement.partition(" @ ")[0])
            if name in installed:
                changes.setdefault(name, Change(name, installed[name], installed[name]))
        if spec.exact:
            for name in self._find_surplus(prefix, spec, inputs, coming):
                changes[name] = Change(name, installed[name], "")
        remove_absent(changes, spec, installed)
        return Prediction(tuple(changes.values()))

    def _predict_pip(
        self, prefix: str, spec: InstallSpec, installed: Mapping[str, str]
    ) -> Dict[str, Change]:
        """Return the change of the environment's own pip, that comes or goes beside what is requested."""
        if spec.pip and not has_pip(prefix):
            self._require_wheel()
            return {
                "pip": Change(
                    "pip", installed.get("pip", ""), self._pip_bootstrap.version()
                )
            }
        if not spec.pip and "pip" in installed:
            return {"pip": Change("pip", installed["pip"], "")}
        return {}

    def _validate(self, prefix: str, spec: InstallSpec) -> None:
        """Raise OperationError where this pip, or the host's settings, can't do what is requested."""
        version = self._read_version(prefix)
        if is_pylock(spec.lock) and not versions.at_least(version, _LOCKS):
            message = "pip %s cannot install from %s" % (
                version,
                os.path.basename(spec.lock),
            )
            hint = "Use installer=uv, or a requirements file with hashes as lock."
            raise OperationError("pip-too-old", message, hint)
        if spec.exact and not versions.at_least(version, _REPORTS):
            message = (
                "pip %s cannot report what the requested packages need, which exact takes"
                % version
            )
            hint = "Add pip>=%s to packages first, or use installer=uv." % _REPORTS
            raise OperationError("pip-too-old", message, hint)
        reject_config_conflicts(self.name, self._environment, prefix)

    # ------------------------------------------------------------------ running pip

    def _write_inputs(self, prefix: str, spec: InstallSpec) -> InstallerInputs:
        configured = read_configured_index(self._environment, prefix)
        credentials = [*self._credentials, *configured.credentials]
        inputs = write_installer_inputs(
            self._work, spec, credentials, self._environment
        )
        return inputs._replace(
            environment={**configured.variables, **inputs.environment}
        )

    def _pip(
        self,
        prefix: str,
        *arguments: str,
        variables: Optional[Mapping[str, str]] = None,
    ) -> CommandResult:
        """Run the environment's own pip; where it has none, that of the wheel, which then sees this environment."""
        pip = (
            ["-m", "pip"]
            if has_pip(prefix)
            else [os.path.join(self._unpack_pip(), "pip")]
        )
        command = [os.path.join(prefix, "bin", "python"), "-I", *pip, *arguments]
        environment = {
            **self._environment,
            "PIP_SRC": os.path.join(prefix, "src"),
            **(variables or {}),
        }
        return self._run(command, environment, self._work, 0)

    def _unpack_pip(self) -> str:
        self._require_wheel()
        return self._pip_bootstrap.unpack(self._python)

    def _read_version(self, prefix: str) -> str:
        self.version = has_pip(prefix) or self._pip_bootstrap.version()
        return self.version

    def _dry_run(
        self, prefix: str, spec: InstallSpec, inputs: InstallerInputs, *more: str
    ) -> Tuple[CommandResult, List[Dict[str, Any]]]:
        """Return what pip reports that it would install."""
        report = os.path.join(self._work, "report.json")
        options = [
            *_QUIET,
            "--quiet",
            "--dry-run",
            "--report",
            report,
            *more,
            *_upgrade_options(spec),
        ]
        done = self._pip(
            prefix, "install", *options, *inputs.arguments, variables=inputs.environment
        )
        return done, [] if done.status else _read_report(report)

    def _find_surplus(
        self,
        prefix: str,
        spec: InstallSpec,
        inputs: InstallerInputs,
        coming: Sequence[Mapping[str, Any]],
    ) -> List[str]:
        """Return what is installed, or coming, and not needed by anything that is requested."""
        roots: List[Dict[str, Any]] = []
        if spec.has_requirements():
            done, roots = self._dry_run(
                prefix, spec, inputs, "--ignore-installed", "--no-deps"
            )
            _require_success(done, inputs)
        job = {
            "path": [] if has_pip(prefix) else [self._unpack_pip()],
            "sites": [site_of(prefix)],
            "roots": [
                [row["metadata"]["name"], sorted(row.get("requested_extras", []))]
                for row in roots
            ],
            "coming": [
                [row["metadata"]["name"], row["metadata"].get("requires_dist", [])]
                for row in coming
            ],
        }
        needed = self._run_closure(prefix, job, inputs)
        if spec.pip:
            needed.append("pip")
        with Host() as host:
            return sorted(set(read_contents(host, prefix).packages) - set(needed))

    def _run_closure(
        self, prefix: str, job: Mapping[str, Any], inputs: InstallerInputs
    ) -> List[str]:
        """Run `installed_closure` in the environment's Python; return the names that it prints."""
        program, job_file = (
            os.path.join(self._work, name) for name in ("closure.py", "closure.json")
        )
        if not _CLOSURE_SOURCE:
            raise OperationError(
                "no-source",
                "the program that finds dependencies is not in this installation",
            )
        write_private(program, _CLOSURE_SOURCE)
        write_private(job_file, json.dumps(job))
        command = [os.path.join(prefix, "bin", "python"), "-I", program, job_file]
        done = self._run(command, self._environment, self._work, _CLOSURE_SECONDS)
        _require_success(done, inputs)
        return [str(name) for name in json.loads(done.output)]


def _upgrade_options(spec: InstallSpec) -> List[str]:
    return ["--upgrade", "--upgrade-strategy", "eager"] if spec.upgrade else []


def _require_success(
    done: CommandResult, inputs: Optional[InstallerInputs] = None
) -> None:
    if done.status:
        names = inputs.names if inputs is not None else {}
        secrets = inputs.secrets if inputs is not None else ()
        raise explain_error(done, names, secrets)


def _read_report(path: str) -> List[Dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        return list(json.load(file)["install"])
