# SPDX-License-Identifier: GPL-3.0-or-later
"""Files whose code runs whenever a Python starts, and that no RECORD and no package manager owns.

``site`` runs the import lines of each .pth file in a site directory, and imports sitecustomize and usercustomize
(Lib/site.py). Python 3.15 also calls the entry points in .start files (PEP 829).
"""

from __future__ import annotations

import base64
import hashlib
import os
from functools import partial
from typing import Container, Iterator, Mapping

from ..._host.host import MIB, Host
from ..._host.record import NamedTuple
from ..audit_model import StartupHook
from ..data.known_startup_hooks import HARMLESS_LINES, KNOWN_HOOKS
from ..model import Readings
from ..unknown_owner import find_unknown
from .chunks import iterate_parts
from .ownership import read_ownership

_CUSTOMIZE = ("sitecustomize", "usercustomize")
_MODULE_SUFFIXES = (".py", ".pyc", ".so")
_FILE_LIMIT = (
    4 * MIB
)  # real ones have some 100 bytes; one with an encoded program in it had 34 KiB
_RECORD_LIMIT = 16 * MIB  # the longest real RECORD has some 4 MiB
_DIGEST_LIMIT = 200  # characters; that of SHA-512 has some 90
_LINES_LIMIT = 10
_LINE_LIMIT = 200  # characters
_ALGORITHMS = ("sha256", "sha384", "sha512")  # that installers write into a RECORD


class _Directory(NamedTuple):
    """A directory that a Python looks for startup code in."""

    path: str
    used_by: str
    is_site: bool  # False: a standard library, whose .pth files are not read


class _Candidate(NamedTuple):
    """A file with startup code, and its name relative to the directory as a RECORD has it."""

    hook: StartupHook
    name: str
    content: bytes


def read_startup_hooks(
    host: Host, readings: Readings, execute: str = "never"
) -> tuple[StartupHook, ...]:
    """Return the startup code in every site directory and environment that nothing is known to have installed."""
    unrecorded: list[StartupHook] = []
    for directory in _directories(readings):
        nothing: list[StartupHook] = []
        unrecorded += host.bounded(
            directory.path, partial(_read_directory, host, directory), nothing
        )
    if not unrecorded:
        return ()
    ownership = read_ownership(host, [hook.path for hook in unrecorded], (), execute)
    found = []
    for hook in unrecorded:
        if hook.path not in ownership.owners:
            unread = find_unknown(ownership, [hook.path])
            found.append(hook._replace(unknown="%s: %s" % unread[0] if unread else ""))
    return tuple(found)


def _directories(readings: Readings) -> Iterator[_Directory]:
    found: dict[str, _Directory] = {}
    for row in readings.interpreters:
        for site in row.site_directories:
            if site.exists:
                found.setdefault(
                    site.path, _Directory(site.path, row.path, is_site=True)
                )
        if row.stdlib:
            found.setdefault(
                row.stdlib, _Directory(row.stdlib, row.path, is_site=False)
            )
    for environment in readings.environments:
        for path in environment.site_packages:
            found.setdefault(path, _Directory(path, environment.path, is_site=True))
    return iter(found.values())


def _read_directory(host: Host, directory: _Directory) -> list[StartupHook]:
    """Return the startup code in a directory that is neither known nor in the RECORD of a distribution there."""
    candidates = list(_candidates(host, directory))
    if not candidates:
        return []
    recorded = _read_records(host, directory.path, {row.name for row in candidates})
    found = []
    for candidate in candidates:
        record, digest = recorded.get(candidate.name, ("", ""))
        if not record:
            found.append(candidate.hook)
        elif not _has_digest(candidate.content, digest):
            found.append(candidate.hook._replace(record=record))
    return found


