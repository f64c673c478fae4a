# SPDX-License-Identifier: GPL-3.0-or-later
"""uv as an installer. Leaves what pip does: files copied, and a pip where one is requested. Compiles no bytecode."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from typing import Dict, List, Mapping, Sequence, Tuple
from urllib.parse import unquote

from .._host.host import Host
from .._process.commands import CommandResult, OperationError, Run
from .._process.secrets import Credential
from .._scan.project_name import canonicalize_name
from .bootstrap_pip import PipBootstrap, has_pip, remove_pip
from .config_conflicts import reject_config_conflicts, without_conflicting_variables
from .confirm_installed import confirm_installed
from .contents import read_contents
from .create import empty, prompt_of
from .git_commits import find_commits
from .installer_errors import explain_error
from .packages_absent import find_unwanted, remove_absent
from .requirements.write import InstallerInputs, write_installer_inputs
from .spec import Change, InstallSpec, Prediction

#: A line of what would change: by version, or, where that is not known yet, by URL.
_ROW = re.compile(
    r"^ ([+~-]) ([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?(?:==(\S+)| @ (\S+))",
    re.MULTILINE,
)
_WHEEL = re.compile(r"/[^/-]+-([^/-]+)-[^/?#]+\.whl(?:[?#]|$)")
_VERSION = re.compile(r"\d+(?:\.\d+)+\S*")
#: uv looks for settings in the directory that it starts in and above: there only root can put any.
_DIRECTORY = "/"


class UvInstaller:
    """Installs with uv.

    :param uv: the program.

    The others are as of PipInstaller.
    """

    name = "uv"

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
        uv: str,
    ) -> None:
        self._run = run
        self._python = python
        self._work = work
        self._environment = {
            **without_conflicting_variables(environment),
            "UV_LINK_MODE": "copy",
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_PROGRESS": "1",
            "NO_COLOR": "1",
        }
        if not _can_keep_cache(environment):
            self._environment["UV_CACHE_DIR"] = os.path.join(work, "cache")
        self._pip_bootstrap = pip_bootstrap
        self._credentials = credentials
        self._uv_program = uv
        self._own_version = ""

    @property
    def version(self) -> str:
        """uv's own version, '' where it prints none."""
        if not self._own_version:
            done = self._run(
                [self._uv_program, "--version"], self._environment, _DIRECTORY, 60.0
            )
            match = _VERSION.search(done.output)
            self._own_version = match.group() if match else ""
        return self._own_version

    def create(self, prefix: str, system_site_packages: bool, pip: bool) -> None:
        """Make an empty environment at ``prefix``, with a pip where the wheel is there; else `install` adds it."""
        existed = os.path.isdir(prefix)
        options = ["--system-site-packages"] if system_site_packages else []
        options += ["--allow-existing"] if existed else []
        command = [
            "venv",
            "--quiet",
            "--no-project",
            "--python",
            self._python,
            "--prompt",
            prompt_of(prefix),
            *options,
        ]
        done = self._uv([*command, prefix], {})
        if done.status:
            empty(prefix, existed)
            raise explain_error(done, {}, ())
        if pip:
            _keep_pip(prefix)
            self._install_pip(prefix)

    def _install_pip(self, prefix: str) -> None:
        """Install the wheel's pip; where there is no wheel, remove what is left of a broken one."""
        if self._pip_bootstrap.version() and self._pip_bootstrap.is_whole(self._python):
            self._pip_bootstrap.put_into(prefix, self._python)
        else:
            remove_pip(prefix)

    def install(self, prefix: str, spec: InstallSpec) -> None:
        """Install what ``spec`` requests; raises OperationError with the cause."""
        reject_config_conflicts(self.name, self._environment, prefix)
        if spec.pip and not has_pip(prefix):
            self._install_pip(prefix)
        if spec.pip and spec.exact:
            _keep_pip(prefix)
        if spec.has_requirements() or spec.exact:
            self._install_requirements(prefix, spec)
        if spec.pip and not has_pip(prefix):
            self._install_requirements(prefix, _for_pip(spec))
        self._uninstall_absent(prefix, spec)
        if not spec.pip and has_pip(prefix):
            remove_pip(prefix)

    def _uninstall_absent(self, prefix: str, spec: InstallSpec) -> None:
        names = find_unwanted(prefix, spec)
        if names:
            done = self._uv_pip("uninstall", prefix, {}, *names)
            if done.status:
                raise explain_error(done, {}, ())

    def _install_requirements(self, prefix: str, spec: InstallSpec) -> None:
        inputs = self._write_inputs(spec)
        done = self._uv_pip_install(prefix, inputs, *inputs.arguments, *_options(spec))
        if done.status:
            raise explain_error(done, inputs.names, inputs.secrets)
        coming, _going, unnamed = _read_rows(done.errors + done.output)
        confirm_installed(prefix, {**coming, **unnamed}, inputs.requested)

    def _write_inputs(self, spec: InstallSpec) -> InstallerInputs:
        return write_installer_inputs(
            self._work, spec, self._credentials, self._environment
        )

    def _uv_pip_install(
        self, prefix: str, inputs: InstallerInputs, *arguments: str
    ) -> CommandResult:
        return self._uv_pip("install", prefix, inputs.environment, *arguments)

    def _uv_pip(
        self, what: str, prefix: str, variables: Mapping[str, str], *arguments: str
    ) -> CommandResult:
        """Run `uv pip`; remove the lock file that it leaves in the environment, writable for all."""
        command = [
            "pip",
            what,
            "--python",
            os.path.join(prefix, "bin", "python"),
            *arguments,
        ]
        try:
            return self._uv(command, variables)
        finally:
            with suppress(OSError):
                os.unlink(os.path.join(prefix, ".lock"))

    def _uv(
        self, arguments: Sequence[str], variables: Mapping[str, str]
    ) -> CommandResult:
        return self._run(
            [self._uv_program, *arguments],
            {**self._environment, **variables},
            _DIRECTORY,
            0,
        )

    def find_commits(
        self, prefix: str, spec: InstallSpec, references: Sequence[str]
    ) -> Dict[str, str]:
        """Return the commits that references of ``spec`` into version control lead to, as git_commits has them."""
        inputs = self._write_inputs(spec)
        return find_commits(
            self._run, references, {**self._environment, **inputs.environment}
        )

    def predict(self, prefix: str, spec: InstallSpec) -> Prediction:
        """Return what `install` would change; changes nothing in the environment."""
        reject_config_conflicts(self.name, self._environment, prefix)
        with Host() as host:
            installed = dict(read_contents(host, prefix).packages)
        needs_pip = spec.pip and not has_pip(prefix)
        wheel = self._pip_bootstrap.version() if needs_pip else ""
        specs = [spec] if spec.has_requirements() or spec.exact else []
        if needs_pip and not wheel:
            specs.append(_for_pip(spec))
        changes = _predict_pip(spec, installed, wheel)
        for each in specs:
            inputs = self._write_inputs(each)
            try:
                predicted = self._predict_one(prefix, each, inputs, installed)
            except OperationError as failed:
                return Prediction(tuple(changes.values()), failed.message)
            _add_changes(changes, predicted, spec)
        remove_absent(changes, spec, installed)
        return Prediction(tuple(changes.values()))

    def _predict_one(
        self,
        prefix: str,
        spec: InstallSpec,
        inputs: InstallerInputs,
        installed: Mapping[str, str],
    ) -> Dict[str, Change]:
        done = self._uv_pip_install(
            prefix, inputs, *inputs.arguments, *_options(spec), "--dry-run"
        )
        if done.status:
            raise explain_error(done, inputs.names, inputs.secrets)
        coming, going, unnamed = _read_rows(done.errors + done.output)
        coming.update(self._find_versions(prefix, spec, unnamed))
        return _compare(coming, going, installed)

    def _find_versions(
        self, prefix: str, spec: InstallSpec, unnamed: Mapping[str, str]
    ) -> Dict[str, str]:
        """Return the versions of what is named by URL: a wheel's by its name, others by building them elsewhere."""
        found: Dict[str, str] = {}
        for name, url in unnamed.items():
            match = _WHEEL.search(url)
            found[name] = (
                unquote(match.group(1))
                if match
                else self._build_for_version(prefix, spec, name, url)
            )
        return found

    def _build_for_version(
        self, prefix: str, spec: InstallSpec, name: str, url: str
    ) -> str:
        inputs = self._write_inputs(
            spec._replace(packages=("%s @ %s" % (name, url),), requirements=(), lock="")
        )
        target = os.path.join(self._work, "versions", name)
        try:
            done = self._uv_pip_install(
                prefix, inputs, *inputs.arguments, "--no-deps", "--target", target
            )
            if done.status:
                raise explain_error(done, inputs.names, inputs.secrets)
            for entry in os.listdir(target):
                stem = entry.rpartition(".dist-info")[0].split("-")
                if canonicalize_name(stem[0]) == name:
                    return stem[1]
        finally:
            shutil.rmtree(target, ignore_errors=True)
        raise OperationError(
            "no-version", "the version of %s is known only after it is installed" % name
        )


