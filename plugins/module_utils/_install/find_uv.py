# SPDX-License-Identifier: GPL-3.0-or-later
"""The uv of a host: one that nobody can have altered but root, or the user who runs it."""

from __future__ import annotations

import re
from typing import Iterator, Optional

from .._host.host import Host
from .._process.accounts import Account
from .._scan.read.trust import TrustReader

_PLACES = (
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/opt/homebrew/bin",
    "/home/linuxbrew/.linuxbrew/bin",
)
_HOMES = (".local/bin", ".cargo/bin")
#: What the option `python_source` takes for a version that uv installs.
UV_PYTHON = re.compile(r"\d+\.\d+(?:\.\d+)?t?")


def find_uv(host: Host, account: Optional[Account], path: str) -> str:
    """Return a uv that may be run: on PATH, in its usual place, or in the user's home; '' if there is none."""
    for place in dict.fromkeys(_places(host, account, path)):
        real = trusted_program(host, account, place + "/uv")
        if real:
            return real
    return ""


def trusted_program(host: Host, account: Optional[Account], path: str) -> str:
    """Return the real path of a program that may be run for a user; '' where it may not, or is no program."""
    real = host.real(path)
    info = host.lstat(real) if real else None
    if not real or info is None or not info.st_mode & 0o111 or not host.is_file(real):
        return ""
    # The child that runs it has given up root for good.
    is_own = (
        account is not None and account.uid != host.uid and info.st_uid == account.uid
    )
    return real if is_own or TrustReader(host).judge([real]).trusted else ""


def _places(host: Host, account: Optional[Account], path: str) -> Iterator[str]:
    yield from (place for place in path.split(":") if place.startswith("/"))
    yield from _PLACES
    user = account or host.caller()
    if user is not None and user.home:
        yield from ("%s/%s" % (user.home, place) for place in _HOMES)
