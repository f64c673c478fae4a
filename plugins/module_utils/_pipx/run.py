# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out the steps of a plan with pipx, with the rights of the process that calls it."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import (
    Any,
    Callable,
    Collection,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from .._install.config_conflicts import reject_config_conflicts
from .._install.index import hand_over
from .._install.installer_errors import explain_error
from .._install.spec import Index
from .._process.commands import CommandResult, OperationError, Run
from .._process.secrets import Credential, redact_output
from .._scan import pep440 as versions
from .app_links import create_links, remove_links
from .newer_release import has_newer_release
from .plan import Step
from .set_aside import aside_path, home_of, kept_aside, restore_aside
from .versions import EDITABLE_SINCE, feature

_INCLUDE_APPS = "--include-apps"
#: Steps for which pipx is not run.
_WITHOUT_PIPX = frozenset(("remove", "link", "restore"))
#: Steps for which pip or uv installs something.
INSTALLING = frozenset(("install", "rebuild", "inject", "upgrade"))


class PipxJob(NamedTuple):
    """How pipx is run for one application."""

    executable: str
    environment: Mapping[str, str]
    bin_directory: str
    man_directory: str
    name: str  # of the environment, which may not exist yet
    sources: Index = Index()
    credentials: Tuple[Credential, ...] = ()
    options: Tuple[str, ...] = ()  # of `pipx install`
    directory: str = ""  # of the environment, where it exists
    backend: str = "pip"


def required_versions(job: PipxJob, kinds: Collection[str]) -> List[Tuple[str, str]]:
    """Return the options behind these kinds of steps that not every pipx has, each with the first pipx that does."""
    rows = []
    if "--editable" in job.options and {"install", "rebuild"} & set(kinds):
        rows.append(("editable", EDITABLE_SINCE))
    if {"pin", "unpin"} & set(kinds):
        rows.append(("pin", feature("pin").since))
    if job.backend == "uv" and set(kinds) - _WITHOUT_PIPX:
        rows.append(("backend=uv", feature("backend").since))
    return rows


