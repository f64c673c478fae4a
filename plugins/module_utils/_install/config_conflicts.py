# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the host by which an installer would put distributions elsewhere than into the environment asked for.

The rest of the host's settings (indexes, proxies, certificates) is obeyed. `user` needs no look: PIP_USER overrules it.
"""

from __future__ import annotations

import configparser as _needed  # noqa: F401 - what the readers import when they run must be there before the fork
import os
from typing import Iterator, List, Mapping, Tuple

from .._host.host import Host, User
from .._process.commands import OperationError
from .._scan.read import toml as _needed_too  # noqa: F401
from .._scan.read.installer_config import parse_pip_config, parse_uv_config, read_pip_files, read_uv_files

_KEYS = ("target", "prefix", "root")
_SECTIONS = ("global", "install")


def reject_config_conflicts(installer: str, environment: Mapping[str, str], prefix: str) -> None:
    """Raise Failed where a configuration file would divert the installation into the environment at ``prefix``."""
    with Host(env=environment) as host:
        home, config = environment.get("HOME", ""), environment.get("XDG_CONFIG_HOME", "")
        homes = [(User("", host.uid, -1, home, ""), home, config or home + "/.config")] if home else []
        rows = list(_of_pip(host, homes, prefix) if installer == "pip" else _of_uv(host, homes))
    for path, setting in rows:
        message = "%s diverts %s: it says %s" % (path, installer, setting)
        raise OperationError(
            "diverted", message, "Remove that line: with it no environment gets what is installed into it."
        )


def without_conflicting_variables(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Give an environment without the variables that divert."""
    names = ["%s_%s" % (tool, key.upper()) for tool in ("PIP", "UV") for key in _KEYS]
    return {name: value for name, value in environment.items() if name not in names}


def _of_pip(host: Host, homes: List[Tuple[User, str, str]], prefix: str) -> Iterator[Tuple[str, str]]:
    named = host.env.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return
    files = list(read_pip_files(host, homes, [prefix], ()))
    if named:
        files.append(parse_pip_config(host.content(named) or b"")._replace(path=named))
    for file in files:
        for section, key, value in file.settings:
            if section in _SECTIONS and key in _KEYS and value.strip():
                yield file.path, "%s = %s" % (key, value)


def _of_uv(host: Host, homes: List[Tuple[User, str, str]]) -> Iterator[Tuple[str, str]]:
    named = host.env.get("UV_CONFIG_FILE", "")
    files = list(read_uv_files(host, homes, ()))
    if named:
        files = [parse_uv_config(host.content(named) or b"")._replace(path=named)]
    for file in files:
        if file.redirect:
            yield file.path, file.redirect
