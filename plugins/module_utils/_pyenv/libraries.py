# SPDX-License-Identifier: GPL-3.0-or-later
"""The libraries that parts of the standard library are built with, and the packages that have their headers."""

from __future__ import annotations

from typing import Dict, Mapping, Optional, Tuple

from .._host.host import Host
from .._host.record import NamedTuple


class Library(NamedTuple):
    """A module of the standard library, and what it is built with."""

    extension: str
    title: str
    header: str  # below a directory of headers
    packages: Mapping[str, str]  # by package manager


def _row(extension: str, title: str, header: str, packages: str) -> Library:
    managers = ("apt", "dnf", "pacman", "apk", "zypper", "brew")
    return Library(extension, title, header, dict(zip(managers, packages.split())))


#: pyenv's wiki, "Suggested build environment", and the headers that CPython's own configuration looks for. The packages
#: of apt were checked on Debian 13; those of the other package managers follow the wiki and each project's naming.
LIBRARIES = (
    _row(
        "bz2", "bzip2", "bzlib.h",
        "libbz2-dev bzip2-devel bzip2 bzip2-dev libbz2-devel bzip2",
    ),
    _row(
        "ctypes", "libffi", "ffi.h",
        "libffi-dev libffi-devel libffi libffi-dev libffi-devel libffi",
    ),
    _row(
        "curses", "ncurses", "curses.h",
        "libncurses-dev ncurses-devel ncurses ncurses-dev ncurses-devel ncurses",
    ),
    _row(
        "lzma", "liblzma", "lzma.h", "liblzma-dev xz-devel xz xz-dev xz-devel xz"
    ),
    _row(
        "readline", "GNU readline", "readline/readline.h",
        "libreadline-dev readline-devel readline readline-dev readline-devel readline",
    ),
    _row(
        "sqlite3", "SQLite", "sqlite3.h",
        "libsqlite3-dev sqlite-devel sqlite sqlite-dev sqlite3-devel sqlite",
    ),
    _row(
        "ssl", "OpenSSL", "openssl/ssl.h",
        "libssl-dev openssl-devel openssl openssl-dev libopenssl-devel openssl@3",
    ),
    _row("tkinter", "Tk", "tk.h", "tk-dev tk-devel tk tk-dev tk-devel tcl-tk"),
    _row(
        "zlib", "zlib", "zlib.h",
        "zlib1g-dev zlib-devel zlib zlib-dev zlib-devel zlib",
    ),
)  # fmt: skip
BY_EXTENSION: Dict[str, Library] = {row.extension: row for row in LIBRARIES}

#: Programs that a build needs, and the package of each, in the order of the managers above.
PROGRAMS: Dict[str, Library] = {
    row.extension: row
    for row in (
        _row("cc", "a C compiler", "", "gcc gcc base-devel build-base gcc gcc"),
        _row("make", "make", "", "make make make make make make"),
        _row("patch", "patch", "", "patch patch patch patch patch patch"),
        _row("tar", "tar", "", "tar tar tar tar tar gnu-tar"),
        _row("xz", "xz", "", "xz-utils xz xz xz xz xz"),
        _row("curl", "curl or wget", "", "curl curl curl curl curl curl"),
        _row("stddef", "the headers of the C library", "",
             "libc6-dev glibc-devel glibc musl-dev glibc-devel glibc"),
    )
}  # fmt: skip
_MANAGERS = (
    ("apt", "/usr/bin/apt-get"),
    ("dnf", "/usr/bin/dnf"),
    ("pacman", "/usr/bin/pacman"),
    ("apk", "/sbin/apk"),
    ("zypper", "/usr/bin/zypper"),
    ("brew", "/opt/homebrew/bin/brew"),
    ("brew", "/usr/local/bin/brew"),
)
_HEADERS = (
    "/usr/include",
    "/usr/include/*-linux-gnu*",
    "/usr/local/include",
    "/usr/lib*/libffi*/include",
)


def find_manager(host: Host) -> str:
    """Return the package manager of a host; '' for one that is not known here."""
    return next((name for name, path in _MANAGERS if host.real(path) is not None), "")


def find_missing_headers(host: Host, extensions: Tuple[str, ...]) -> Tuple[str, ...]:
    """Return the extensions whose headers are in no directory that compilers of Linux search by themselves."""
    missing = []
    for extension in extensions:
        row = BY_EXTENSION.get(extension)
        if row is None:
            continue
        places = ["%s/%s" % (directory, row.header) for directory in _HEADERS]
        if not any(next(iter(host.glob(place)), None) for place in places):
            missing.append(extension)
    return tuple(missing)


def package_of(row: Optional[Library], manager: str) -> str:
    """Return the package of a library or program; '' where that is not known."""
    return row.packages.get(manager, "") if row is not None else ""
