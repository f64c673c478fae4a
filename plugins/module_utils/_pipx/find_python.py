# SPDX-License-Identifier: GPL-3.0-or-later
"""The interpreter that a version stands for, found among those of the host by reading."""

from __future__ import annotations

import os
from typing import List, Optional

from .._host.host import Host
from .._process.accounts import Account
from .._process.commands import OperationError
from .._scan.discover.homes import choose_users
from .._scan.discover.interpreters import find_interpreters
from .._scan.discover.search_path import find_search_paths
from .._scan.model import InterpreterReading, Request
from .._scan.read.interpreter import read_interpreters
from .._scan.select import Interpreter, choose
from .spec import split_variant


def find_python(wanted: str, account: Optional[Account]) -> str:
    """Return the path of the interpreter for a version such as 3, 3.13, 3.13.5 or 3.13t, or a specifier.

    Raise OperationError where none is installed that may be run.
    """
    version, variant = split_variant(wanted)
    with Host() as host:
        found = [_interpreter(row, account) for row in _read_all(host, account)]
    candidates = [row._replace(variant="") for row in found if row.variant == variant]
    chosen = choose(version, candidates)
    if chosen is None:
        offer = sorted(
            {
                "%s (%s%s)" % (row.path, row.version, row.variant)
                for row in found
                if row.trusted
            }
        )
        hint = (
            "Installed are: %s." % ", ".join(offer) if offer else "Install one first."
        )
        raise OperationError(
            "no-such-python", "no Python on this host is %s" % wanted, hint
        )
    return chosen.path


def _read_all(host: Host, account: Optional[Account]) -> List[InterpreterReading]:
    caller = host.caller()
    names = [each.name for each in (account, caller) if each is not None]
    request = Request(subset=("installations",), users=tuple(names[:1]) or None)
    users = choose_users(host, request)
    candidates = find_interpreters(host, request, find_search_paths(host, users), users)
    return list(read_interpreters(host, candidates, users, request).readings)


def _interpreter(
    reading: InterpreterReading, account: Optional[Account]
) -> Interpreter:
    trusted = reading.trust.trusted
    if account is not None and reading.owner_uid == account.uid:
        trusted = True  # it is run by its owner
    return Interpreter(
        path=reading.path,
        version=reading.versions[0].version if reading.versions else reading.language,
        implementation=reading.implementation,
        system=os.path.dirname(reading.path) in ("/usr/bin", "/bin"),
        trusted=trusted,
        variant=reading.variant.replace("m", ""),
    )
