# SPDX-License-Identifier: GPL-3.0-or-later
"""The PATHs that commands are looked up in: this process's own, that of a login, and sudo's secure_path."""

from __future__ import annotations

import os
import re
from typing import Sequence

from ..._host.host import Host, User
from ..model import SearchPath

_SET = re.compile(r"(?:^|[\s&{)])(\w+)=((?:'[^']*'|\"[^\"]*\"|[^\s&|'\"])*)")
_ADD = re.compile(r"(append_path|prepend_path|pathmunge)\s+(\S+)(\s+after)?")  # of Arch, Alpine and Fedora
_PART = re.compile(r"'([^']*)'|\"|\$(\w+)|\$\{(\w+)\}")
_SUDO = re.compile(
    r"(?m)^[ \t]*Defaults[ \t]+(?:[^#\n]*,[ \t]*)?secure_path\s*=\s*(?:\"([^\"]*)\"|([^\s,]+))"
    r"|^[#@]include(dir)?[ \t]+(\S+)"
)


def find_search_paths(host: Host, users: Sequence[User] = ()) -> tuple[SearchPath, ...]:
    """Give the PATH of this process (a live host's only), of a login of the caller, found in ``users``, and of sudo."""
    home = next((user.home for user in users if user.uid == host.uid), "")
    login = _mac_login(host) if host.system == "darwin" else _login(host, home)
    paths = {"process": (host.env.get("PATH", ""), "environment"), "login": login, "sudo": _sudo(host)}
    found = []
    for name, (text, source) in paths.items():
        kept: dict[str, None] = {}
        for entry in text.split(":") if text else ():
            if entry.startswith("/"):
                kept[os.path.normpath("/" + entry.lstrip("/"))] = None
            else:
                host.note(
                    source, "relative-path-entry", f"PATH has the entry {entry!r}, which is not absolute: left out"
                )
        found += [SearchPath(name, tuple(kept), source)] if text else []
    return tuple(found)


def _default(host: Host, path: str) -> str:
    return path if host.lkind(path) else "/usr" + path  # openSUSE


def _files(host: Host, directory: str, pattern: str) -> list[str]:
    return [directory + "/" + entry.name for entry in host.list(directory, re.compile(pattern).fullmatch)]


def _mac_login(host: Host) -> tuple[str, str]:
    """As path_helper(8)."""
    files = ["/etc/paths", *_files(host, "/etc/paths.d", ".*")]
    return ":".join(line.strip() for path in files for line in (host.text(path) or "").split("\n") if line), files[0]


def _login(host: Host, home: str) -> tuple[str, str]:
    """Give PATH, and the last file that set it: login.defs(5), pam_env(8) and a shell, one over the other."""
    value = source = ""
    variable = "ENV_SUPATH" if host.uid == 0 else "ENV_PATH"
    for path, pattern in (
        (_default(host, "/etc/login.defs"), variable + r"[ \t]+(?:PATH=)?(.+)"),
        ("/etc/environment", r"(?:export[ \t]+)?PATH[ \t]*=(.+)"),
    ):
        for text in re.findall(r"(?m)^[ \t]*" + pattern, host.text(path) or ""):
            value, source = text.strip().strip("\"'"), path
    for path in [_default(host, "/etc/profile"), *_files(host, "/etc/profile.d", r".*\.sh")]:
        changed = parse_profile(host.text(path) or "", value, home, host.uid == 0)
        if changed != value:
            value, source = changed, path
    return value, source


def parse_profile(text: str, path: str, home: str, superuser: bool) -> str:
    """Give PATH after a shell's profile, as far as plain assignments tell.

    Of conditions only "is this the superuser" is followed; below any other, what replaces PATH is not believed.
    """
    known = {"HOME": home, "PATH": path}
    blocks: list[bool | None] = []  # each open one: taken, not taken, or not known
    for line in map(str.strip, re.split(r"[;\n]", re.sub(r"(?m)(?:^|[ \t])#.*", "", text))):
        if re.match(r"if\s", line):
            asks = re.search(r"id -u|\bE?UID\b", line) and re.search(r"\b0\b", line)
            blocks.append(superuser != ("!=" in line or "-ne" in line) if asks else None)
        elif re.match(r"(?:function\s+)?[\w-]+\s*\(\s*\)", line):
            blocks.append(False)
        elif re.match(r"(?:fi\b|\})", line):
            del blocks[-1:]
        elif re.match(r"el(?:se|if)\b", line) and blocks and blocks[-1] is not None:
            blocks[-1] = not blocks[-1]
        assigned = [] if False in blocks else _SET.findall(line)
        added = None if False in blocks else _ADD.match(line)
        if added and _PART.sub(r"\1", added[2]) not in known["PATH"].split(":"):
            both = ["$PATH" * bool(known["PATH"]), added[2]]
            assigned = [("PATH", ":".join(filter(None, both if added[1] == "append_path" or added[3] else both[::-1])))]
        for name, value in assigned:
            sure = name != "PATH" or None not in blocks or re.search(r"\$\{?PATH\b", value)
            if sure and not re.search(r"`|\$\(|\$\{\w+[^\w}]", value):
                known[name] = _PART.sub(lambda part: part[1] or known.get(part[2] or part[3], ""), value)[:65536]
    return known["PATH"]


def _sudo(host: Host) -> tuple[str, str]:
    path = _default(host, "/etc/sudoers")
    return _sudoers(host, path, {path}) or ("", "")


def _sudoers(host: Host, path: str, seen: set[str]) -> tuple[str, str] | None:
    """sudoers(5): the last secure_path and the file that sets it, included files read in their place, each once."""
    last = None
    for match in _SUDO.finditer((host.text(path) or "").replace("\\\n", " ")):
        if not match[4]:
            last = match[1] or match[2], path
            continue
        target = os.path.join(os.path.dirname(path), match[4])
        # Of a directory, sudo leaves out names with a dot, and backup copies.
        for each in _files(host, target, r"[^.]*[^.~]") if match[3] else [target]:
            if each not in seen and len(seen) < 100:
                seen.add(each)
                last = _sudoers(host, each, seen) or last
    return last
