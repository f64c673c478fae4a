# SPDX-License-Identifier: GPL-3.0-or-later
"""Restores the EXTERNALLY-MANAGED files of a host, each by the means for its cause, and looks again."""

from __future__ import annotations

import os
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple, Union

from .._host.host import Host
from .._host.program_errors import find_deciding_lines
from .._process.accounts import find_account
from .._process.commands import OperationError, Run, from_os_error
from .._process.environment import clean_environment
from .._process.managed_files import read_file
from .._process.package_reinstall import ENVIRONMENT, Reinstallation, reinstall
from .._process.privilege_drop import run_in_child
from .._process.write_file import write_file
from .._process.writing_account import find_writing_account, work_as
from .plan import MarkerPlan, Step, plan_markers
from .site_marker import HEADER
from .spec import MarkerSpec
from .state import HostMarkers, MarkerState, read_host_markers

_DPKG_CONFIGURATION = "/etc/dpkg/dpkg.cfg"  # dpkg reads it last
_DPKG_DIRECTORY = "/etc/dpkg/dpkg.cfg.d"
_DPKG_INCLUDES = "zz_pyfleet_externally_managed"

OpenHost = Callable[[], Host]


class MarkerResult(NamedTuple):
    """What came of one place."""

    plan: MarkerPlan
    state: str
    changed: bool = False
    failed: Optional[OperationError] = None


class Converger:
    """Brings the files of a host to a spec.

    :param run: runs a command of a package manager.
    :param open_host: opens the host for reading; it may run package managers that cannot be read as files.
    :param check: predict only.
    """

    def __init__(self, run: Run, open_host: OpenHost, check: bool) -> None:
        self._run = run
        self._open_host = open_host
        self._check = check

    def converge(
        self, spec: MarkerSpec
    ) -> Tuple[Tuple[MarkerResult, ...], HostMarkers]:
        """Bring every place to the spec; all are attempted."""
        with self._open_host() as host:
            found = read_host_markers(host, spec)
        return tuple(
            self._converge_one(spec, plan) for plan in plan_markers(spec, found)
        ), found

    def _converge_one(self, spec: MarkerSpec, plan: MarkerPlan) -> MarkerResult:
        if plan.problem:
            problem = OperationError(
                plan.problem.code, plan.problem.message, plan.problem.hint
            )
            return MarkerResult(plan, plan.marker.state, failed=problem)
        if not plan.steps:
            return MarkerResult(plan, plan.state)
        failed: Optional[OperationError] = None
        try:
            _require_replaceable(plan.marker)
        except (OperationError, OSError) as exc:
            failed = _to_operation_error(exc, plan.marker.path)
            return MarkerResult(plan, plan.marker.state, failed=failed)
        if self._check:
            return MarkerResult(plan, plan.state, changed=True)
        done = 0
        try:
            for step in plan.steps:
                self._carry_out(step, plan.marker, spec)
                done += 1
        except (OperationError, OSError) as exc:
            failed = _to_operation_error(exc, plan.marker.path)
        state = self._read_state(spec, plan.marker)
        return MarkerResult(plan, state, changed=done > 0, failed=failed)

    def _carry_out(self, step: Step, marker: MarkerState, spec: MarkerSpec) -> None:
        if step.kind == "remove-diversion":
            self._require_success(
                ["dpkg-divert", "--rename", "--remove", step.argument]
            )
        elif step.kind == "include-path":
            _include_path(step.argument, marker.exclusions)
        elif step.kind == "allow-extraction":
            _allow_extraction(step.argument, marker.path)
        elif step.kind == "remove-obstacle":
            self._write(marker, lambda: _remove_obstacle(marker))
        elif step.kind == "write-file":
            self._write(marker, lambda: write_file(marker.path, step.argument))
        elif step.kind == "remove-file":
            self._write(marker, lambda: os.unlink(marker.path))
        elif not self._is_restored(
            spec, marker
        ):  # the end of a diversion may have put it back
            self._reinstall(spec, marker)

    def _write(self, marker: MarkerState, work: Callable[[], None]) -> None:
        """Do what changes the file as the user who can: root follows nothing that another can lead elsewhere."""
        with self._open_host() as host:
            account = find_writing_account(host, os.path.dirname(marker.path))
        work_as(account, work)

    def _reinstall(self, spec: MarkerSpec, marker: MarkerState) -> None:
        """Reinstall the package; Homebrew's as the owner of its directory, since brew refuses to work as root."""
        wanted = Reinstallation(
            marker.manager, ((marker.package, marker.version),), marker.path
        )
        if marker.manager != "homebrew" or os.geteuid() != 0:
            reinstall(self._run, wanted, lambda: self._is_restored(spec, marker))
            return
        account = find_account(str(os.stat(os.path.dirname(marker.path)).st_uid))
        environment, _credentials = clean_environment(account, {})
        run_in_child(
            lambda _report: reinstall(
                self._run, wanted, lambda: os.path.isfile(marker.path)
            ),
            account,
            environment,
        )

    def _require_success(self, argv: List[str]) -> None:
        done = self._run(argv, ENVIRONMENT, "/", 60)
        if done.status:
            message = "%s ended with status %d: %s" % (
                " ".join(argv),
                done.status,
                find_deciding_lines(done.errors or done.output) or "it said nothing",
            )
            raise OperationError(
                "command-failed", message, "", done.output + done.errors
            )

    def _read_state(self, spec: MarkerSpec, marker: MarkerState) -> str:
        with self._open_host() as host:
            found = read_host_markers(host, spec._replace(pythons=marker.pythons))
        return next(
            (row.state for row in found.markers if row.path == marker.path), "unknown"
        )

    def _is_restored(self, spec: MarkerSpec, marker: MarkerState) -> bool:
        return self._read_state(spec, marker) == "intact"


