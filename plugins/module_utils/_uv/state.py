# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pythons in an install directory of uv, by their names alone: nothing in it is run."""

from __future__ import annotations

import os
import re
from typing import Optional, Tuple

from .._host.record import NamedTuple

#: Source: astral-sh/uv, crates/uv-python/src/installation.rs (PythonInstallationKey) and managed.rs.
_NAME = re.compile(
    r"cpython-(?P<minor>\d+\.\d+)(?P<patch>\.\d+(?:(?:a|b|rc)\d+)?)?(?P<flag>\+freethreaded)?-(?P<platform>\w+-\w+-\w+)"
)


class PythonName(NamedTuple):
    """The name of a directory, or of the link that stands for a minor version."""

    minor: str
    version: str  # '' in the name of a link
    variant: str
    platform: str  # such as linux-x86_64-gnu

    def format(self) -> str:
        """Return the name as uv writes it."""
        flag = "+freethreaded" if self.variant else ""
        return "cpython-%s%s-%s" % (self.version or self.minor, flag, self.platform)

    def link(self) -> PythonName:
        """Return the name of the link that stands for the minor version."""
        return self._replace(version="")


class InstalledPython(NamedTuple):
    """A Python of uv."""

    name: PythonName
    is_whole: bool  # its executable is there


class UvState(NamedTuple):
    """An install directory; ``links`` are those of minor versions, with the names of what they lead to."""

    directory: str
    uid: Optional[int] = None  # of its owner; None where it does not exist
    pythons: Tuple[InstalledPython, ...] = ()
    links: Tuple[Tuple[PythonName, str], ...] = ()


def parse_name(text: str) -> Optional[PythonName]:
    """Return the parts of a name; None for what is no CPython of uv, or a debug build."""
    match = _NAME.fullmatch(text)
    if match is None:
        return None
    minor, patch = match.group("minor"), match.group("patch")
    return PythonName(
        minor=minor,
        version=minor + patch if patch else "",
        variant="t" if match.group("flag") else "",
        platform=match.group("platform"),
    )


def executable_of(directory: str, name: PythonName) -> str:
    """Return the path of an interpreter, by the name of its directory or of the link to it."""
    return "%s/%s/bin/python%s%s" % (
        directory,
        name.format(),
        name.minor,
        name.variant,
    )


def read_uv_state(directory: str) -> UvState:
    """Read the names in an install directory; no file is opened, and `Host` would cost as much again to import."""
    try:
        uid = os.stat(directory).st_uid
    except (FileNotFoundError, NotADirectoryError):
        return UvState(directory)
    pythons, links = [], []
    with os.scandir(directory) as entries:
        for entry in entries:
            name = parse_name(entry.name)
            if name is None:
                continue
            if name.version and entry.is_dir(follow_symlinks=False):
                is_whole = os.path.isfile(executable_of(directory, name))
                pythons.append(InstalledPython(name, is_whole))
            elif not name.version and entry.is_symlink():
                links.append((name, _target_of(directory, entry.path)))
    return UvState(directory, uid, tuple(sorted(pythons)), tuple(sorted(links)))


def _target_of(directory: str, link: str) -> str:
    """Return the name of the directory that a link leads to; '' where that is gone, or lies elsewhere."""
    if not os.path.exists(link):
        return ""
    head, name = os.path.split(os.path.realpath(link))
    return name if head == os.path.realpath(directory) else ""