class Pipx:
    """Runs the pipx of a host.

    :param run: runs a command.
    :param private: a private directory for temporary files.
    """

    def __init__(self, run: Run, job: PipxJob, private: str) -> None:
        environment = dict(job.environment)
        if job.directory:
            environment["PIPX_HOME"] = home_of(job.directory)
        environment.update(hand_over(private, job.sources, job.credentials))
        self._run, self._job, self._environment, self._private = (
            run,
            job,
            environment,
            private,
        )
        self._name = os.path.basename(job.directory) or job.name
        self._secrets = [each.password or each.username for each in job.credentials]

    def carry_out(self, steps: Sequence[Step]) -> None:
        """Carry out the steps in their order; a rebuild that fails puts back the environment that was there."""
        first = steps[0].kind if steps else ""
        if first == "restore":
            restore_aside(self._job.directory)
            return
        self.reject_unsupported([step.kind for step in steps])
        if first == "rebuild":
            with kept_aside(self._job.directory):
                self._carry_out_each(steps)
        else:
            self._carry_out_each(steps)
        if self._job.directory:
            self._remove_links(dangling_only=True)

    def _carry_out_each(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if step.kind in ("install", "rebuild"):
                self._install(step.words)
            elif step.kind == "link":
                create_links(self._job.directory, self._job.bin_directory, step.words)
            elif step.kind == "remove":
                self._remove()
            elif step.kind == "inject":
                self._inject(step.words)
            elif step.kind == "upgrade":
                self._call("upgrade", *step.words, "--", self._name)
            else:  # uninject, pin, unpin
                self._call(step.kind, "--", self._name, *step.words)

    def _install(self, words: Sequence[str]) -> None:
        done = self._call("install", *self._job.options, "--", *words)
        if "already seems to be installed" in done.output + done.errors:
            raise OperationError(
                "installed-otherwise",
                "an application of that name was installed from another source",
                "Add its name: name @ file:///path, or name @ URL.",
                redact_output(done.output.strip(), self._secrets),
            )

    def _inject(self, words: Sequence[str]) -> None:
        options = [word for word in words if word.startswith("--")]
        packages = [word for word in words if not word.startswith("--")]
        if _INCLUDE_APPS not in options:
            self._call("inject", *options, "--", self._name, *packages)
            return
        for package in packages:  # pipx stops at the first that has no commands
            try:
                self._call("inject", *options, "--", self._name, package)
            except OperationError as exc:
                if exc.code != "no-commands":
                    raise
                # It is injected, and recorded as if its commands were exposed.
                self._call("inject", "--force", "--", self._name, package)

    def _call(self, *words: str) -> CommandResult:
        done = self._run(
            [self._job.executable, *words], self._environment, self._private, 0
        )
        if done.status:
            raise self._explain(done)
        return done

    def _explain(self, done: CommandResult) -> OperationError:
        output = done.output + done.errors
        if "No apps associated with package" in output:
            hint = "Set include_dependencies for the commands of its dependencies, or use a virtual environment."
            return OperationError(
                "no-commands",
                "it has no commands of its own",
                hint,
                redact_output(output.strip(), self._secrets),
            )
        return explain_error(done, {}, self._secrets)

    def reject_unsupported(self, kinds: Collection[str]) -> None:
        """Raise OperationError where a step would fail or go elsewhere.

        That is with a pipx that is too old, which is run only where a step needs more than 1.0, and with settings of
        pip or uv that lead an installation out of the environment.
        """
        if INSTALLING & set(kinds):
            installer = "uv" if self._job.backend == "uv" else "pip"
            reject_config_conflicts(
                installer, self._environment, self._job.directory or self._private
            )
        required = required_versions(self._job, kinds)
        version = self.version() if required else ""
        for option, since in required:
            if not versions.at_least(version, since):
                message = "%s needs pipx %s or newer, and this is %s" % (
                    option,
                    since,
                    version,
                )
                raise OperationError(
                    "pipx-too-old", message, "Omit it, or install a newer pipx."
                )
        if "backend=uv" in dict(required):
            self._require_uv()

    def _require_uv(self) -> None:
        environment = {
            **self._environment,
            "PIPX_HOME": self._private,
        }  # a log goes there
        command = [self._job.executable, "environment", "--value", "PIPX_UV_BINARY"]
        done = self._run(command, environment, self._private, 0)
        if done.status:
            raise self._explain(done)
        if not done.output.strip():
            hint = (
                "Install uv into /usr/local/bin, install pipx[uv], or use backend=pip."
            )
            raise OperationError(
                "no-uv", "backend=uv needs uv, and pipx finds none", hint
            )

    def version(self) -> str:
        """Return the version that pipx prints."""
        return self._call("--version").output.strip()

    def _remove(self) -> None:
        if self._job.executable and os.path.isdir(self._job.directory):
            # What it leaves, for example of a broken environment, is removed below.
            self._run(
                [self._job.executable, "uninstall", "--", self._name],
                self._environment,
                self._private,
                0,
            )
        self._remove_links(dangling_only=False)
        for path in (self._job.directory, aside_path(self._job.directory)):
            if os.path.lexists(path):
                shutil.rmtree(path)

    def _remove_links(self, dangling_only: bool) -> None:
        remove_links(
            self._job.directory,
            self._job.bin_directory,
            self._job.man_directory,
            dangling_only,
        )

    def has_newer(self, requirements: Sequence[str]) -> Optional[bool]:
        """Return whether an upgrade would change anything, by a dry run of pip; None where pip has none."""
        report = os.path.join(self._private, "report.json")
        command = [
            self._job.directory + "/bin/python",
            "-m",
            "pip",
            "install",
            "--dry-run",
            "--quiet",
        ]
        command += ["--report", report, "--upgrade", "--", *requirements]
        done = self._run(
            command, {**self._environment, "PIP_USER": "0"}, self._private, 0
        )
        if not done.status:
            return has_newer_release(report, self._job.directory)
        if "no such option" in done.errors or "No module named pip" in done.errors:
            return None
        raise self._explain(done)


def with_pipx(run: Run, job: PipxJob, work: Callable[[Pipx], Any]) -> Any:
    """Call ``work`` with a Pipx whose private directory is removed afterwards; return what it returns."""
    private = tempfile.mkdtemp(prefix="pyfleet-")
    try:
        return work(Pipx(run, job, private))
    finally:
        shutil.rmtree(private, ignore_errors=True)
