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
from .bootstrap_pip import PipBootstrap, has_pip, remove_pip, site_of
from .config_conflicts import reject_config_conflicts, without_conflicting_variables
from .contents import read_contents
from .create import create_with_venv, empty
from .errors import explain_error
from .index import write_private
from .requirements.parse import is_pylock
from .requirements.write import InstallerInputs, write_installer_inputs
from .spec import Change, InstallSpec, Prediction

_QUIET = ("--no-input", "--disable-pip-version-check", "--no-color")
_REPORTS = "22.2"  # pip NEWS: --dry-run and --report
_LOCKS = "26.1"  # pip NEWS: install -r pylock.toml
#: What is needed of what is asked for, by the metadata that is installed; run by the environment's Python with pip's
#: own `packaging`. Reads a job, writes names.
_CLOSURE = """\
import json, sys
with open(sys.argv[1]) as file:
    job = json.load(file)
sys.path[:0] = job["path"]
from importlib.metadata import distributions
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name
requires = {}
for each in distributions(path=job["sites"] + sys.path):
    name = each.metadata["Name"]
    if name:
        requires.setdefault(canonicalize_name(name), each.requires or [])
requires.update((canonicalize_name(name), rows) for name, rows in job["coming"])
seen, pending = set(), [(canonicalize_name(name), extra) for name, extras in job["roots"] for extra in [""] + extras]
while pending:
    name, extra = pending.pop()
    if (name, extra) in seen:
        continue
    seen.add((name, extra))
    for text in requires.get(name, []):
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            wanted = canonicalize_name(requirement.name)
            pending += [(wanted, each) for each in ["", *requirement.extras]]
json.dump(sorted({name for name, _extra in seen}), sys.stdout)
"""


