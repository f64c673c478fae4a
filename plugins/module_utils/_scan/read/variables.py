# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the environment variables that steer pip and uv: the caller's own, and those that files give."""

from __future__ import annotations

import re
from functools import partial
from typing import Callable, Iterator, Sequence

from ..._host.host import Host, Missing, Unreadable, User
from ..._host.record import NamedTuple
from ..model import VariableSetting

_PIP_OPTIONS = (
    "break-system-packages",
    "prefix",
    "target",
    "root",
    "user",
    "require-virtualenv",
    "require-venv",
)
_NAMES = "PIP_CONFIG_FILE UV_BREAK_SYSTEM_PACKAGES UV_CONFIG_FILE UV_NO_CONFIG UV_SYSTEM_PYTHON".split()
_LINE_LIMIT = 1024  # characters; of longer lines this much is read
_FILE_LIMIT = 128 * 1024  # bytes; real ones have some 10 KiB
_FILES_LIMIT = 500  # that fit one pattern
_EXPORT = re.compile(r"\b(?:export|declare -x)\b")
_WORD = re.compile(r"[\w-]+")
_GLOB_CHARACTER = re.compile(r"([*?[])")
_ASSIGNED = re.compile(
    r"""\b((?:PIP|UV)_[\w-]*)[ \t]*=[ \t]*("[^"]*"|'[^']*'|[^\s;&|"']*)"""
)
#: What may stand before it on its line; and where a shell decides whether it is reached.
_SURELY = re.compile(
    r"""\s*(?:(?:export |declare -x |\w*Environment\s*=)\s*(?:[\w-]+=\S*\s+|"[^"]*"\s+)*)?["']?"""
)
_PERHAPS = re.compile(r".*(?:[;&|{)]|\b(?:then|do|else))\s*(?:export|declare -x)\s+")

_SHELL = (
    "/etc/profile /etc/profile.d/*.sh /etc/bash.bashrc /etc/bashrc /etc/zshenv /etc/zprofile /etc/zshrc /etc/zsh/z*",
    "/.profile /.bash_profile /.bash_login /.bashrc /.zshenv /.zprofile /.zshrc",
)
_LINES = (
    "/etc/environment /etc/environment.d/*.conf",
    "/.pam_environment /.config/environment.d/*.conf",
)
_SERVICE = (
    "/etc/systemd/system.conf /etc/systemd/system.conf.d/*.conf /etc/systemd/user.conf /etc/systemd/user/*.service "
    "/etc/systemd/system/*.service /etc/systemd/system/*.service.d/*.conf /etc/crontab /etc/cron.d/*"
)
_CRONTABS = " /var/spool/cron/crontabs/* /var/spool/cron/*"  # which root alone may read


def normal_key(name: str) -> str:
    """Return pip's one spelling of a key (configuration.py): break-system-packages for --BREAK_SYSTEM_PACKAGES."""
    name = name.lower().replace("_", "-")
    return name[2:] if name.startswith("--") else name


def matters(name: str) -> bool:
    """Return whether pip, which takes any spelling after PIP_, or uv acts on this variable as PEP 668 is concerned."""
    return name in _NAMES or (
        name.startswith("PIP_") and normal_key(name[4:]) in _PIP_OPTIONS
    )


def parse_assignments(
    text: str, shell: bool = False, wanted: Callable[[str], bool] = matters
) -> list[tuple[str, str, str]]:
    """Return (name, value, why it may not be set after all) out of a shell's file, or pam_env's, systemd's or cron's.

    No shell: what is indented, behind ``&&`` or ``then``, computed or unset somewhere is in doubt.
    """
    found: dict[str, tuple[str, str, str]] = {}
    text = text.replace("\\\n", " ")
    exported = _exported_names(text) if shell else frozenset()
    has_branches = "<<" in text or "unset " in text  # neither is followed
    for line in text.splitlines():
        if line.strip().endswith("Environment="):
            found.clear()  # systemd.exec(5): an empty one resets what came before
        for row in _assignments_of(line[:_LINE_LIMIT], shell):
            is_set = not shell or row.name in exported
            if is_set and wanted(row.name):
                doubt = (
                    "set under a condition"
                    if shell and (row.is_conditional or has_branches)
                    else row.doubt
                )
                found[row.name] = (row.name, row.value, doubt)
    return list(found.values())


def _exported_names(text: str) -> frozenset[str]:
    """Return the words after each ``export``."""
    found: set[str] = set()
    for line in text.split("\n"):
        for command in _EXPORT.split(line.partition("#")[0])[1:]:
            found.update(_WORD.findall(command))
    return frozenset(found)


