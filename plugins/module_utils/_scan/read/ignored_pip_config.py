# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration that somebody wrote for pip, and that pip does not read: files, sections and keys.

pip looks for its files in few places (``pip/_internal/configuration.py``, ``utils/appdirs.py``) and takes the options
of a command from [global] and from the section of the command's name (``cli/parser.py``, _update_defaults).
"""

from __future__ import annotations

import os
from functools import partial
from typing import Iterator

from ..._host.host import Host
from ..._host.record import NamedTuple
from ..audit_model import IgnoredPipConfig
from ..data.pip_options import KEYS, SECTIONS
from ..model import PipConfigFile, Readings

#: Where people put a pip.conf by analogy with other tools. Where pip does read one of these, it is left out.
_SYSTEM_PLACES = (
    "/etc/pip/pip.conf /etc/pip/pip.ini /etc/pip.ini /etc/pip.cfg /etc/.pip.conf /etc/pip.conf.d/*.conf "
    "/etc/pip.d/*.conf /etc/pip/conf.d/*.conf /etc/xdg/pip.conf /usr/local/etc/pip.conf /usr/local/etc/pip/pip.conf"
).split()
_MAC_PLACES = (
    "/etc/pip.conf",
    "/etc/xdg/pip/pip.conf",
    "/Library/Application Support/pip/pip.ini",
)
_HOME_PLACES = (
    "/pip.conf /.pip.conf /.piprc /.pip/pip.ini /.pip/config /pip/pip.conf /pip/pip.ini /.config/pip.conf "
    "/.config/pip/pip.ini /.config/pip/config /.config/pip/pip.cfg"
).split()
_MISSPELT_SECTIONS = {
    "pip": "global",
    "default": "global",
    "all": "global",
    "defaults": "global",
}
_ENVIRONMENT_SECTION = ":env:"
_FILE_LIMIT = 64 * 1024  # bytes; real files have less than 4 KiB
_FINDINGS_LIMIT = 20  # sections and keys of one file
#: What editors on Windows write before the text, in UTF-8 and UTF-16.
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_ignored_pip_configs(
    host: Host, readings: Readings
) -> tuple[IgnoredPipConfig, ...]:
    """Return what pip ignores on a host, for all users that were scanned."""
    found: list[IgnoredPipConfig] = []
    for file in readings.settings.pip_files:
        nothing: list[IgnoredPipConfig] = []
        found += host.bounded(file.path, partial(_check_file, host, file), nothing)
    found += _find_misplaced(host, readings)
    return tuple(found)


def _check_file(host: Host, file: PipConfigFile) -> list[IgnoredPipConfig]:
    """Return what pip ignores of a file that it does read."""
    if file.unread:
        return []
    if file.error:
        return [_malformed(host, file)]
    found: list[IgnoredPipConfig] = []
    if not file.settings and _has_settings(host, file.path):
        found.append(
            IgnoredPipConfig(
                file.path,
                "section",
                "DEFAULT",
                "it needs a [global] beside it",
                "global",
            )
        )
    found += _unknown_keys(file)
    found += _unknown_sections(file)
    return found[:_FINDINGS_LIMIT]


def _malformed(host: Host, file: PipConfigFile) -> IgnoredPipConfig:
    """Return that pip fails on a file, and whether a byte order mark is the reason, which pip's message does not name."""
    head = host.content(file.path, 3, cut=True) or b""
    has_mark = head.startswith(_BYTE_ORDER_MARKS)
    reason = "it begins with a byte order mark" if has_mark else file.error
    return IgnoredPipConfig(file.path, "file", "", reason + ": every pip command fails")


def _unknown_keys(file: PipConfigFile) -> Iterator[IgnoredPipConfig]:
    """Yield the keys that are no options of pip, in the sections that pip reads."""
    for section, key, _value in file.settings:
        if section in SECTIONS and key not in KEYS:
            yield IgnoredPipConfig(
                file.path,
                "key",
                section + "." + key,
                "no option of pip has this name",
                _closest(key, KEYS),
            )


def _unknown_sections(file: PipConfigFile) -> Iterator[IgnoredPipConfig]:
    """Yield the sections that no command of pip reads."""
    counts: dict[str, int] = {}
    for section, _key, _value in file.settings:
        if section not in SECTIONS and section != _ENVIRONMENT_SECTION:
            counts[section] = counts.get(section, 0) + 1
    for section, count in counts.items():
        reason = (
            "no command of pip has this name, so its settings (%d) have no effect"
            % count
        )
        yield IgnoredPipConfig(
            file.path, "section", section, reason, _closest_section(section)
        )


def _closest_section(section: str) -> str:
    lower = section.lower().strip()
    if lower in SECTIONS:
        return lower
    return _MISSPELT_SECTIONS.get(lower, "") or _closest(lower, SECTIONS)


def _closest(name: str, known: frozenset[str]) -> str:
    """Return the known name that another was probably meant for, or ''."""
    import difflib

    if len(name) > 100:
        return ""
    return next(iter(difflib.get_close_matches(name, sorted(known), 1, 0.7)), "")


def _has_settings(host: Host, path: str) -> bool:
    """Return whether a file has a line that is neither blank, a comment nor the name of a section."""
    text = host.text(path, _FILE_LIMIT) or ""
    lines = (line.strip() for line in text.splitlines())
    return any(line and line[0] not in "#;[" for line in lines)


class _Place(NamedTuple):
    """A pattern of paths where pip does not look, and the file that it reads instead."""

    pattern: str
    instead: str


def _find_misplaced(host: Host, readings: Readings) -> Iterator[IgnoredPipConfig]:
    """Yield the files in places where pip does not look."""
    read = {host.real(file.path) or file.path for file in readings.settings.pip_files}
    read |= {file.path for file in readings.settings.pip_files}
    for place in _places(host, readings):
        if host.expired(place.pattern):
            return
        paths = host.glob(place.pattern) if "*" in place.pattern else [place.pattern]
        for path in paths:
            if _is_unread(host, path, read) and _has_settings(host, path):
                read.add(path)
                yield IgnoredPipConfig(
                    path, "place", "", "pip does not look there", place.instead
                )


def _is_unread(host: Host, path: str, read: set[str]) -> bool:
    """Return whether a path is a file, and not one of those that pip reads, under another name either."""
    if path in read or (host.real(path) or path) in read:
        return False
    return host.is_file(path)


def _places(host: Host, readings: Readings) -> Iterator[_Place]:
    is_mac = host.system == "darwin"
    everybody = (
        "/Library/Application Support/pip/pip.conf" if is_mac else "/etc/pip.conf"
    )
    for pattern in (*_SYSTEM_PLACES, *(_MAC_PLACES if is_mac else ())):
        yield _Place(pattern, everybody)
    homes = {user.home.rstrip("/") for user in readings.users}
    if readings.caller is not None:
        homes.add(readings.caller.home.rstrip("/"))
    for home in sorted(homes - {""}):
        for name in _HOME_PLACES:
            yield _Place(home + name, home + "/.config/pip/pip.conf")
    for prefix in dict.fromkeys(
        row.prefix for row in readings.interpreters if row.prefix
    ):
        yield _Place(os.path.join(prefix, "pip.ini"), os.path.join(prefix, "pip.conf"))
