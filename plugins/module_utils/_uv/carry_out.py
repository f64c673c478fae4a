# SPDX-License-Identifier: GPL-3.0-or-later
"""What uv does for a plan, as the owner of the directory: `converge` imports it only where something is to be done."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any, List, Optional, Tuple

from .._host.host import Host
from .._install.find_uv import find_uv, trusted_program
from .._process.accounts import Account
from .._process.commands import OperationError, Run
from .._process.environment import clean_environment
from .._process.privilege_drop import run_in_child
from .._process.write_file import make_directories
from .._process.writing_account import find_writing_account, work_as
from .._scan.read.trust import TrustReader
from .plan import UvPlan, links_to_update
from .program import UvProgram
from .spec import UvPythonSpec
from .state import PythonName, UvState, executable_of, read_uv_state


def find_program(
    run: Run, spec: UvPythonSpec, account: Optional[Account], directory: str
) -> UvProgram:
    """Return the uv that root or the owner alone can alter. Raises OperationError."""
    with Host() as host:
        if spec.executable:
            path = trusted_program(host, account, spec.executable)
        else:
            path = find_uv(host, account, os.environ.get("PATH", ""))
    if not path:
        what = (
            "%s is not uv" % spec.executable if spec.executable else "no uv was found"
        )
        raise OperationError(
            "no-uv",
            "%s that root or the owner alone can alter" % what,
            "Install it with the role pyfleet.python.uv.",
        )
    environment, _credentials = clean_environment(account, {})
    return UvProgram(
        run,
        path=path,
        environment=environment,
        directory=directory,
        mirror=spec.mirror,
        python_downloads_json_url=spec.python_downloads_json_url,
    )


def list_downloads(
    program: UvProgram, account: Optional[Account]
) -> Tuple[PythonName, ...]:
    """Return what uv can download."""

    def work(_report: object) -> List[List[str]]:
        return [list(name) for name in program.list_downloads()]

    answer = run_in_child(work, account, program.environment)
    return tuple(_read_name(row) for row in answer)


def carry_out(
    plan: UvPlan,
    directory: str,
    program: Optional[UvProgram],
    account: Optional[Account],
) -> None:
    """Carry a plan out in a directory that exists. Raises OperationError."""
    environment, _credentials = clean_environment(account, {})

    def work(_report: object) -> None:
        if program is not None:
            program.remove(plan.remove)
            program.install(plan.install, reinstall=False)
            program.install(plan.repair, reinstall=True)
            for name in (*plan.install, *plan.repair):
                program.start(executable_of(directory, name))
        _update_links(directory, plan)

    run_in_child(work, account, environment)


def require_safe_place(
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
            "Change the owner of these directories to root, or set owner or install_dir.",
        )


def _existing_part(host: Host, path: str) -> str:
    while path != "/" and not host.lkind(path):
        path = os.path.dirname(path)
    return path


def make_directory(directory: str, requested: str, account: Optional[Account]) -> None:
    """Create the directory: root for another owner where nobody else can lead root elsewhere, else the owner.

    :param directory: the canonical path.
    :param requested: the path with its links, one of which may be the owner's own.
    """
    if os.path.isdir(directory):
        return
    if account is None or not _is_way_of_root(requested):
        work_as(account, lambda: make_directories(directory))
        return
    make_directories(directory)
    os.chown(directory, account.uid, account.gid)


def _is_way_of_root(path: str) -> bool:
    """Return whether this process is root's, and nobody else can change where a path leads."""
    with Host() as host:
        if host.uid != 0:
            return False
        try:
            return find_writing_account(host, path) is None
        except OperationError:
            return False


def _update_links(directory: str, plan: UvPlan) -> None:
    """Point the links of minor versions to their newest patch release, as uv does from 0.10 on."""
    state = read_uv_state(directory)
    for link, target in links_to_update(state, plan.after):
        draft = "%s/.temp-%s" % (directory, link.format())
        with suppress(FileNotFoundError):
            os.unlink(draft)
        os.symlink("%s/%s" % (directory, target), draft)
        try:
            os.replace(draft, "%s/%s" % (directory, link.format()))
        except BaseException:
            os.unlink(draft)
            raise


def _read_name(row: Any) -> PythonName:
    """Check a name in the answer of a child that ran as the owner."""
    if not isinstance(row, list) or len(row) != len(PythonName._fields):
        raise OperationError(
            "child-answer", "the child process returned an invalid answer"
        )
    return PythonName(*map(str, row))