def _can_keep_cache(environment: Mapping[str, str]) -> bool:
    """Return whether uv can write its cache where it looks for it."""
    path = (
        environment.get("UV_CACHE_DIR")
        or environment.get("XDG_CACHE_HOME")
        or environment.get("HOME", "")
    )
    while path and not os.path.isdir(path):
        path = os.path.dirname(path.rstrip("/"))
    return bool(path) and path != "/" and os.access(path, os.W_OK)


def _for_pip(spec: InstallSpec) -> InstallSpec:
    """Return the same spec for pip alone: nobody has its hash."""
    return spec._replace(
        packages=("pip",),
        requirements=(),
        lock="",
        exact=False,
        require_hashes=False,
        upgrade=False,
    )


def _predict_pip(
    spec: InstallSpec, installed: Mapping[str, str], wheel: str
) -> Dict[str, Change]:
    """Return what becomes of pip without uv: ``wheel`` is the version that is installed, '' none."""
    if wheel:
        return {"pip": Change("pip", installed.get("pip", ""), wheel)}
    if not spec.pip and "pip" in installed:
        return {"pip": Change("pip", installed["pip"], "")}
    return {}


def _add_changes(
    changes: Dict[str, Change], predicted: Mapping[str, Change], spec: InstallSpec
) -> None:
    """Add what uv would change; of pip only an installation that is requested, and not known yet."""
    for name, change in predicted.items():
        if name != "pip" or (spec.pip and change.after and "pip" not in changes):
            changes[name] = change


