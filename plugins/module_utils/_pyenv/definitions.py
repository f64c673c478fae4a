# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of versions as pyenv has them, and the tarballs that a definition of python-build installs from."""

from __future__ import annotations

import re
from typing import Collection, List, Optional, Tuple

from .._host.record import NamedTuple

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
#: What `pyenv latest` leaves out: development versions, sources, pre-releases.
_UNSTABLE = re.compile(r"(?:-dev|-src|-latest|(?:a|b|rc)[0-9]+)$")
_FREE_THREADED = re.compile(r"[0-9]t$")
_PARTS = re.compile(r"[0-9]+|[^0-9]+")
_MINOR = re.compile(r"[23](?:\.[0-9]+)?t?")
_INSTALL = re.compile(
    r'^\s*install_package\s+"([^"\s]+)"\s+"(https?://[^"#\s]+)(?:#([0-9a-fA-F]{32,64}))?"(.*)$',
    re.MULTILINE,
)
_SUFFIXES = (("xz", ".tar.xz"), ("bz2", ".tar.bz2"))


class Tarball(NamedTuple):
    """An archive that a definition names."""

    name: str  # as python-build calls it in its cache
    url: str
    checksum: str  # SHA-256 or MD5, as hexadecimal digits; '' where it has none


def is_version_name(text: str) -> bool:
    """Return whether a text can be the name of a version: one name of a directory, and no option."""
    return bool(_NAME.fullmatch(text))


def find_newest(request: str, names: Collection[str]) -> Optional[str]:
    """Return the version that a request means: the name itself, or the newest stable release of it.

    The rules are those of `pyenv latest`: ``3.13`` is no free-threaded build, ``3.13t`` is one.
    """
    if request in names:
        return request
    matching = find_releases(request, names)
    return matching[-1] if matching else None


def find_releases(request: str, names: Collection[str]) -> List[str]:
    """Return the stable releases of ``3.13``, ``3.13t`` or ``pypy3.10``, the newest last."""
    is_free_threaded = bool(_FREE_THREADED.search(request))
    prefix = request[:-1] if is_free_threaded else request
    found = []
    for name in names:
        begins = name.startswith((prefix + ".", prefix + "-"))
        if not begins or _UNSTABLE.search(name):
            continue
        if bool(_FREE_THREADED.search(name)) == is_free_threaded:
            found.append(name)
    return sorted(found, key=sort_key)


def find_unstable(request: str, names: Collection[str]) -> List[str]:
    """Return the pre-releases and development versions of ``3.15``."""
    found = [
        name
        for name in names
        if re.match(re.escape(request) + r"[.-]", name) and _UNSTABLE.search(name)
    ]
    return sorted(found, key=sort_key)


def sort_key(name: str) -> Tuple[Tuple[int, int, str], ...]:
    """Return what sorts names as people do: numbers by their value."""
    return tuple(
        (1, int(part), "") if part.isdecimal() else (0, 0, part)
        for part in _PARTS.findall(name)
    )


def is_minor(request: str) -> bool:
    """Return whether a request is a minor version of CPython, such as ``3.13`` or ``3.13t``."""
    return bool(_MINOR.fullmatch(request)) and "." in request


def is_cpython(name: str) -> bool:
    """Return whether a version is CPython, which is built from source."""
    return name[:1].isdecimal()


def parse_tarballs(definition: str) -> Tuple[Tarball, ...]:
    """Return the archives of the Python itself; one of them is enough, as they differ in compression.

    OpenSSL and readline, which a definition builds only where the system's are broken, are no part of them.
    """
    found = []
    for package, url, checksum, rest in _INSTALL.findall(definition):
        if "--if" in rest.split():
            continue
        suffix = next(
            (suffix for ending, suffix in _SUFFIXES if url.endswith(ending)), ".tar.gz"
        )
        found.append(Tarball(package + suffix, url, checksum.lower()))
    return tuple(found)
