# SPDX-License-Identifier: GPL-3.0-or-later
"""What root must not run, or work in: anything of an application that another user could have altered."""

from __future__ import annotations

import os
from typing import List

from .._host.host import Host
from .._process.commands import OperationError
from .._scan.model import Trust
from .._scan.read.pyvenv_cfg import parse_shebang
from .._scan.read.trust import TrustReader
from .spec import PipxAppRequest
from .state import PipxAppState


def runs_as_root(request: PipxAppRequest) -> bool:
    """Return whether root itself does the work, and not the user for whom it is done."""
    return os.geteuid() == 0 and (request.account is None or request.account.uid == 0)


def require_trusted_pipx(host: Host, path: str) -> None:
    """Raise OperationError where others can alter a pipx, or the interpreter in its first line."""
    real = host.real(path) or path
    interpreter = parse_shebang(host.content(real, 4096, True) or b"")
    link = os.path.join(os.path.realpath(os.path.dirname(path)), "pipx")
    files = [each for each in (link, real, host.real(interpreter)) if each]
    _require(
        "pipx-untrusted",
        path,
        TrustReader(host).judge(files),
        "Install a pipx that only root can alter.",
    )


def require_trusted_state(request: PipxAppRequest, state: PipxAppState) -> None:
    """Raise OperationError where root would work in a home of pipx, or run an environment, that others can alter.

    That holds for check mode as well: to predict an upgrade, the environment's pip is run.
    """
    if not runs_as_root(request):
        return
    with Host() as host:
        reader = TrustReader(host)
        home = (
            os.path.dirname(os.path.dirname(state.directory))
            if state.directory
            else request.homes[0]
        )
        hint = "Give it to root (chown -R root %s), or remove it." % home
        _require(
            "home-untrusted", home, reader.judge(_existing_parts(host, home)), hint
        )
        for prefix in (home + "/shared", state.directory):
            if prefix and host.is_dir(prefix):
                _require(
                    "environment-untrusted",
                    prefix,
                    reader.judge_environment(prefix),
                    hint,
                )


def require_trusted_python(request: PipxAppRequest) -> None:
    """Raise OperationError where root would run an interpreter that others can alter."""
    python = request.python
    if not runs_as_root(request) or not python.startswith("/"):
        return
    with Host() as host:
        directory = host.real(os.path.dirname(python)) or os.path.dirname(python)
        files = [
            os.path.join(directory, os.path.basename(python)),
            host.real(python) or "",
        ]
        hint = "Use a Python that only root can alter, or set user."
        _require("untrusted-python", python, TrustReader(host).judge(files), hint)


def _existing_parts(host: Host, home: str) -> List[str]:
    """Return the canonical paths of a home and of what is in it; of one that does not exist, its existing parent."""
    link = os.path.join(host.real(os.path.dirname(home)) or "/", os.path.basename(home))
    parent = home
    while parent != "/" and host.real(parent) is None:
        parent = os.path.dirname(parent)
    paths = [
        parent,
        *(
            home + "/" + name
            for name in ("venvs", "shared", ".cache", "logs", "py", "trash")
        ),
    ]
    found = [real for real in (host.real(path) for path in paths) if real is not None]
    return [link, *found] if host.lkind(link) else found


def _require(code: str, path: str, trust: Trust, hint: str) -> None:
    if trust.trusted is not True:
        message = "root must not run or change %s: %s" % (
            path,
            "; ".join(trust.because),
        )
        raise OperationError(code, message, hint)
