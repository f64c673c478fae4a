# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds and removes versions with pyenv, with the rights of the process that calls it.

While a version is built, ``versions/.NAME.building`` stands beside it, so that the next run knows of a build that was
killed. What is rebuilt lies in ``versions/.NAME.previous`` meanwhile: a Python works only at the path that it was built
for.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from typing import Dict, List, Mapping, Tuple

from .._process.commands import OperationError, Run
from .._process.environment import clean_environment
from .._process.write_file import write_file
from .build_errors import explain_failure, find_not_compiled, missing_error
from .plan import REBUILT, PyenvPlan, VersionPlan
from .result import BuildResult, log_path
from .spec import PyenvSpec, build_fingerprint
from .state import BUILDING_SUFFIX, PREVIOUS_SUFFIX, RECORD_NAME

#: pyenv prints only its own messages; with --verbose also the log. The shell writes all of it to a file that can be
#: followed from the beginning.
_LOGGED = 'exec "$@" >"$PYFLEET_BUILD_LOG" 2>&1'
_BREW = ("/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin")
_LOG_LIMIT = 8 * 1024 * 1024  # bytes that are searched for the reason of a failure


class Builder:
    """Works in one root.

    :param run: runs a command.
    :param pyenv: the executable.
    :param manager: the package manager of the host, for messages.
    """

    def __init__(self, run: Run, spec: PyenvSpec, pyenv: str, manager: str) -> None:
        self._run = run
        self._spec = spec
        self._pyenv = pyenv
        self._manager = manager

    def recover(self, names: Tuple[str, ...]) -> None:
        """Undo builds that were killed: what they built is removed, and what was there before is put back."""
        for name in names:
            if os.path.lexists(self._beside(name, PREVIOUS_SUFFIX)):
                self._restore(name)
            else:
                _remove_tree(self._prefix(name))
            os.unlink(self._beside(name, BUILDING_SUFFIX))

    def build(self, row: VersionPlan) -> BuildResult:
        """Build a version; one that fails leaves what was there before."""
        marker = self._beside(row.name, BUILDING_SUFFIX)
        os.makedirs(os.path.dirname(marker), 0o755, exist_ok=True)
        write_file(marker, "%d\n" % os.getpid())
        previous = self._beside(row.name, PREVIOUS_SUFFIX)
        if row.action == REBUILT:
            os.rename(self._prefix(row.name), previous)
        else:
            _remove_tree(self._prefix(row.name))
        try:
            result = self._install(row.name)
        except BaseException:
            if row.action == REBUILT:
                self._restore(row.name)
            else:
                _remove_tree(self._prefix(row.name))
            os.unlink(marker)
            raise
        _remove_tree(previous)
        os.unlink(marker)
        return result

    def _install(self, name: str) -> BuildResult:
        started = time.monotonic()
        log = log_path(self._spec.root, name)
        os.makedirs(os.path.dirname(log), 0o755, exist_ok=True)
        with suppress(FileNotFoundError):
            os.unlink(log)
        top = self._spec.build.build_directory or None
        private = tempfile.mkdtemp(prefix="pyfleet-pyenv-", dir=top)
        try:
            environment = {
                **build_environment(self._spec, self._pyenv),
                "TMPDIR": private,
                "PYFLEET_BUILD_LOG": log,
            }
            argv = [self._pyenv, "install", "--verbose", name]
            command = ["/bin/sh", "-c", _LOGGED, "pyenv-install", *argv]
            done = self._run(command, environment, self._spec.root, 0)
            output = _read_end(log) + done.errors
            if done.status:
                logs = glob.glob(glob.escape(private) + "/python-build.*.log")
                output = "".join([output, *map(_read_end, logs)])
                raise explain_failure(name, output, log, self._manager)
        finally:
            shutil.rmtree(private, ignore_errors=True)
        return self._check(name, output, time.monotonic() - started)

    def _check(self, name: str, output: str, seconds: float) -> BuildResult:
        missing = find_not_compiled(output)
        required = tuple(
            each for each in missing if each in self._spec.build.required_extensions
        )
        if required:
            raise missing_error(name, required, self._manager, output[-4000:])
        record = {"options": build_fingerprint(self._spec.build), "missing": missing}
        path = "%s/%s" % (self._prefix(name), RECORD_NAME)
        write_file(path, json.dumps(record, sort_keys=True) + "\n")
        return BuildResult(name, round(seconds, 1), missing)

    def remove(self, row: VersionPlan, is_complete: bool) -> None:
        """Remove a version; with pyenv where there is one, so that hooks of plugins run and shims follow."""
        if is_complete and self._pyenv:
            argv = [self._pyenv, "uninstall", "--force", row.name]
            environment = build_environment(self._spec, self._pyenv)
            done = self._run(argv, environment, self._spec.root, 0)
            if done.status:
                message = "pyenv could not remove %s" % row.name
                output = done.output + done.errors
                raise OperationError("uninstall-failed", message, "", output[-4000:])
        _remove_tree(self._prefix(row.name))

    def write_global(self, names: Tuple[str, ...]) -> None:
        """Write the file that `pyenv global` writes; without versions it is removed."""
        path = self._spec.root + "/version"
        if names:
            write_file(path, "".join("%s\n" % name for name in names))
        else:
            os.unlink(path)

    def _prefix(self, name: str) -> str:
        return "%s/versions/%s" % (self._spec.root, name)

    def _beside(self, name: str, suffix: str) -> str:
        return "%s/versions/.%s%s" % (self._spec.root, name, suffix)

    def _restore(self, name: str) -> None:
        _remove_tree(self._prefix(name))
        os.rename(self._beside(name, PREVIOUS_SUFFIX), self._prefix(name))


