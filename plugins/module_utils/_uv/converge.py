# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs, upgrades and removes Pythons with uv, as the owner of their directory."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any, List, NamedTuple, Optional, Tuple

from .._host.host import Host
from .._install.find_uv import find_uv, trusted_program
from .._process.accounts import Account, find_worker
from .._process.commands import OperationError, Run, from_os_error
from .._process.effective_user import effective_user
from .._process.environment import clean_environment
from .._process.privilege_drop import run_in_child
from .._scan.read.trust import TrustReader
from .plan import UvPlan, links_to_update, needs_downloads, plan_pythons
from .program import UvProgram
from .spec import UvPythonSpec
from .state import PythonName, UvState, executable_of, read_uv_state

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
            program = self._find_program(spec, account, directory)
            downloads = self._list_downloads(program, account)
        plan = plan_pythons(spec, before, downloads)
        _require_available(plan, spec)
        result = UvResult(directory, plan, before, before)
        if not plan.changed:
            return result
        if plan.needs_uv and program is None:
            program = self._find_program(spec, account, directory)
        result = result._replace(executable=program.path if program else "")
        _require_safe_place(directory, before, account)
        if self._check:
            return result._replace(after=plan.after)
        return self._carry_out(result, plan, program, account)

    def _find_program(
        self, spec: UvPythonSpec, account: Optional[Account], directory: str
    ) -> UvProgram:
        with Host() as host:
            if spec.executable:
                path = trusted_program(host, account, spec.executable)
            else:
                path = find_uv(host, account, os.environ.get("PATH", ""))
        if not path:
            what = (
                "%s is no uv" % spec.executable
                if spec.executable
                else "no uv was found"
            )
            raise OperationError(
                "no-uv",
                "%s that root or the owner alone can alter" % what,
                "Install it with the role pyfleet.python.uv.",
            )
        environment, _credentials = clean_environment(account, {})
        return UvProgram(
            self._run,
            path=path,
            environment=environment,
            directory=directory,
            mirror=spec.mirror,
            python_downloads_json_url=spec.python_downloads_json_url,
        )

    def _list_downloads(
        self, program: UvProgram, account: Optional[Account]
    ) -> Tuple[PythonName, ...]:
        def work(_report: object) -> List[List[str]]:
            return [list(name) for name in program.list_downloads()]

        answer = run_in_child(work, account, program.environment)
        return tuple(_read_name(row) for row in answer)

    def _carry_out(
        self,
        result: UvResult,
        plan: UvPlan,
        program: Optional[UvProgram],
        account: Optional[Account],
    ) -> UvResult:
        directory = result.directory
        _make_directory(directory, account)
        environment, _credentials = clean_environment(account, {})

        def work(_report: object) -> None:
            if program is not None:
                program.remove(plan.remove)
                program.install(plan.install, reinstall=False)
                program.install(plan.repair, reinstall=True)
                for name in (*plan.install, *plan.repair):
                    program.start(executable_of(directory, name))
            _update_links(directory, plan)

        try:
            run_in_child(work, account, environment)
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
    path = spec.install_dir
    if not path and account is None and os.geteuid() == 0:
        path = ROOT_DIRECTORY
    elif not path:
        home = account.home if account is not None else os.path.expanduser("~")
        path = os.path.join(home, _USER_DIRECTORY)
    return os.path.realpath(path)


def _read_state(account: Optional[Account], directory: str) -> UvState:
    """Read the directory with the rights of its owner."""
    with effective_user(account), Host(env={}) as host:
        return read_uv_state(host, directory)


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


def _require_safe_place(
    directory: str, state: UvState, account: Optional[Account]
) -> None:
    """Raise OperationError where another user owns the directory, or could alter what root installs."""
    uid = os.geteuid() if account is None else account.uid
    if state.uid is not None and state.uid != uid:
        message = "%s belongs to another user (uid %d)" % (directory, state.uid)
        raise OperationError(
            "other-owner",
            message,
            "Set owner to that user, or use another install_dir.",
        )
    if uid != 0:
        return
    with Host() as host:
        trust = TrustReader(host).judge([_existing_part(host, directory)])
    if not trust.trusted:
        message = "others can change %s: %s" % (directory, "; ".join(trust.because))
        raise OperationError(
            "unsafe-place",
            message,
            "Give these directories to root, or set owner or install_dir.",
        )


def _existing_part(host: Host, path: str) -> str:
    while path != "/" and not host.lkind(path):
        path = os.path.dirname(path)
    return path


def _make_directory(directory: str, account: Optional[Account]) -> None:
    """Create the directory: root for another owner where root alone can write above it, else its owner."""
    if os.path.isdir(directory):
        return
    with Host() as host:
        above = _existing_part(host, directory)
        is_private = host.uid == 0 and TrustReader(host).judge([above]).trusted
    if account is None or is_private:
        caller_umask = os.umask(0o022)
        try:
            os.makedirs(directory, 0o755)
        finally:
            os.umask(caller_umask)
        if account is not None:
            os.chown(directory, account.uid, account.gid)
        return
    environment, _credentials = clean_environment(account, {})
    run_in_child(lambda _report: os.makedirs(directory, 0o755), account, environment)


def _update_links(directory: str, plan: UvPlan) -> None:
    """Point the links of minor versions to their newest patch release, as uv does from 0.10 on."""
    with Host(env={}) as host:
        state = read_uv_state(host, directory)
    for link, target in links_to_update(state, plan.after):
        draft = "%s/.temp-%s" % (directory, link.format())
        with suppress(FileNotFoundError):
            os.unlink(draft)
        os.symlink("%s/%s" % (directory, target), draft)
        os.replace(draft, "%s/%s" % (directory, link.format()))


def _read_name(row: Any) -> PythonName:
    """Check a name in the answer of a child that ran as the owner."""
    if not isinstance(row, list) or len(row) != len(PythonName._fields):
        raise OperationError(
            "child-answer", "the process that did the work gave an unusable answer"
        )
    return PythonName(*map(str, row))
