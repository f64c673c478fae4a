# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what an installer says that it installed is in the environment: no setting may have led it elsewhere."""

from __future__ import annotations

from typing import Iterable, List, Mapping

from .._host.host import Host
from .._process.commands import OperationError
from .._scan.project_name import canonicalize_name
from .._scan.read.pyvenv_cfg import parse_pyvenv_cfg
from .contents import read_contents


def confirm_installed(
    prefix: str, installed: Mapping[str, str], requested: Iterable[str]
) -> None:
    """Raise OperationError where a distribution is not in the environment at ``prefix`` after an installation.

    :param installed: names and versions that the installer reported.
    :param requested: names that were asked for without a condition; the base's own may do where it shows them.
    """
    with Host() as host:
        found = read_contents(host, prefix).packages
        config = parse_pyvenv_cfg(host.content(prefix + "/pyvenv.cfg") or b"")
    missing: List[str] = [
        name for name in installed if canonicalize_name(name) not in found
    ]
    if config.get("include-system-site-packages", "false").lower() != "true":
        missing += [name for name in requested if canonicalize_name(name) not in found]
    if missing:
        names = ", ".join(sorted(set(missing))[:5])
        raise OperationError(
            "not-installed",
            "the installer ended without an error, and %s is not in %s"
            % (names, prefix),
            "A setting of this host redirects it: see `pip config list` and uv's configuration files.",
        )