def build_environment(spec: PyenvSpec, pyenv: str) -> Dict[str, str]:
    """Return the environment in which pyenv runs, as the user that this process is."""
    build = spec.build
    extra: Dict[str, str] = dict(build.build_environment)
    extra["PYENV_ROOT"] = spec.root
    if build.configure_options:
        extra["PYTHON_CONFIGURE_OPTS"] = " ".join(build.configure_options)
    if build.make_options:
        extra["PYTHON_MAKE_OPTS"] = " ".join(build.make_options)
    if build.cflags:
        extra["PYTHON_CFLAGS"] = build.cflags
    extra["MAKE_OPTS"] = "-j%d" % (build.jobs or os.cpu_count() or 1)
    if build.cache:
        extra["PYTHON_BUILD_CACHE_PATH"] = build.cache
    extra.update(_source_variables(spec))
    environment, _credentials = clean_environment(None, extra)
    brew = [directory for directory in _BREW if pyenv.startswith(directory + "/")]
    if "PATH" not in extra:
        environment["PATH"] = ":".join([*brew, environment["PATH"]])
    return environment


def _source_variables(spec: PyenvSpec) -> Mapping[str, str]:
    build = spec.build
    if (
        build.offline
    ):  # a client that does not exist: nothing is tried, and the message says so
        return {"PYTHON_BUILD_SKIP_MIRROR": "1", "PYTHON_BUILD_HTTP_CLIENT": "none"}
    if not build.mirror_url:
        return {}
    found = {"PYTHON_BUILD_MIRROR_URL": build.mirror_url}
    if build.mirror_layout == "python.org":
        found["PYTHON_BUILD_MIRROR_URL_SKIP_CHECKSUM"] = "1"
    return found


def _read_end(path: str) -> str:
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LOG_LIMIT))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _remove_tree(path: str) -> None:
    if os.path.islink(path):
        os.unlink(path)
    elif os.path.lexists(path):
        shutil.rmtree(path)


def carry_out(
    builder: Builder, plan: PyenvPlan, complete: List[str]
) -> List[BuildResult]:
    """Carry a plan out, in this order: undo what was killed, build, set the global versions, remove."""
    builder.recover(plan.recovered)
    results = [builder.build(row) for row in plan.builds()]
    if plan.global_before != plan.global_after:
        builder.write_global(plan.global_after)
    for row in plan.removals():
        builder.remove(row, row.name in complete)
    return results