class _Assignment(NamedTuple):
    name: str
    value: str
    doubt: str
    is_conditional: bool


def _assignments_of(line: str, shell: bool) -> Iterator[_Assignment]:
    """Yield the assignments of a line up to the first that something else stands before."""
    for match in _ASSIGNED.finditer(line):
        value, before = match.group(2).strip("\"'"), line[: match.start()]
        is_sure = _SURELY.fullmatch(before) is not None
        is_possible = shell and _PERHAPS.fullmatch(before) is not None
        if "#" in before or not (is_sure or is_possible):
            return
        is_computed = "$" in value or "`" in value
        yield _Assignment(
            name=match.group(1),
            value=value,
            doubt="computed" if is_computed else "",
            is_conditional=not is_sure or before[:1].isspace(),
        )


class _Source(NamedTuple):
    """Files of one kind."""

    patterns: Sequence[str]
    scope: str  # login or service
    user: str = ""
    shell: bool = False
    wanted: Callable[[str], bool] = matters


def read_variables(
    host: Host,
    users: Sequence[User],
    caller: str,
    wanted: Callable[[str], bool] = matters,
) -> tuple[VariableSetting, ...]:
    """Return variables of the process, of a login, of services and of a container's image.

    :param wanted: which names; by default those that bear on PEP 668.
    """
    found = []
    for name, value in host.env.items():
        if wanted(name):
            found.append(
                VariableSetting(
                    name=name,
                    value=value,
                    source="environment",
                    scope="process",
                    user=caller,
                )
            )
    for place in _sources(host, users):
        source = place._replace(wanted=wanted)
        if host.expired(source.patterns[0]):
            break
        nothing: list[VariableSetting] = []
        subject = source.patterns[0].rpartition("/")[0] or "/"
        found += host.bounded(subject, partial(_read, host, source), nothing)
    found += _of_first_process(host, wanted)
    return tuple(found)


def _sources(host: Host, users: Sequence[User]) -> Iterator[_Source]:
    """Yield what a login reads, for everybody and then for each user, and what services read."""
    yield _Source(_LINES[0].split(), "login")
    yield _Source(_SHELL[0].split(), "login", shell=True)
    for user in users:
        home = _GLOB_CHARACTER.sub(r"[\1]", user.home.rstrip("/"))
        yield _Source([home + each for each in _LINES[1].split()], "login", user.name)
        yield _Source(
            [home + each for each in _SHELL[1].split()], "login", user.name, shell=True
        )
    services = _SERVICE + (_CRONTABS if host.uid == 0 else "")
    yield _Source(services.split(), "service")


def _of_first_process(
    host: Host, wanted: Callable[[str], bool]
) -> Iterator[VariableSetting]:
    """Yield the variables of process 1, which a container's image sets."""
    try:
        text = (
            host.read("/proc/1/environ").decode("utf-8", "replace") if host.live else ""
        )
    except (Missing, Unreadable):
        return
    for row in text.split("\0"):
        name, _equals, value = row.partition("=")
        if wanted(name):
            yield VariableSetting(
                name=name, value=value, source="/proc/1/environ", scope="service"
            )


def _read(host: Host, source: _Source) -> list[VariableSetting]:
    found: list[VariableSetting] = []
    for pattern in source.patterns:
        is_pattern = "*" in pattern or "[" in pattern
        paths = (
            [path for path in host.glob(pattern) if host.is_file(path)]
            if is_pattern
            else [pattern]
        )
        if len(paths) > _FILES_LIMIT:
            host.note(
                pattern,
                "too-many",
                "more than %d files fit it; the rest is left out" % _FILES_LIMIT,
            )
        for path in paths[:_FILES_LIMIT]:
            if host.expired(pattern):
                return found
            found += _read_file(host, source, path)
    return found


def _read_file(host: Host, source: _Source, path: str) -> Iterator[VariableSetting]:
    data = host.content(path, _FILE_LIMIT)
    if data is None or (b"PIP_" not in data and b"UV_" not in data):
        return
    user = path.rpartition("/")[2] if path.startswith("/var/spool/") else source.user
    text = data.decode("utf-8", "surrogateescape")
    for name, value, doubt in parse_assignments(text, source.shell, source.wanted):
        yield VariableSetting(
            name=name,
            value=value,
            source=path,
            scope=source.scope,
            user=user,
            doubt=doubt,
        )
