# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipx that is run for an application."""

from __future__ import annotations

import os
from typing import List

from .._host.host import Host
from .._process.commands import OperationError
from .._scan.read.pyvenv_cfg import parse_shebang
from .._scan.read.trust import TrustReader
from .spec import PipxAppRequest

_DIRECTORIES = ("/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin")


def find_pipx(request: PipxAppRequest, optional: bool) -> str:
    """Return the pipx to run; '' where there is none and it is ``optional``.

    Raise OperationError where root would run one that others can alter.
    """
    with Host() as host:
        path = next((path for path in _candidates(request) if host.is_file(path)), "")
        if not path and not optional:
            message = "there is no %s" % (request.executable or "pipx on this host")
            raise OperationError("no-pipx", message, "Install it, as the role pyfleet.python.pipx does.")
        if path and runs_as_root(request):
            _require_trusted(host, path)
    return path


def runs_as_root(request: PipxAppRequest) -> bool:
    """Return whether root itself does the work, and not the user for whom it is done."""
    return os.geteuid() == 0 and (request.account is None or request.account.uid == 0)


def _candidates(request: PipxAppRequest) -> List[str]:
    if request.executable:
        return [request.executable]
    paths = [directory + "/pipx" for directory in _DIRECTORIES]
    if request.scope == "user":
        paths.append(request.bin_directory + "/pipx")
    return paths


def _require_trusted(host: Host, path: str) -> None:
    real = host.real(path) or path
    interpreter = parse_shebang(host.content(real, 4096, True) or b"")
    link = os.path.join(os.path.realpath(os.path.dirname(path)), "pipx")
    files = [each for each in (link, real, host.real(interpreter)) if each]
    trust = TrustReader(host).judge(files)
    if trust.trusted is not True:
        message = "root must not run %s: %s" % (path, "; ".join(trust.because))
        raise OperationError("pipx-untrusted", message, "Install a pipx that only root can alter.")
