# SPDX-License-Identifier: GPL-3.0-or-later
"""Who writes a file: root itself where nobody else can change the way to it, else the owner of its directory."""

from __future__ import annotations

import os
from typing import Callable, List, Optional

from .._host.host import Host
from .._scan.read.trust import TrustReader
from .accounts import Account, find_account
from .commands import OperationError
from .environment import clean_environment
from .privilege_drop import run_in_child

_LINKS = 40  # in one path, as Linux follows
_HINT = "Make root their owner, or one user the owner of all of them."


def find_writing_account(host: Host, directory: str) -> Optional[Account]:
    """Return the account that writes below a directory, which may be missing; None where it is this process.

    :raises OperationError: where root would write what another user can lead elsewhere.
    """
    if host.uid != 0:
        return None
    while directory != "/" and not host.lkind(directory):
        directory = os.path.dirname(directory)
    real = host.real(directory)
    if real is None:
        raise OperationError("unsafe-place", "%s could not be read" % directory, _HINT)
    way = [real, *directories_of_links(host, directory)]
    trust = TrustReader(host).judge(way)
    if trust.trusted:
        return None
    uid = os.stat(real).st_uid
    if uid:
        with Host(uid=uid) as theirs:
            trust = TrustReader(theirs).judge(way)
        if trust.trusted:
            return find_account(str(uid))
    message = "others can change a parent directory of %s: %s" % (
        directory,
        "; ".join(trust.because),
    )
    raise OperationError("unsafe-place", message, _HINT)


def directories_of_links(host: Host, path: str) -> List[str]:
    """Return the real directories of the links in ``path``: a user who can write there can change where it leads."""
    found: List[str] = []
    pending = [path]
    while pending and len(found) < _LINKS:
        whole = ""
        for name in pending.pop().split("/")[1:]:
            above, whole = whole or "/", "%s/%s" % (whole, name)
            target = host.readlink(whole) if host.lkind(whole) == "link" else None
            if target is not None:
                found.append(host.real(above) or above)
                pending.append(os.path.join(found[-1], target))
    return found


def work_as(account: Optional[Account], work: Callable[[], None]) -> None:
    """Do work as an account; None: in this process."""
    if account is None:
        work()
        return
    environment, _credentials = clean_environment(account, {})
    run_in_child(lambda _report: work(), account, environment)
