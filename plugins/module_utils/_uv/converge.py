# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs, upgrades and removes Pythons with uv, as the owner of their directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Optional, Tuple

from .._host.record import NamedTuple
from .._process.accounts import Account, find_worker
from .._process.commands import OperationError, Run, from_os_error
from .._process.effective_user import effective_user
from .plan import UvPlan, needs_downloads, plan_pythons
from .spec import UvPythonSpec
from .state import PythonName, UvState, read_uv_state

if TYPE_CHECKING:
    from .program import UvProgram

#: Where the Pythons of root are, which all users can read; those of another user are where uv itself puts them.
ROOT_DIRECTORY = "/opt/uv/python"
_USER_DIRECTORY = ".local/share/uv/python"
#: Codes of errors that an earlier task of the same play would have prevented.
_NOT_YET = frozenset(["no-such-user", "no-uv", "no-such-file"])


class UvResult(NamedTuple):
    """What was done, or in check mode would be; ``unresolved`` says what check mode cannot know."""

    directory: str
    plan: Optional[UvPlan] = None
    before: Optional[UvState] = None
    after: Optional[UvState] = None
    executable: str = ""  # the uv that was run; '' where none was needed
    unresolved: str = ""
    failed: Optional[OperationError] = None

    @property
    def changed(self) -> bool:
        """Return whether the directory is, or would be, another than before."""
        if self.unresolved:
            return True
        return self.before != self.after


class Converger:
    """Brings the Pythons in one directory to a spec.

    :param run: runs a command.
    :param check: predict only.
    """

    def __init__(self, run: Run, check: bool) -> None:
        self._run = run
        self._check = check

    def converge(self, spec: UvPythonSpec) -> UvResult:
        """Bring the directory to the spec; a failure is part of the result."""
        directory = spec.install_dir
        try:
            account = find_worker(spec.owner)
            directory = find_directory(spec, account)
            return self._converge(spec, account, directory)
        except OperationError as exc:
            if self._check and exc.code in _NOT_YET:
                return UvResult(directory, unresolved=exc.message)
            return UvResult(directory, failed=exc)
        except OSError as exc:
            return UvResult(directory, failed=from_os_error(exc, directory))

    def _converge(
        self, spec: UvPythonSpec, account: Optional[Account], directory: str
    ) -> UvResult:
        before = _read_state(account, directory)
        program = None
        downloads: Tuple[PythonName, ...] = ()
        if needs_downloads(spec, before):
            # Importing this costs as much time as all else, so it waits until it is needed.
            from .carry_out import find_program, list_downloads

            program = find_program(self._run, spec, account, directory)
            downloads = list_downloads(program, account)
        plan = plan_pythons(spec, before, downloads)
        _require_available(plan, spec)
        result = UvResult(directory, plan, before, before)
        if not plan.changed:
            return result
        from .carry_out import find_program, make_directory, require_safe_place

        if plan.needs_uv and program is None:
            program = find_program(self._run, spec, account, directory)
        result = result._replace(executable=program.path if program else "")
        require_safe_place(directory, before, account)
        if self._check:
            return result._replace(after=plan.after)
        make_directory(directory, requested_directory(spec, account), account)
        return self._carry_out(result, plan, program, account)

    def _carry_out(
        self,
        result: UvResult,
        plan: UvPlan,
        program: Optional[UvProgram],
        account: Optional[Account],
    ) -> UvResult:
        from .carry_out import carry_out

        directory = result.directory
        try:
            carry_out(plan, directory, program, account)
        except OperationError as exc:
            return result._replace(after=_read_state(account, directory), failed=exc)
        after = _read_state(account, directory)
        expected = {python.name for python in plan.after.pythons if python.is_whole}
        found = {python.name for python in after.pythons if python.is_whole}
        missing = sorted(name.format() for name in expected - found)
        failed = None
        if missing:
            message = "uv reported success, but %s is not in %s" % (
                ", ".join(missing),
                directory,
            )
            failed = OperationError("not-installed", message, "Run it again.")
        return result._replace(after=after, failed=failed)


def find_directory(spec: UvPythonSpec, account: Optional[Account]) -> str:
    """Return the canonical path of the install directory, whether it exists or not."""
    return os.path.realpath(requested_directory(spec, account))


def requested_directory(spec: UvPythonSpec, account: Optional[Account]) -> str:
    """Return the path of the install directory with the links that it has."""
    path = spec.install_dir
    if not path and account is None and os.geteuid() == 0:
        path = ROOT_DIRECTORY
    elif not path:
        home = account.home if account is not None else os.path.expanduser("~")
        path = os.path.join(home, _USER_DIRECTORY)
    return path


def _read_state(account: Optional[Account], directory: str) -> UvState:
    """Read the directory with the rights of its owner."""
    with effective_user(account):
        return read_uv_state(directory)


def _require_available(plan: UvPlan, spec: UvPythonSpec) -> None:
    if not plan.unavailable:
        return
    names = ", ".join(request.text for request in plan.unavailable)
    if spec.python_downloads_json_url:
        hint = "Add it to %s." % spec.python_downloads_json_url
    else:
        hint = "Use a version that `uv python list` shows: a newer uv knows newer ones."
    raise OperationError(
        "no-such-version", "uv has no download of Python %s for this host" % names, hint
    )
