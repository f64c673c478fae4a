# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what was planned: whole files, as the user whose files they are."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, NamedTuple, Optional

from .._host.host import Host
from .._process.accounts import Account, find_account
from .._process.commands import OperationError
from .._process.environment import clean_environment
from .._process.privilege_drop import run_in_child
from .._process.write_file import write_file
from .._process.writing_account import directories_of_links, find_writing_account
from .._scan.read import toml
from .._scan.read.trust import TrustReader
from .plan import FileChange, PipConfigPlan, SettingChange, plan_pip_config
from .spec import PipConfigSpec
from .state import read_pip_config_state

#: The reader of uv.toml imports it when it runs, which a child that has dropped root privileges cannot do.
_PRELOADED = (toml,)


class PipConfigResult(NamedTuple):
    """The plan that was carried out, or in check mode would be; ``unresolved`` says what check mode cannot know."""

    plan: PipConfigPlan
    unresolved: str = ""


def converge(spec: PipConfigSpec, check: bool) -> PipConfigResult:
    """Bring the files of a scope to the spec; in check mode write nothing. Raises OperationError."""
    try:
        account = find_owner(spec)
    except OperationError as exc:
        if check and exc.code == "no-such-user":
            unresolved = "%s: the task that creates the user has not run" % exc.message
            return PipConfigResult(PipConfigPlan((), ()), unresolved)
        raise
    home = account.home.rstrip("/") if account else _own_home()
    plan = _as_account(account, lambda: _plan_and_write(spec, home, check))
    return PipConfigResult(plan)


def find_owner(spec: PipConfigSpec) -> Optional[Account]:
    """Return the account that owns the files, or None where it is the caller."""
    uid = os.geteuid()
    if spec.scope == "user" and spec.user:
        account = find_account(spec.user)
    elif spec.scope == "site" and uid == 0 and os.path.isdir(spec.prefix):
        with Host() as host:
            return find_writing_account(host, spec.prefix)
    else:
        return None
    if account.uid == uid:
        return None
    if uid != 0:
        raise OperationError(
            "not-root",
            "only root can write the files of %s" % account.name,
            "Add become: true.",
        )
    return account


def _own_home() -> str:
    return os.path.expanduser("~").rstrip("/")


def _as_account(
    account: Optional[Account], work: Callable[[], PipConfigPlan]
) -> PipConfigPlan:
    if account is None:
        return work()
    environment, _credentials = clean_environment(account, {})
    answer = run_in_child(lambda _report: _to_data(work()), account, environment)
    return _from_data(answer)


def _plan_and_write(spec: PipConfigSpec, home: str, check: bool) -> PipConfigPlan:
    with Host() as host:
        if spec.scope == "site" and not host.is_dir(spec.prefix):
            message = "%s is not a directory" % spec.prefix
            raise OperationError(
                "no-such-prefix",
                message,
                "Name an environment or the prefix of an installation.",
            )
        state = read_pip_config_state(host, spec, home)
        plan = plan_pip_config(spec, state)
        if plan.problems:
            first = plan.problems[0]
            raise OperationError(first.code, first.message, first.hint)
        for change in plan.files:
            if change.after is not None and change.before != change.after:
                _require_trusted(host, change.path)
                if not check:
                    write_file(change.path, change.after)
    return plan


def _require_trusted(host: Host, path: str) -> None:
    """Raise OperationError where root would write below a directory that another user can change."""
    if host.uid != 0:
        return
    directory = os.path.dirname(os.path.realpath(path))
    while not os.path.isdir(directory):
        directory = os.path.dirname(directory)
    trust = TrustReader(host).judge([directory, *directories_of_links(host, path)])
    if not trust.trusted:
        message = "others can change a parent directory of %s: %s" % (
            path,
            "; ".join(trust.because),
        )
        raise OperationError(
            "unsafe-place",
            message,
            "Change the owner of these directories to root, or name their owner as user.",
        )


def _to_data(plan: PipConfigPlan) -> Dict[str, Any]:
    return {
        "files": [list(change) for change in plan.files],
        "settings": [list(change) for change in plan.settings],
    }


def _from_data(answer: Any) -> PipConfigPlan:
    """Check the answer of a child that ran as the owner of the files, and return it as a plan."""
    try:
        files = tuple(
            FileChange(
                path=str(row[0]),
                before=_optional_text(row[1]),
                after=_optional_text(row[2]),
            )
            for row in answer["files"]
        )
        settings = tuple(
            SettingChange(
                section=str(row[0]),
                key=str(row[1]),
                path=str(row[2]),
                before=_values(row[3]),
                after=_values(row[4]),
            )
            for row in answer["settings"]
        )
    except (KeyError, IndexError, TypeError) as exc:
        raise OperationError(
            "child-answer", "the child process returned an invalid answer"
        ) from exc
    return PipConfigPlan(files, settings)


def _optional_text(value: Any) -> Optional[str]:
    return None if value is None else str(value)


def _values(value: Any) -> Any:
    return None if value is None else tuple(str(each) for each in value)
