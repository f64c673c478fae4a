# SPDX-License-Identifier: GPL-3.0-or-later
"""The PATHs that commands are looked up in: this process's own, that of a login, and sudo's secure_path."""

from __future__ import annotations

import os
import re
from typing import Sequence

from ..._host.host import Host, User
from ..model import SearchPath
from .shell_profile import parse_profile
from .sudoers import find_secure_path

_ENTRIES_LIMIT = 1000  # directories of one PATH
_FILES_LIMIT = 200  # of /etc/profile.d or /etc/paths.d
_PROFILE_LIMIT = 64 * 1024  # bytes; the largest real ones have 20 KiB
_NOTHING = ("", "")


def find_search_paths(host: Host, users: Sequence[User] = ()) -> tuple[SearchPath, ...]:
    """Return the PATH of this process (a live host's only), of a login of the caller, one of ``users``, and of sudo."""
    home = next((user.home for user in users if user.uid == host.uid), "")
    login = _mac_login if host.system == "darwin" else _login
    sudoers = _default(host, "/etc/sudoers")
    found = {
        "process": (host.env.get("PATH", ""), "environment"),
        "login": host.bounded("login PATH", lambda: login(host, home), _NOTHING),
        "sudo": host.bounded(
            "sudo PATH", lambda: find_secure_path(host, sudoers), _NOTHING
        ),
    }
    paths = []
    for name, (text, source) in found.items():
        if text:
            paths.append(SearchPath(name, _directories(host, text, source), source))
    return tuple(paths)


def find_activated(host: Host) -> tuple[str, ...]:
    """Return the environments that are active in this process: what venv's and conda's activation set."""
    values = [host.env.get(name, "") for name in ("VIRTUAL_ENV", "CONDA_PREFIX")]
    return tuple(os.path.normpath(value) for value in values if value.startswith("/"))


def _directories(host: Host, text: str, source: str) -> tuple[str, ...]:
    """Return the absolute entries of a PATH, each once."""
    kept: dict[str, None] = {}
    for entry in text.split(":"):
        if len(kept) >= _ENTRIES_LIMIT:
            host.note(
                source,
                "too-many",
                "PATH has more than %d entries; the rest is left out" % _ENTRIES_LIMIT,
            )
            break
        if entry.startswith("/"):
            kept[os.path.normpath("/" + entry.lstrip("/"))] = None
        else:
            reason = (
                f"PATH has the entry {entry[:100]!r}, which is not absolute: left out"
            )
            host.note(source, "relative-path-entry", reason)
    return tuple(kept)


def _default(host: Host, path: str) -> str:
    return path if host.lkind(path) else "/usr" + path  # openSUSE


def _files(host: Host, directory: str, pattern: str) -> list[str]:
    entries = host.list(directory, re.compile(pattern).fullmatch)
    if len(entries) > _FILES_LIMIT:
        host.note(
            directory,
            "too-many",
            "more than %d files; the rest is left out" % _FILES_LIMIT,
        )
    return [directory + "/" + entry.name for entry in entries[:_FILES_LIMIT]]


def _mac_login(host: Host, _home: str) -> tuple[str, str]:
    """Return PATH as path_helper(8) makes it, and the first file that it reads."""
    files = ["/etc/paths", *_files(host, "/etc/paths.d", ".*")]
    entries = []
    for path in files:
        lines = (host.text(path, _PROFILE_LIMIT) or "").split("\n")
        entries += [line.strip() for line in lines if line]
    return ":".join(entries), files[0]


def _login(host: Host, home: str) -> tuple[str, str]:
    """Return PATH, and the last file that set it: login.defs(5), pam_env(8) and a shell, one over the other."""
    value = source = ""
    is_root = host.uid == 0
    variable = "ENV_SUPATH" if is_root else "ENV_PATH"
    for path, pattern in (
        (_default(host, "/etc/login.defs"), variable + r"[ \t]+(?:PATH=)?(.+)"),
        ("/etc/environment", r"(?:export[ \t]+)?PATH[ \t]*=(.+)"),
    ):
        for text in re.findall(r"(?m)^[ \t]*" + pattern, host.text(path) or ""):
            value, source = text.strip().strip("\"'"), path
    for path in [
        _default(host, "/etc/profile"),
        *_files(host, "/etc/profile.d", r".*\.sh"),
    ]:
        if host.expired(path):
            break
        changed = parse_profile(
            host.text(path, _PROFILE_LIMIT) or "", value, home, is_root
        )
        if changed != value:
            value, source = changed, path
    return value, source