def _options(spec: InstallSpec) -> List[str]:
    options = (
        ["--no-index"] if spec.sources.no_index else []
    )  # there is no variable for it
    options += ["--exact"] if spec.exact else []
    options += ["--upgrade"] if spec.upgrade else []
    return options


def _keep_pip(prefix: str) -> None:
    """Make `--exact` leave pip alone: uv does so where pyvenv.cfg says that it made the environment with one."""
    path = os.path.join(prefix, "pyvenv.cfg")
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    if not re.search(r"^seed\s*=\s*true", text, re.MULTILINE):
        with open(path, "a", encoding="utf-8") as file:
            file.write("seed = true\n" if text.endswith("\n") else "\nseed = true\n")


def _read_rows(output: str) -> Tuple[Dict[str, str], Dict[str, str], Dict[str, str]]:
    """Read uv's dry run: (name -> version) of what comes and of what goes, (name -> URL) of what has no version yet."""
    coming: Dict[str, str] = {}
    going: Dict[str, str] = {}
    unnamed: Dict[str, str] = {}
    for sign, spelled, version, url in _ROW.findall(output):
        name = canonicalize_name(spelled)
        if sign == "-":
            going[name] = version or url
        elif version:
            coming[name] = version
        else:
            unnamed[name] = url
    return coming, going, unnamed


def _compare(
    coming: Mapping[str, str], going: Mapping[str, str], installed: Mapping[str, str]
) -> Dict[str, Change]:
    found = {
        name: Change(name, installed.get(name, ""), version)
        for name, version in coming.items()
    }
    found.update(
        (name, Change(name, version, ""))
        for name, version in going.items()
        if name not in coming
    )
    return found
