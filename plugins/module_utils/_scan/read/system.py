# SPDX-License-Identifier: GPL-3.0-or-later
"""Which operating system the host runs."""

from __future__ import annotations

import re

from ..._host.host import Host
from ..model import System

_LIMIT = 64 * 1024  # bytes; real ones have less than 1 KiB
_ESCAPE = re.compile(r"\\(.)")


def parse_os_release(text: str) -> dict[str, str]:
    """Return the variables of an os-release(5) file. Never raises."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            found[name] = _unquote(value)
    return found


def _unquote(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    if not is_quoted:
        return value
    inner = value[1:-1]
    return inner if value[0] == "'" else _ESCAPE.sub(r"\1", inner)


def read_system(host: Host) -> System:
    """Return the operating system, from os-release(5) or macOS's SystemVersion.plist."""
    unknown = System(kernel=host.system)
    read = _read_mac if host.system == "darwin" else _read_linux
    return host.bounded("/etc/os-release", lambda: read(host), unknown)


def _read_mac(host: Host) -> System:
    from .plist import parse_plist

    plist = parse_plist(
        host.content("/System/Library/CoreServices/SystemVersion.plist", _LIMIT) or b""
    )
    name, version = plist.get("ProductName", "macOS"), plist.get("ProductVersion", "")
    return System(
        id="macos",
        version=version,
        like=(),
        name=f"{name} {version}".strip(),
        kernel="darwin",
    )


def _read_linux(host: Host) -> System:
    text = host.text("/etc/os-release", _LIMIT)
    if not text:
        text = host.text("/usr/lib/os-release", _LIMIT)
    if text is None:
        return System(kernel=host.system)
    values = parse_os_release(text)
    return System(
        id=values.get("ID", "linux").lower(),
        version=values.get("VERSION_ID", ""),
        like=tuple(values.get("ID_LIKE", "").split()),
        name=values.get("PRETTY_NAME") or values.get("NAME", ""),
        kernel=host.system,
    )
