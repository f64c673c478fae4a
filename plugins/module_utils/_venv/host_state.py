# SPDX-License-Identifier: GPL-3.0-or-later
"""What a converge has to know of the host: its interpreters, the environment that is there, a uv that may be run."""

from __future__ import annotations

import os
from typing import Iterable, NamedTuple, Optional, Sequence, Tuple

from .._host.host import Host
from .._process.accounts import Account
from .._process.commands import OperationError
from .._scan.model import InterpreterReading, Request
from .._scan.pipeline import scan
from .._scan.read.installer_config import read_settings
from .._scan.read.interpreter import InterpreterReader
from .._scan.select import Interpreter, choose, is_path
from .._scan.verdicts import JudgedEnvironment, JudgedInstallation, Scan
from .plan import FoundEnvironment
from .state import EnvironmentState

#: What pip is told in its own files and uv would not know.
_ABOUT_INDEXES = frozenset(
    "cert client-cert extra-index-url find-links index-url no-index only-binary proxy trusted-host".split()
)


class HostState(NamedTuple):
    """The interpreters of a host, and one environment on it."""

    interpreters: Tuple[Interpreter, ...]
    present: FoundEnvironment


def gather_host_state(
    host: Host,
    current: EnvironmentState,
    account: Optional[Account],
    paths: Sequence[str],
) -> HostState:
    """Read the interpreters of the host, including those at ``paths``, and the current environment."""
    user = account.name if account is not None else None
    caller = host.caller()
    who = user or (caller.name if caller is not None else None)
    request = Request(
        subset=("installations", "environments")
        if current.prefix
        else ("installations",),
        paths=tuple(path for path in paths if host.is_file(path)),
        environment_roots=(current.prefix,) if current.prefix else (),
        depth=0,
        users=(who,) if who else None,
    )
    found = scan(host, request)
    interpreters = tuple(
        _interpreter(host, row, account) for row in found.judged.installations
    )
    present = _present(current, found)
    base = next(
        (each for each in interpreters if each.canonical == present.python), None
    )
    if base is not None:
        present = present._replace(variant=base.variant)
    return HostState(interpreters, present)


def _interpreter(
    host: Host, row: JudgedInstallation, account: Optional[Account]
) -> Interpreter:
    reading = row.installation.reading
    trusted = reading.trust.trusted
    if account is not None and account.uid != host.uid:
        # Nothing of it is run by root: that its user could alter it harms nobody else.
        trusted = True if trusted or reading.owner_uid == account.uid else trusted
        trusted = trusted if _can_run(host, account, reading.path) else None
    return Interpreter(
        path=stable_name(host, reading),
        version=row.installation.version,
        implementation=reading.implementation,
        system=row.installation.system,
        trusted=trusted,
        canonical=reading.path,
        venv=row.venv.usable,
        missing_package=row.venv.missing_package,
        wheels=reading.venv.wheel_directory if reading.venv.wheels else "",
        variant=reading.variant.replace("m", ""),
    )


def _can_run(host: Host, account: Account, path: str) -> bool:
    """Return whether a user may enter every parent directory of an executable, and run it."""
    while path != "/":
        info = host.lstat(path)
        if info is None:
            return False
        bit = 0o001
        if info.st_uid == account.uid:
            bit = 0o100
        elif info.st_gid in (account.gid, *account.groups):
            bit = 0o010
        if not info.st_mode & bit:
            return False
        path = os.path.dirname(path)
    return True