def _to_operation_error(
    exc: Union[OperationError, OSError], path: str
) -> OperationError:
    return exc if isinstance(exc, OperationError) else from_os_error(exc, path)


def _require_replaceable(marker: MarkerState) -> None:
    """Raise OperationError where the file cannot be replaced; in check mode, too."""
    directory = os.path.dirname(marker.path)
    if os.statvfs(directory).f_flag & os.ST_RDONLY:
        message = "%s is mounted read-only" % directory
        raise OperationError(
            "read-only", message, "Mount it writable, or restore the file in the image."
        )
    if marker.is_mount:
        message = "%s is a mount of its own" % marker.path
        raise OperationError("mounted", message, "Unmount it.")
    if os.geteuid() == 0:
        _require_mutable(directory, marker.path)
    elif not os.access(directory, os.W_OK) and marker.manager != "homebrew":
        raise OperationError(
            "not-root", "%s cannot be written" % directory, "Add become: true."
        )


def _require_mutable(*paths: str) -> None:
    """Raise OperationError where root itself cannot write: the file system does not let it."""
    for path in paths:
        if os.path.islink(path) or not os.path.exists(path):
            continue
        if not os.access(path, os.W_OK):
            message = "not even root can write %s" % path
            hint = "Remove its attribute: chattr -i %s; lsattr shows it." % path
            raise OperationError("immutable-file", message, hint)


def _include_path(path: str, exclusions: Sequence[str]) -> None:
    """Make dpkg unpack a file in spite of a path-exclude.

    dpkg reads the files of dpkg.cfg.d in the order of their names, then dpkg.cfg, and the last rule that matches wins
    (dpkg(1)).

    :param exclusions: the files that exclude it.
    """
    target = find_includes_file(exclusions)
    old = read_file(target)
    if old and not old.endswith("\n"):
        old += "\n"
    line = "path-include=%s\n" % path
    if not old.endswith(line):
        write_file(target, old + ("" if HEADER in old else HEADER) + line)


def find_includes_file(exclusions: Sequence[str]) -> str:
    """Return the file of dpkg's configuration whose rules win over those of the files that exclude a path."""
    if _DPKG_CONFIGURATION in exclusions:
        return _DPKG_CONFIGURATION
    names = [os.path.basename(source) for source in exclusions]
    name = _DPKG_INCLUDES
    while any(other > name for other in names):
        name = "z" + name
    return os.path.join(_DPKG_DIRECTORY, name)


def _allow_extraction(configuration: str, path: str) -> None:
    """Make pacman extract a file in spite of NoExtract: a pattern with ! overrides those before it (pacman.conf(5))."""
    lines = read_file(configuration).split("\n")
    rules = [
        number
        for number, line in enumerate(lines)
        if line.strip().startswith("NoExtract")
    ]
    if not rules:
        message = "%s has no NoExtract any more" % configuration
        raise OperationError("changed-meanwhile", message, "Run it again.")
    lines.insert(rules[-1] + 1, "NoExtract = !%s" % path.lstrip("/"))
    write_file(configuration, "\n".join(lines))


def _remove_obstacle(marker: MarkerState) -> None:
    """Remove what is in the file's place, but for a directory that is not empty."""
    if os.path.islink(marker.path) or not os.path.isdir(marker.path):
        os.unlink(marker.path)
        return
    os.rmdir(marker.path)