def _candidates(host: Host, directory: _Directory) -> Iterator[_Candidate]:
    for entry in host.list(
        directory.path, partial(_may_run, is_site=directory.is_site)
    ):
        path = directory.path + "/" + entry.name
        stem, _dot, suffix = entry.name.rpartition(".")
        hook = StartupHook(path=path, kind=suffix, lines=(), used_by=directory.used_by)
        if suffix in ("pth", "start"):
            content = host.content(path, _FILE_LIMIT) or b""
            lines = code_lines(content, suffix)
            if lines and lines != (KNOWN_HOOKS.get(entry.name),):
                shown = tuple(line[:_LINE_LIMIT] for line in lines[:_LINES_LIMIT])
                yield _Candidate(hook._replace(lines=shown), entry.name, content)
            continue
        kind = (stem or entry.name).partition(".")[0]
        name = entry.name
        if host.is_dir(path):
            name += "/__init__.py"
        if host.is_file(directory.path + "/" + name):
            content = host.content(directory.path + "/" + name, _FILE_LIMIT) or b""
            yield _Candidate(
                hook._replace(path=directory.path + "/" + name, kind=kind),
                name,
                content,
            )


def _may_run(name: str, is_site: bool) -> bool:
    if name.endswith((".pth", ".start")):
        return is_site
    return name in _CUSTOMIZE or (name.startswith(_CUSTOMIZE) and _is_module(name))


def _is_module(name: str) -> bool:
    return name.partition(".")[0] in _CUSTOMIZE and name.endswith(_MODULE_SUFFIXES)


def code_lines(content: bytes, kind: str) -> tuple[str, ...]:
    """Return the lines that run code: of a .pth the import lines (site.addpackage), of a .start all entry points."""
    found = []
    for line in content.decode("utf-8-sig", "surrogateescape").splitlines():
        is_code = line.startswith(("import ", "import\t"))
        if kind == "start":
            is_code = bool(line.strip()) and not line.lstrip().startswith("#")
        if is_code and line.strip() not in HARMLESS_LINES:
            found.append(line.strip())
    return tuple(found)


def _read_records(
    host: Host, directory: str, names: set[str]
) -> Mapping[str, tuple[str, str]]:
    """Return (path of the RECORD, digest there) of each name that a distribution in the directory recorded."""
    found: dict[str, tuple[str, str]] = {}
    for suffix, file, prefix in (
        (".dist-info", "/RECORD", ""),
        (".egg-info", "/installed-files.txt", "../"),
    ):
        entries = [
            entry.name for entry in host.list(directory, partial(_ends_with, suffix))
        ]
        for entry in sorted(entries, key=lambda name: not _is_likely(name, names)):
            if len(found) == len(names):
                return found
            path = directory + "/" + entry + file
            data = host.content(path, _RECORD_LIMIT) if host.lkind(path) else None
            wanted = {os.fsencode(prefix + name): name for name in names}
            for spelling, digest in find_recorded(data or b"", wanted).items():
                found.setdefault(wanted[spelling], (path, digest))
    return found


def _ends_with(suffix: str, name: str) -> bool:
    return name.endswith(suffix)


def _is_likely(distribution: str, names: set[str]) -> bool:
    """Return whether a distribution may be the one of a file: its name is in that of the file, or it is setuptools."""
    project = distribution.partition("-")[0].lower()
    return project == "setuptools" or any(project in name.lower() for name in names)


def find_recorded(record: bytes, names: Container[bytes]) -> dict[bytes, str]:
    """Return the digest (``sha256=...``, '' where there is none) of each of these files that a RECORD has."""
    found: dict[bytes, str] = {}
    for line in iterate_parts(record, b"\n"):
        name, _comma, rest = line.partition(b",")
        name = name.rstrip(b"\r")
        if name in names:
            digest = rest[:_DIGEST_LIMIT].partition(b",")[0]
            found.setdefault(name, digest.decode("ascii", "replace").strip())
    return found


def _has_digest(content: bytes, recorded: str) -> bool:
    """Return whether a content has the digest of a RECORD; also where that has none, or of an unusual algorithm."""
    algorithm, _equals, digest = recorded.partition("=")
    if algorithm not in _ALGORITHMS:
        return True
    own = base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest())
    return own.rstrip(b"=").decode("ascii") == digest.rstrip("=")