def stable_name(host: Host, reading: InterpreterReading) -> str:
    """Return the name of an interpreter that outlives its patch version (Homebrew's opt, uv's minor link)."""
    path = reading.path
    head, cellar, rest = path.partition("/Cellar/")
    if cellar:
        formula = rest.split("/")[0]
        variant = reading.variant.replace("m", "")
        name = "%s/opt/%s/bin/python%s%s" % (head, formula, reading.language, variant)
        if host.real(name) == path:
            return name
    head, tail = path.rpartition("/bin/")[::2]
    directory, version = os.path.split(head)
    full = reading.versions[0].version if reading.versions else ""
    for behind in (
        "-",
        "+",
    ):  # cpython-3.13.0-linux-…, cpython-3.13.0+freethreaded-linux-…
        number = "-%s%s" % (full, behind)
        minor = "%s/%s" % (
            directory,
            version.replace(number, "-%s%s" % (reading.language, behind)),
        )
        if full and number in version and host.real(minor) == head:
            return "%s/bin/%s" % (minor, tail)
    return path


def missing(current: EnvironmentState) -> FoundEnvironment:
    """Return what exists of an environment that no scan finds."""
    if current.kind == "absent":
        return FoundEnvironment("absent")
    problem = ("interpreter-missing", "Its interpreter or its release is gone.")
    return FoundEnvironment(
        current.kind,
        problems=(problem,),
        installer=str(current.record.get("installer", "")),
    )


def _present(current: EnvironmentState, found: Scan) -> FoundEnvironment:
    row = next(
        (each for each in found.judged.environments if _is_at(each, current.prefix)),
        None,
    )
    if current.kind == "absent" or row is None:
        return missing(current)
    installer = str(current.record.get("installer", ""))
    problems = tuple((each.code, each.message) for each in row.problems)
    return FoundEnvironment(
        kind=current.kind,
        python=row.environment.base,
        version=row.environment.version,
        problems=problems,
        installer=installer,
    )


def _is_at(row: JudgedEnvironment, prefix: str) -> bool:
    return row.environment.reading.path == prefix


def find_interpreter(
    host: Host, wanted: str, interpreters: Sequence[Interpreter]
) -> Interpreter:
    """Return the interpreter that ``python`` requests; raise OperationError if none matches or may be run."""
    if is_path(wanted):
        real = host.real(wanted)
        row = next((each for each in interpreters if each.canonical == real), None)
        row = row or next(
            (
                each
                for each in interpreters
                if real and _base_of(host, wanted) == each.canonical
            ),
            None,
        )
        if row is None:
            what = (
                "is not there"
                if real is None
                else "is not a Python interpreter (a shim or script is not accepted)"
            )
            raise OperationError(
                "no-such-python", "%s %s" % (wanted, what), _offer(interpreters)
            )
        if row.trusted is None:
            raise OperationError(
                "no-such-python",
                "%s cannot be run by the owner" % row.path,
                _offer(interpreters),
            )
        if not row.trusted:
            message = (
                "users other than root can alter %s, so root does not run it" % row.path
            )
            raise OperationError(
                "untrusted-python", message, "Set owner, or another python."
            )
        return row
    chosen = choose(wanted, interpreters)
    if chosen is None:
        raise OperationError(
            "no-such-python",
            "no Python on this host matches %s" % wanted,
            _offer(interpreters),
        )
    return chosen


def _base_of(host: Host, path: str) -> str:
    """Return the base interpreter of an environment."""
    reader = InterpreterReader(host, ())
    kind, target = reader.resolve(path)
    return (host.real(path) or "") if kind == "environment" and target else ""


def _offer(interpreters: Sequence[Interpreter]) -> str:
    found = sorted(
        {"%s (%s)" % (row.path, row.version) for row in interpreters if row.trusted}
    )
    return "Available: %s." % ", ".join(found) if found else "Install one first."


def pip_has_an_index(
    host: Host, account: Optional[Account], variables: Iterable[str]
) -> bool:
    """Return whether pip has an index, a proxy or a certificate configured in a way that uv does not read."""
    names = {"PIP_" + key.upper().replace("-", "_") for key in _ABOUT_INDEXES}
    if names & set(variables):
        return True
    users = [
        user
        for user in host.users()
        if user.uid == (account.uid if account is not None else host.uid)
    ]
    settings = read_settings(host, users, ())
    return any(
        key in _ABOUT_INDEXES
        for file in settings.pip_files
        for _section, key, _value in file.settings
    )
