# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration files of one scope as they are on the host, the weakest first."""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Optional, Tuple

from .._host.host import Host, Missing, Unreadable
from .spec import PipConfigSpec

_MAC_SUPPORT = "/Library/Application Support"


class ConfigFile(NamedTuple):
    """One place where the tool looks for a configuration file."""

    path: str
    # None: there is no file; bytes that are not UTF-8 are surrogates
    text: Optional[str] = None
    problem: str = ""  # why it could not be read


class PipConfigState(NamedTuple):
    """The files of a scope; a key of a later one wins."""

    files: Tuple[ConfigFile, ...]


def read_pip_config_state(host: Host, spec: PipConfigSpec, home: str) -> PipConfigState:
    """Read the files of the scope; ``home`` is the home directory of the user whose files are meant."""
    return PipConfigState(
        tuple(_read_file(host, path) for path in find_paths(host, spec, home))
    )


def find_paths(host: Host, spec: PipConfigSpec, home: str) -> List[str]:
    """Return the paths of a scope in the order in which the tool reads them; the last is the one for new keys.

    Source: pip's ``configuration.py`` and ``utils/appdirs.py``; uv's "Configuration files" (the first file of the
    system that exists is the only one that uv reads).
    """
    if spec.tool == "uv":
        return [_find_uv_path(host, spec, home)]
    if spec.scope == "site":
        return [spec.prefix.rstrip("/") + "/pip.conf"]
    if spec.scope == "user":
        return [home + "/.pip/pip.conf", _user_directory(host, home) + "/pip/pip.conf"]
    if host.system == "darwin":
        return [_MAC_SUPPORT + "/pip/pip.conf"]
    return [
        *(directory + "/pip/pip.conf" for directory in _xdg_directories(host)),
        "/etc/pip.conf",
    ]


def _user_directory(host: Host, home: str) -> str:
    support = home + _MAC_SUPPORT
    on_mac = host.system == "darwin" and host.is_dir(support + "/pip")
    return support if on_mac else home + "/.config"


def _xdg_directories(host: Host) -> Iterator[str]:
    places = host.env.get("XDG_CONFIG_DIRS", "").strip() or "/etc/xdg"
    for place in places.split(":"):
        if place.startswith("/"):
            yield place.rstrip("/")


def _find_uv_path(host: Host, spec: PipConfigSpec, home: str) -> str:
    if spec.scope == "user":
        return home + "/.config/uv/uv.toml"
    for directory in (*_xdg_directories(host), "/etc"):
        if host.is_file(directory + "/uv/uv.toml"):
            return directory + "/uv/uv.toml"
    return "/etc/uv/uv.toml"


def _read_file(host: Host, path: str) -> ConfigFile:
    try:
        data = host.read(path)
    except Missing:
        return ConfigFile(path)
    except Unreadable as exc:
        return ConfigFile(path, problem=exc.reason)
    return ConfigFile(path, data.decode("utf-8", "surrogateescape"))
