# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipx that is run for an application."""

from __future__ import annotations

from typing import List

from .._host.host import Host
from .._process.commands import OperationError
from .root_trust import require_trusted_pipx, runs_as_root
from .spec import PipxAppRequest

_DIRECTORIES = (
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/opt/homebrew/bin",
    "/home/linuxbrew/.linuxbrew/bin",
)


def find_pipx(request: PipxAppRequest, optional: bool) -> str:
    """Return the pipx to run; '' where there is none and it is ``optional``.

    Raise OperationError where root would run one that others can alter.
    """
    with Host() as host:
        path = next((path for path in _candidates(request) if host.is_file(path)), "")
        if not path and not optional:
            message = "there is no %s" % (request.executable or "pipx on this host")
            raise OperationError(
                "no-pipx",
                message,
                "Install it, for example with the role pyfleet.python.pipx.",
            )
        if path and runs_as_root(request):
            require_trusted_pipx(host, path)
    return path


def _candidates(request: PipxAppRequest) -> List[str]:
    if request.executable:
        return [request.executable]
    paths = [directory + "/pipx" for directory in _DIRECTORIES]
    if request.scope == "user":
        paths.append(request.bin_directory + "/pipx")
    return paths
