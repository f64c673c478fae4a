# SPDX-License-Identifier: GPL-3.0-or-later
"""uv as an installer. Leaves what pip would: files copied, and a pip where one is asked for. Compiles no bytecode."""

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
from .contents import read_contents
from .create import empty, prompt_of
from .errors import explain_error
from .requirements.write import InstallerInputs, write_installer_inputs
from .spec import Change, InstallSpec, Prediction

#: A line of what would change: by version, or, where that is not known yet, by URL.
_ROW = re.compile(r"^ ([+~-]) ([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?(?:==(\S+)| @ (\S+))", re.MULTILINE)
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
        self._environment = dict(
            without_conflicting_variables(environment),
            UV_LINK_MODE="copy",
            UV_PYTHON_DOWNLOADS="never",
            UV_NO_PROGRESS="1",
            NO_COLOR="1",
        )
        if not _can_keep_cache(environment):
            self._environment["UV_CACHE_DIR"] = os.path.join(work, "cache")
        self._pip_bootstrap = pip_bootstrap
        self._credentials = credentials
        self._uv_program = uv
        self._told_version = ""

    @property
    def version(self) -> str:
        """Give uv's own version, '' where it does not tell."""
        if not self._told_version:
            done = self._run([self._uv_program, "--version"], self._environment, _DIRECTORY, 60.0)
            match = _VERSION.search(done.output)
            self._told_version = match.group() if match else ""
        return self._told_version

    def create(self, prefix: str, system_site_packages: bool, pip: bool) -> None:
        """Make an empty environment at ``prefix``, with a pip where the wheel is there; else `install` brings it."""
        there = os.path.isdir(prefix)
        options = ["--system-site-packages"] if system_site_packages else []
        options += ["--allow-existing"] if there else []
        command = ["venv", "--quiet", "--no-project", "--python", self._python, "--prompt", prompt_of(prefix), *options]
        done = self._uv([*command, prefix], {})
        if done.status:
            empty(prefix, there)
            raise explain_error(done, {}, ())
        if pip:
            _keep_pip(prefix)
            self._give_pip(prefix)

    def _give_pip(self, prefix: str) -> None:
        if self._pip_bootstrap.version() and self._pip_bootstrap.is_whole(self._python):
            self._pip_bootstrap.put_into(prefix, self._python)
        else:
            remove_pip(prefix)

    def _uv(self, arguments: Sequence[str], extra: Mapping[str, str]) -> CommandResult:
        return self._run([self._uv_program, *arguments], {**self._environment, **extra}, _DIRECTORY, 0)

    def _install(self, prefix: str, inputs: InstallerInputs, *more: str) -> CommandResult:
        """Run `uv pip install`; the lock file that it leaves in the environment, writable for all, is taken away."""
        command = ["pip", "install", "--python", os.path.join(prefix, "bin", "python"), *more]
        try:
            return self._uv(command, inputs.environment)
        finally:
            with suppress(OSError):
                os.unlink(os.path.join(prefix, ".lock"))

    def _inputs(self, install_spec: InstallSpec) -> InstallerInputs:
        return write_installer_inputs(self._work, install_spec, self._credentials, self._environment)

    def install(self, prefix: str, install_spec: InstallSpec) -> None:
        """Install what is asked for; raises Failed with the cause."""
        reject_config_conflicts(self.name, self._environment, prefix)
        if install_spec.pip and not has_pip(prefix):
            self._give_pip(prefix)
        if install_spec.pip and install_spec.exact:
            _keep_pip(prefix)
        inputs = self._inputs(install_spec)
        if _asks_something(install_spec):
            done = self._install(prefix, inputs, *inputs.arguments, *_options(install_spec))
            if done.status:
                raise explain_error(done, inputs.names, inputs.secrets)
        if install_spec.pip and not has_pip(prefix):
            inputs = self._inputs(_for_pip(install_spec))
            done = self._install(prefix, inputs, *inputs.arguments)
            if done.status:
                raise explain_error(done, inputs.names, inputs.secrets)
        if not install_spec.pip and has_pip(prefix):
            remove_pip(prefix)

    def predict(self, prefix: str, install_spec: InstallSpec) -> Prediction:
        """Tell what ``install`` would change; changes nothing in the environment."""
        reject_config_conflicts(self.name, self._environment, prefix)
        with Host() as host:
            installed = dict(read_contents(host, prefix).packages)
        changes: Dict[str, Change] = {}
        asked = [install_spec] if _asks_something(install_spec) else []
        if install_spec.pip and not has_pip(prefix):
            if self._pip_bootstrap.version():
                changes["pip"] = Change("pip", installed.get("pip", ""), self._pip_bootstrap.version())
            else:
                asked.append(_for_pip(install_spec))
        if not install_spec.pip and "pip" in installed:
            changes["pip"] = Change("pip", installed["pip"], "")
        for each in asked:
            inputs = self._inputs(each)
            done = self._install(prefix, inputs, *inputs.arguments, *_options(each), "--dry-run")
            if done.status:
                return Prediction(tuple(changes.values()), explain_error(done, inputs.names, inputs.secrets).message)
            coming, going, unnamed = _read_rows(done.errors + done.output)
            try:
                coming.update(self._find_versions(prefix, each, unnamed))
            except OperationError as failed:
                return Prediction(tuple(changes.values()), failed.message)
            for name, change in _compare(coming, going, installed).items():
                if name != "pip" or (install_spec.pip and change.after and "pip" not in changes):
                    changes[name] = change
        return Prediction(tuple(changes.values()))

    def _find_versions(self, prefix: str, install_spec: InstallSpec, unnamed: Mapping[str, str]) -> Dict[str, str]:
        """Give the versions of what is named by URL: a wheel's by its name, others by building them elsewhere."""
        found: Dict[str, str] = {}
        for name, url in unnamed.items():
            match = _WHEEL.search(url)
            if match:
                found[name] = unquote(match.group(1))
                continue
            inputs = self._inputs(install_spec._replace(packages=("%s @ %s" % (name, url),), requirements=(), lock=""))
            target = os.path.join(self._work, "versions", name)
            done = self._install(prefix, inputs, *inputs.arguments, "--no-deps", "--target", target)
            if done.status:
                raise explain_error(done, inputs.names, inputs.secrets)
            for each in os.listdir(target):
                stem = each.rpartition(".dist-info")[0].split("-")
                if canonicalize_name(stem[0]) == name:
                    found[name] = stem[1]
            shutil.rmtree(target, ignore_errors=True)
        return found


