# SPDX-License-Identifier: GPL-3.0-or-later
"""Which operating system the host runs."""

from __future__ import annotations

import re

from ..._host.host import Host
from ..model import System


def parse_os_release(text: str) -> dict[str, str]:
    """Give the variables of an os-release(5) file. Never raises."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1] if value[0] == "'" else re.sub(r"\\(.)", r"\1", value[1:-1])
            found[name] = value
    return found


def parse_plist(data: bytes) -> dict[str, str]:
    """Give the values of a property list as text; {} where it is none. Never raises."""
    import plistlib

    try:
        return {str(key): str(value) for key, value in plistlib.loads(data).items()}
    except Exception:  # the parsers below it raise whatever their input makes them
        return {}


def read_system(host: Host) -> System:
    """Give the operating system, from os-release(5) or macOS's SystemVersion.plist."""
    if host.system == "darwin":
        plist = parse_plist(host.content("/System/Library/CoreServices/SystemVersion.plist") or b"")
        name, version = plist.get("ProductName", "macOS"), plist.get("ProductVersion", "")
        return System("macos", version, (), f"{name} {version}".strip(), "darwin")
    text = host.text("/etc/os-release") or host.text("/usr/lib/os-release")
    if text is None:
        return System(kernel=host.system)
    values = parse_os_release(text)
    name, like = values.get("PRETTY_NAME") or values.get("NAME", ""), tuple(values.get("ID_LIKE", "").split())
    return System(values.get("ID", "linux").lower(), values.get("VERSION_ID", ""), like, name, host.system)
