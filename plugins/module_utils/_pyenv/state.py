# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a pyenv root, and what its pyenv can build, by reading."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any, Dict, Mapping, Optional, Tuple

from .._host.host import Host
from .._host.record import NamedTuple
from .definitions import Tarball, parse_tarballs
from .spec import PyenvSpec

#: Where pyenv is if it is not in its root.
_SYSTEM_PYENV = (
    "/usr/bin/pyenv",
    "/usr/local/bin/pyenv",
    "/opt/homebrew/bin/pyenv",
    "/home/linuxbrew/.linuxbrew/bin/pyenv",
)
_DEFINITIONS = "plugins/*/share/python-build"
_TARBALL_LIMIT = 256 * 1024 * 1024
BUILDING_SUFFIX = ".building"
PREVIOUS_SUFFIX = ".previous"
RECORD_NAME = ".pyfleet-build.json"


class InstalledVersion(NamedTuple):
    """A directory of versions."""

    name: str
    is_complete: bool
    options: Optional[Mapping[str, Any]] = None  # that this collection built it with


class PyenvState(NamedTuple):
    """One root."""

    exists: bool
    executable: str = ""  # '' where there is no pyenv
    prefix: str = ""  # the directory that the programs of pyenv are in
    owner: int = -1
    installed: Tuple[InstalledVersion, ...] = ()
    interrupted: Tuple[str, ...] = ()  # builds that were killed
    global_versions: Tuple[str, ...] = ()
    definitions: Mapping[str, str] = {}  # by name, the path of each


def read_state(host: Host, spec: PyenvSpec) -> PyenvState:
    """Return the state of a root."""
    info = host.stat(spec.root) if host.is_dir(spec.root) else None
    executable = _find_executable(host, spec)
    prefix = _find_prefix(host, executable)
    if info is None:
        return PyenvState(exists=False, executable=executable, prefix=prefix)
    directory = spec.root + "/versions"
    entries = host.list(directory) if host.is_dir(directory) else []
    names = [entry.name for entry in entries]
    return PyenvState(
        exists=True,
        executable=executable,
        prefix=prefix,
        owner=info.st_uid,
        installed=tuple(
            _read_version(host, directory, name)
            for name in names
            if not name.startswith(".") and host.is_dir("%s/%s" % (directory, name))
        ),
        interrupted=tuple(
            name[1 : -len(BUILDING_SUFFIX)]
            for name in names
            if name.startswith(".") and name.endswith(BUILDING_SUFFIX)
        ),
        global_versions=read_global(host.text(spec.root + "/version") or ""),
        definitions=_read_definitions(host, spec.root, prefix),
    )


def _find_executable(host: Host, spec: PyenvSpec) -> str:
    candidates = (spec.root + "/bin/pyenv", *_SYSTEM_PYENV)
    for path in (spec.pyenv,) if spec.pyenv else candidates:
        if host.is_file(path):
            return path
    return ""


def _find_prefix(host: Host, executable: str) -> str:
    """Return the directory of pyenv: bin/pyenv is a link to libexec/pyenv in it."""
    real = host.real(executable) if executable else None
    return os.path.dirname(os.path.dirname(real)) if real else ""


def _read_version(host: Host, directory: str, name: str) -> InstalledVersion:
    prefix = "%s/%s" % (directory, name)
    is_complete = any(
        host.is_file("%s/bin/%s" % (prefix, program))
        for program in ("python", "python3", "pypy3", "pypy")
    )
    return InstalledVersion(name, is_complete, _read_options(host, prefix))


def _read_options(host: Host, prefix: str) -> Optional[Mapping[str, Any]]:
    path = "%s/%s" % (prefix, RECORD_NAME)
    text = host.text(path) if host.is_file(path) else None
    if text is None:
        return None
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    options = record.get("options") if isinstance(record, dict) else None
    return options if isinstance(options, dict) else None


def read_global(text: str) -> Tuple[str, ...]:
    """Return the versions in a file of pyenv: the first word of each line that is no comment."""
    words = [line.split()[0] for line in text.splitlines() if line.strip()]
    return tuple(word for word in words if not word.startswith("#"))


def _read_definitions(host: Host, root: str, prefix: str) -> Mapping[str, str]:
    """Return the definitions of pyenv and of its plugins; those of a plugin in the root come first, as in pyenv."""
    found: Dict[str, str] = {}
    for base in dict.fromkeys((root, prefix)):
        if not base:
            continue
        for directory in host.glob("%s/%s" % (base, _DEFINITIONS)):
            for entry in host.list(directory):
                if entry.kind == "file":
                    path = "%s/%s" % (directory, entry.name)
                    found.setdefault(entry.name, path)
    return found


class CacheState(NamedTuple):
    """Whether the archive of a version is in the cache."""

    tarballs: Tuple[Tarball, ...] = ()  # of its definition
    found: str = ""  # the path of one that has the checksum
    wrong: str = ""  # the path of one that has another


def read_cache(host: Host, definition: str, cache: str) -> CacheState:
    """Return what a cache has for a definition."""
    tarballs = parse_tarballs(host.text(definition) or "")
    wrong = ""
    for tarball in tarballs:
        path = "%s/%s" % (cache, tarball.name)
        if not host.is_file(path):
            continue
        if _has_checksum(host, path, tarball.checksum):
            return CacheState(tarballs, path, "")
        wrong = path
    return CacheState(tarballs, "", wrong)


def _has_checksum(host: Host, path: str, checksum: str) -> bool:
    if not checksum:
        return True
    algorithm = hashlib.sha256() if len(checksum) == 64 else hashlib.new("md5")
    algorithm.update(host.content(path, _TARBALL_LIMIT) or b"")
    return algorithm.hexdigest() == checksum