def _can_keep_cache(environment: Mapping[str, str]) -> bool:
    """Tell whether uv could write its cache where it would look for it."""
    path = environment.get("UV_CACHE_DIR") or environment.get("XDG_CACHE_HOME") or environment.get("HOME", "")
    while path and not os.path.isdir(path):
        path = os.path.dirname(path.rstrip("/"))
    return bool(path) and path != "/" and os.access(path, os.W_OK)


def _for_pip(install_spec: InstallSpec) -> InstallSpec:
    """Give the same wish for pip alone: nobody has its hash."""
    return install_spec._replace(
        packages=("pip",), requirements=(), lock="", exact=False, require_hashes=False, upgrade=False
    )


def _asks_something(install_spec: InstallSpec) -> bool:
    return bool(install_spec.packages or install_spec.requirements or install_spec.lock or install_spec.exact)


def _options(install_spec: InstallSpec) -> List[str]:
    index = ["--no-index"] if install_spec.sources.no_index else []  # there is no variable for it
    return [*index, *(["--exact"] if install_spec.exact else []), *(["--upgrade"] if install_spec.upgrade else [])]


def _keep_pip(prefix: str) -> None:
    """Have `--exact` leave pip alone: uv does so where it is told that it made the environment with one."""
    path = os.path.join(prefix, "pyvenv.cfg")
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    if not re.search(r"^seed\s*=\s*true", text, re.MULTILINE):
        with open(path, "a", encoding="utf-8") as file:
            file.write("seed = true\n" if text.endswith("\n") else "\nseed = true\n")


def _read_rows(said: str) -> Tuple[Dict[str, str], Dict[str, str], Dict[str, str]]:
    """Read uv's dry run: (name -> version) of what comes and of what goes, (name -> URL) of what has no version yet."""
    coming: Dict[str, str] = {}
    going: Dict[str, str] = {}
    unnamed: Dict[str, str] = {}
    for sign, spelled, version, url in _ROW.findall(said):
        rows = going if sign == "-" else coming if version else unnamed
        rows[canonicalize_name(spelled)] = version or url
    return coming, going, unnamed


def _compare(coming: Mapping[str, str], going: Mapping[str, str], installed: Mapping[str, str]) -> Dict[str, Change]:
    found = {name: Change(name, installed.get(name, ""), version) for name, version in coming.items()}
    found.update((name, Change(name, version, "")) for name, version in going.items() if name not in coming)
    return found
