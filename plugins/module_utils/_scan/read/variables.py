# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the environment variables that steer pip and uv: the caller's own, and those that files give."""

from __future__ import annotations

import re
from typing import Sequence

from ..._host.host import Host, Missing, Unreadable, User
from ..model import VariableSetting

_PIP_OPTIONS = ("break-system-packages", "prefix", "target", "root", "user", "require-virtualenv", "require-venv")
_NAMES = "PIP_CONFIG_FILE UV_BREAK_SYSTEM_PACKAGES UV_CONFIG_FILE UV_NO_CONFIG UV_SYSTEM_PYTHON".split()
_LINE_LIMIT = 1024
_ASSIGNED = re.compile(r"""\b((?:PIP|UV)_[\w-]*)[ \t]*=[ \t]*("[^"]*"|'[^']*'|[^\s;&|"']*)""")
#: What may stand before it on its line; and where a shell decides whether it is reached.
_SURELY = re.compile(r"""\s*(?:(?:export |declare -x |\w*Environment\s*=)\s*(?:[\w-]+=\S*\s+|"[^"]*"\s+)*)?["']?""")
_PERHAPS = re.compile(r".*(?:[;&|{)]|\b(?:then|do|else))\s*(?:export|declare -x)\s+")

_SHELL = (
    "/etc/profile /etc/profile.d/*.sh /etc/bash.bashrc /etc/bashrc /etc/zshenv /etc/zprofile /etc/zshrc /etc/zsh/z*",
    "/.profile /.bash_profile /.bash_login /.bashrc /.zshenv /.zprofile /.zshrc",
)
_LINES = ("/etc/environment /etc/environment.d/*.conf", "/.pam_environment /.config/environment.d/*.conf")
_SERVICE = (
    "/etc/systemd/system.conf /etc/systemd/system.conf.d/*.conf /etc/systemd/user.conf /etc/systemd/user/*.service "
    "/etc/systemd/system/*.service /etc/systemd/system/*.service.d/*.conf /etc/crontab /etc/cron.d/*"
)
_CRONTABS = " /var/spool/cron/crontabs/* /var/spool/cron/*"  # which root alone may read


def normal_key(name: str) -> str:
    """Give pip's one spelling of a key (configuration.py): break-system-packages for --BREAK_SYSTEM_PACKAGES."""
    name = name.lower().replace("_", "-")
    return name[2:] if name.startswith("--") else name


def matters(name: str) -> bool:
    """Tell whether pip, which takes any spelling after PIP_, or uv acts on this variable as PEP 668 is concerned."""
    return name in _NAMES or (name.startswith("PIP_") and normal_key(name[4:]) in _PIP_OPTIONS)


def parse_assignments(text: str, shell: bool = False) -> list[tuple[str, str, str]]:
    """Give (name, value, why it may not be set after all) out of a shell's file, or pam_env's, systemd's or cron's.

    No shell: what is indented, behind ``&&`` or ``then``, computed or unset somewhere is in doubt.
    """
    found: dict[str, tuple[str, str, str]] = {}
    text = text.replace("\\\n", " ")
    exports = re.findall(r"^[^#\n]*\b(?:export|declare -x)\b(.*)", text, re.MULTILINE)
    exported = set(re.findall(r"[\w-]+", " ".join(exports)))
    branches = "<<" in text or "unset " in text  # neither is followed
    for line in text.splitlines():
        if line.strip().endswith("Environment="):
            found.clear()  # systemd.exec(5): an empty one resets what came before
        for match in _ASSIGNED.finditer(line[:_LINE_LIMIT]):
            name, value, before = match.group(1), match.group(2).strip("\"'"), line[: match.start()]
            sure = _SURELY.fullmatch(before)
            if "#" in before or not (sure or (shell and _PERHAPS.fullmatch(before))):
                break
            if not matters(name) or (shell and name not in exported):
                continue
            doubt = "computed" if "$" in value or "`" in value else ""
            if shell and (not sure or before[:1].isspace() or branches):
                doubt = "set under a condition"
            found[name] = (name, value, doubt)
    return list(found.values())


def read_variables(host: Host, users: Sequence[User], caller: str) -> tuple[VariableSetting, ...]:
    """Give every variable that bears on PEP 668: of the process, of a login, of services and of a container's image."""
    own = [(name, value) for name, value in host.env.items() if matters(name)]
    found = [VariableSetting(name, value, "environment", "process", caller) for name, value in own]
    homes = [(user.name, re.sub(r"([*?[])", r"[\1]", user.home.rstrip("/"))) for user in users]
    for index, places in enumerate(([("", "")], homes)):
        for user, home in places:
            for patterns, shell in ((_LINES[index], False), (_SHELL[index], True)):
                found += _read(host, home, patterns, shell, "login", user)
    found += _read(host, "", _SERVICE + (_CRONTABS if host.uid == 0 else ""), False, "service", "")
    try:
        first = host.read("/proc/1/environ").decode("utf-8", "replace").split("\0") if host.live else []
    except (Missing, Unreadable):
        first = []
    pairs = [row.partition("=") for row in first if matters(row.partition("=")[0])]
    found += [VariableSetting(name, value, "/proc/1/environ", "service") for name, _equals, value in pairs]
    return tuple(found)


def _read(host: Host, home: str, patterns: str, shell: bool, scope: str, user: str) -> list[VariableSetting]:
    found: list[VariableSetting] = []
    for pattern in [home + each for each in patterns.split()]:
        if host.expired(pattern):
            break
        many = "*" in pattern or "[" in pattern
        for path in host.glob(pattern) if many else (pattern,):
            data = host.content(path) if not many or host.is_file(path) else None
            if data is not None and (b"PIP_" in data or b"UV_" in data):
                whose = path.rpartition("/")[2] if path.startswith("/var/spool/") else user
                rows = parse_assignments(data.decode("utf-8", "surrogateescape"), shell)
                found += [VariableSetting(name, value, path, scope, whose, doubt) for name, value, doubt in rows]
    return found