class PipInstaller:
    """Installs with pip.

    :param run: runs commands.
    :param python: the interpreter that new environments stand on.
    :param work: a private directory for temporary files.
    :param environment: of the commands.
    :param seed: the pip of ensurepip's wheel.
    :param missing_package: the distribution's package that would bring the wheel, where it is known.
    :param credentials: for indexes.
    """

    name = "pip"

    def __init__(
        self,
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
        self._environment = dict(without_conflicting_variables(environment), PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
        self._pip_bootstrap = pip_bootstrap
        self._missing_package = missing_package
        self._credentials = credentials
        self.version = ""

    def create(self, prefix: str, system_site_packages: bool, pip: bool) -> None:
        """Make an empty environment at ``prefix``, with a pip if that is asked."""
        there = os.path.isdir(prefix)
        create_with_venv(self._run, self._python, prefix, system_site_packages, self._environment)
        try:
            if pip:
                self._give_pip(prefix)
        except (OperationError, OSError):
            empty(prefix, there)
            raise

    def _require_wheel(self) -> None:
        if not self._pip_bootstrap.version():
            package = self._missing_package or "the distribution's package with ensurepip"
            message = "%s can make no environments with pip: %s is missing" % (self._python, package)
            hint = "Install it, or use the role pyfleet.python.venv_support; installer=uv does without."
            raise OperationError("venv-support-missing", message, hint)

    def _give_pip(self, prefix: str) -> None:
        self._require_wheel()
        if self._pip_bootstrap.is_whole(self._python):
            self._pip_bootstrap.put_into(prefix, self._python)
            return
        remove_pip(prefix)
        command = [os.path.join(prefix, "bin", "python"), "-I", "-m", "ensurepip", "--default-pip"]
        done = self._run(command, self._environment, self._work, 0)
        if done.status:
            raise explain_error(done, {}, ())

    def _pip(self, prefix: str, *arguments: str, extra: Optional[Mapping[str, str]] = None) -> CommandResult:
        """Run the environment's own pip; where it has none, that of the wheel, which then sees this environment."""
        pip = ["-m", "pip"] if has_pip(prefix) else [os.path.join(self._unpacked(), "pip")]
        command = [os.path.join(prefix, "bin", "python"), "-I", *pip, *arguments]
        return self._run(command, {**self._environment, **(extra or {})}, self._work, 0)

    def _unpacked(self) -> str:
        self._require_wheel()
        return self._pip_bootstrap.unpack(self._python)

    def _version(self, prefix: str) -> str:
        self.version = has_pip(prefix) or self._pip_bootstrap.version()
        return self.version

    def install(self, prefix: str, install_spec: InstallSpec) -> None:
        """Install what is asked for; raises Failed with the cause."""
        if install_spec.pip and not has_pip(prefix):
            self._give_pip(prefix)
        self._refuse_lock(prefix, install_spec)
        reject_config_conflicts(self.name, self._environment, prefix)
        inputs = write_installer_inputs(self._work, install_spec, self._credentials, self._environment)
        if _asks_something(install_spec):
            done = self._pip(
                prefix,
                "install",
                *_QUIET,
                "--no-compile",
                *self._options(install_spec),
                *inputs.arguments,
                extra=inputs.environment,
            )
            if done.status:
                raise explain_error(done, inputs.names, inputs.secrets)
        if install_spec.exact:
            surplus = self._surplus(prefix, install_spec, inputs, ())
            if surplus:
                done = self._pip(prefix, "uninstall", "--yes", *_QUIET, *surplus)
                if done.status:
                    raise explain_error(done, inputs.names, inputs.secrets)
        if not install_spec.pip and has_pip(prefix):
            remove_pip(prefix)
        self._version(prefix)

    def _options(self, install_spec: InstallSpec) -> List[str]:
        return ["--upgrade", "--upgrade-strategy", "eager"] if install_spec.upgrade else []

    def _refuse_lock(self, prefix: str, install_spec: InstallSpec) -> None:
        if is_pylock(install_spec.lock) and not versions.at_least(self._version(prefix), _LOCKS):
            message = "pip %s cannot install from %s" % (self.version, os.path.basename(install_spec.lock))
            raise OperationError(
                "pip-too-old", message, "Take installer=uv, or a requirements file with hashes as lock."
            )
        if install_spec.exact and not versions.at_least(self._version(prefix), _REPORTS):
            message = "pip %s cannot tell what is asked for exactly" % self.version
            raise OperationError(
                "pip-too-old", message, "Add pip>=%s to packages first, or take installer=uv." % _REPORTS
            )

    def predict(self, prefix: str, install_spec: InstallSpec) -> Prediction:
        """Tell what ``install`` would change; changes nothing in the environment."""
        with Host() as host:
            installed = dict(read_contents(host, prefix).packages)
        changes: Dict[str, Change] = {}
        if install_spec.pip and not has_pip(prefix):
            self._require_wheel()
            changes["pip"] = Change("pip", installed.get("pip", ""), self._pip_bootstrap.version())
        if not install_spec.pip and "pip" in installed:
            changes["pip"] = Change("pip", installed["pip"], "")
        self._refuse_lock(prefix, install_spec)
        reject_config_conflicts(self.name, self._environment, prefix)
        inputs = write_installer_inputs(self._work, install_spec, self._credentials, self._environment)
        coming: List[Dict[str, Any]] = []
        if _asks_something(install_spec):
            if not versions.at_least(self._version(prefix), _REPORTS):
                return Prediction(tuple(changes.values()), "pip %s has no dry run that can be read" % self.version)
            done, coming = self._report(prefix, install_spec, inputs)
            if done.status:
                failed = explain_error(done, inputs.names, inputs.secrets)
                return Prediction(tuple(changes.values()), failed.message)
        for row in coming:
            name = canonicalize_name(row["metadata"]["name"])
            if name != "pip" or install_spec.pip:
                changes[name] = Change(name, installed.get(name, ""), row["metadata"]["version"])
        if install_spec.exact:
            for name in self._surplus(prefix, install_spec, inputs, coming):
                changes[name] = Change(name, installed[name], "")
        return Prediction(tuple(changes.values()))

    def _report(
        self, prefix: str, install_spec: InstallSpec, inputs: InstallerInputs, *more: str
    ) -> Tuple[CommandResult, List[Dict[str, Any]]]:
        """Have pip tell what it would install."""
        path = os.path.join(self._work, "report.json")
        arguments = ["install", *_QUIET, "--quiet", "--dry-run", "--report", path, *more, *self._options(install_spec)]
        done = self._pip(prefix, *arguments, *inputs.arguments, extra=inputs.environment)
        if done.status:
            return done, []
        with open(path, encoding="utf-8") as file:
            return done, list(json.load(file)["install"])

    def _surplus(
        self, prefix: str, install_spec: InstallSpec, inputs: InstallerInputs, coming: Sequence[Mapping[str, Any]]
    ) -> List[str]:
        """Give what is installed, or coming, and not needed by anything that is asked for."""
        roots: List[Dict[str, Any]] = []
        if _asks_something(install_spec):
            done, roots = self._report(prefix, install_spec, inputs, "--ignore-installed", "--no-deps")
            if done.status:
                raise explain_error(done, inputs.names, inputs.secrets)
        job = {
            "path": [] if has_pip(prefix) else [self._unpacked()],
            "sites": [site_of(prefix)],
            "roots": [[row["metadata"]["name"], sorted(row.get("requested_extras", []))] for row in roots],
            "coming": [[row["metadata"]["name"], row["metadata"].get("requires_dist", [])] for row in coming],
        }
        path = os.path.join(self._work, "closure.json")
        write_private(path, json.dumps(job))
        done = self._run(
            [os.path.join(prefix, "bin", "python"), "-I", "-c", _CLOSURE, path], self._environment, self._work, 120.0
        )
        if done.status:
            raise explain_error(done, inputs.names, inputs.secrets)
        needed = {*json.loads(done.output), *(["pip"] if install_spec.pip else [])}
        with Host() as host:
            return sorted(set(read_contents(host, prefix).packages) - needed)


def _asks_something(install_spec: InstallSpec) -> bool:
    return bool(install_spec.packages or install_spec.requirements or install_spec.lock)
