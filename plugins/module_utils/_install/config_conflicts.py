# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a host that would put distributions elsewhere than into the environment, or keep pip from starting.

The rest of the host's settings (indexes, proxies, certificates) is obeyed. What a variable can override is overridden,
and needs no error: see `PIP_OVERRIDES`.
"""

from __future__ import annotations

import os
import re
from typing import Dict, Iterator, List, Mapping, NamedTuple, Tuple

from .._host.host import Host, User
from .._process.commands import OperationError
from .._process.secrets import Credential, has_credentials, strip_text
from .._scan.model import PipConfigFile
from .._scan.read import toml as _toml  # noqa: F401 - what a reader imports when it runs must be there before the fork
from .._scan.read.installer_config import (
    parse_pip_config,
    parse_uv_config,
    read_pip_files,
    read_uv_files,
)

#: Options of pip that a variable sets back, whatever a configuration file says.
PIP_OVERRIDES = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DRY_RUN": "0"}
#: Where a configuration file, or a variable, makes pip install into. With `python` pip starts itself again there.
_PIP_KEYS = ("target", "prefix", "root", "python")
_UV_VARIABLES = (
    "UV_TARGET",
    "UV_PREFIX",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_BREAK_SYSTEM_PACKAGES",
)
_SECTIONS = ("global", "install")
#: Keys of pip's files whose value can hold a credential, and the variable that counts before them.
_URL_KEYS = {
    "index-url": "PIP_INDEX_URL",
    "extra-index-url": "PIP_EXTRA_INDEX_URL",
    "find-links": "PIP_FIND_LINKS",
}
_LINE = re.compile(r"\bline:? ([0-9]+)")


class ConfiguredIndex(NamedTuple):
    """The indexes of pip's configuration files as variables without credentials, and these."""

    variables: Mapping[str, str]
    credentials: Tuple[Credential, ...]


def reject_config_conflicts(
    installer: str, environment: Mapping[str, str], prefix: str
) -> None:
    """Raise OperationError where the host's settings would redirect the installation into ``prefix``.

    :param installer: ``pip`` or ``uv``.
    :param environment: of the installer.
    """
    _reject_variables(environment)
    with Host(env=environment) as host:
        rows = (
            _pip_redirects(host, prefix) if installer == "pip" else _uv_redirects(host)
        )
        for path, setting in rows:
            raise OperationError(
                "diverted",
                "%s redirects %s: it says %s" % (path, installer, setting),
                "Remove that line: with it, nothing that is installed gets into its environment.",
            )


def without_conflicting_variables(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return an environment without variables that are empty: pip and uv read some of them as set."""
    names = {"PIP_" + key.upper() for key in _PIP_KEYS}.union(_UV_VARIABLES)
    return {
        name: value for name, value in environment.items() if value or name not in names
    }


def read_configured_index(
    environment: Mapping[str, str], prefix: str
) -> ConfiguredIndex:
    """Return the URLs of pip's own files that hold credentials, as variables without them.

    pip hands its indexes on to the pip that it builds with on a command line, which every user of the host can read.
    Raises OperationError for a proxy with a password in a file: pip hands that on as well, and no variable clears it.
    """
    values: Dict[str, str] = {}
    with Host(env=environment) as host:
        for file in _pip_files(host, prefix):
            values.update(_settings_of(file))
    if has_credentials(values.get("proxy", "")):
        raise OperationError(
            "proxy-in-config",
            "pip's configuration names a proxy with a password, which pip shows to other users when it builds",
            "Take `proxy` out of pip.conf, and set https_proxy in the environment of the task.",
        )
    variables: Dict[str, str] = {}
    credentials: List[Credential] = []
    for key, variable in _URL_KEYS.items():
        clean, found = strip_text(values.get(key, ""))
        if found and variable not in environment:
            variables[variable] = " ".join(clean.split())
            credentials.extend(found)
    return ConfiguredIndex(variables, tuple(credentials))


def _settings_of(file: PipConfigFile) -> Dict[str, str]:
    """Return the settings of a file for `pip install`; those of its own section count before the global ones."""
    values: Dict[str, str] = {}
    for wanted in _SECTIONS:
        values.update(
            (key, value) for section, key, value in file.settings if section == wanted
        )
    return values


def _reject_variables(environment: Mapping[str, str]) -> None:
    for name in (*("PIP_" + key.upper() for key in _PIP_KEYS), *_UV_VARIABLES):
        if environment.get(name, "0").lower() not in ("0", "false", ""):
            raise OperationError(
                "diverted",
                "%s in build_environment redirects the installation" % name,
                "Leave the variable out.",
            )


def _pip_files(host: Host, prefix: str) -> List[PipConfigFile]:
    """Return pip's configuration files, the weakest first; raises OperationError for one that pip cannot read."""
    named = host.env.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return []
    files = list(read_pip_files(host, _homes(host), [prefix], ()))
    if named:
        files.append(parse_pip_config(host.content(named) or b"")._replace(path=named))
    for file in files:
        if file.error and not file.error_from:
            raise OperationError(
                "pip-config",
                _describe_error(file),
                "Correct or remove it: no pip starts with it.",
            )
    return files


def _describe_error(file: PipConfigFile) -> str:
    line = _LINE.search(file.error)
    where = "%s, line %s" % (file.path, line.group(1)) if line else file.path
    return "pip cannot read its configuration file %s: %s" % (where, file.error)


def _homes(host: Host) -> List[Tuple[User, str, str]]:
    home = host.env.get("HOME", "")
    config = host.env.get("XDG_CONFIG_HOME", "") or home + "/.config"
    return [(User("", host.uid, -1, home, ""), home, config)] if home else []


def _pip_redirects(host: Host, prefix: str) -> Iterator[Tuple[str, str]]:
    for file in _pip_files(host, prefix):
        for section, key, value in file.settings:
            if section in _SECTIONS and key in _PIP_KEYS and value.strip():
                yield file.path, "%s = %s" % (key, value)


def _uv_redirects(host: Host) -> Iterator[Tuple[str, str]]:
    named = host.env.get("UV_CONFIG_FILE", "")
    files = list(read_uv_files(host, _homes(host), ()))
    if named:
        files = [parse_uv_config(host.content(named) or b"")._replace(path=named)]
    for file in files:
        if file.redirect:
            yield file.path, file.redirect
