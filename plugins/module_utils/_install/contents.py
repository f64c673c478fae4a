# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed in an environment: distributions, scripts and interpreter, read from files and never run.

What an owner may have written (records, metadata) is data that may lie.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Iterable, Iterator, Mapping, NamedTuple

from .._host.host import MIB, Host, Missing, Unreadable
from .._scan.project_name import canonicalize_name
from .._scan.read.pyvenv_cfg import parse_pyvenv_cfg

_RECORD_LIMIT = 4 * MIB
_METADATA = (".dist-info", ".egg-info", ".egg-link")
_BIN_LIMIT = 5000
_VERIFIED_BYTES = 64 * 1024 * MIB  # an environment for machine learning has 10 GiB
_WRONG_LIMIT = 100
_PROJECT_ENTRIES = 20_000
_PROJECT_BYTES = 8 * 1024 * MIB  # wheels for machine learning have 3 GiB


class Contents(NamedTuple):
    """The distributions of an environment, and a digest of all that a converge answers for."""

    packages: Mapping[str, str]  # normalised name -> version
    builds: Mapping[
        str, str
    ]  # normalised name -> digest of its RECORD, places of scripts left out
    digest: str  # of those, the scripts, pyvenv.cfg and the interpreter
    complete: bool  # False: something could not be read
    scripts: tuple[str, ...] = ()


def read_contents(host: Host, prefix: str) -> Contents:
    """Read the distributions, the scripts and the interpreter of the environment at ``prefix``, a real path."""
    notes = len(host.notes) + host.notes_left_out
    packages: dict[str, str] = {}
    builds: dict[str, str] = {}
    parts: list[tuple[str, ...]] = []
    for site in sorted(site_packages(host, prefix)):
        for name, version, build in _read_site(host, site):
            packages.setdefault(canonicalize_name(name), version)
            builds.setdefault(canonicalize_name(name), build)
            parts.append((site[len(prefix) :], name, version, build))
        pth = [
            entry.name for entry in host.list(site, lambda name: name.endswith(".pth"))
        ]
        parts.append((site[len(prefix) :], *pth))
    scripts = [
        (entry.name, entry.kind) for entry in host.list(prefix + "/bin")[:_BIN_LIMIT]
    ]
    config = parse_pyvenv_cfg(host.content(prefix + "/pyvenv.cfg") or b"")
    settings = {
        key: value for key, value in config.items() if key not in ("command", "prompt")
    }
    told = json.dumps(
        [parts, scripts, settings, _read_interpreter(host, prefix)], sort_keys=True
    )
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    complete = notes == len(host.notes) + host.notes_left_out
    return Contents(
        packages, builds, digest, complete, tuple(name for name, _kind in scripts)
    )


def site_packages(host: Host, prefix: str) -> list[str]:
    """Return the directories that an environment imports distributions from, links between them left out."""
    found = []
    for lib in ("lib", "lib64"):
        if host.lkind("%s/%s" % (prefix, lib)) == "directory":
            for entry in host.list(
                "%s/%s" % (prefix, lib),
                lambda name: name.startswith(("python", "pypy")),
            ):
                site = "%s/%s/%s/site-packages" % (prefix, lib, entry.name)
                if host.lkind(site) == "directory":
                    found.append(site)
    if host.lkind(prefix + "/site-packages") == "directory":  # PyPy before 7.3.8
        found.append(prefix + "/site-packages")
    return found


def _read_site(host: Host, site: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name, version, digest of what was installed) of each distribution, by the names of their directories."""
    for name, kind in host.list(site, lambda name: name.endswith(_METADATA)):
        stem = name.rpartition(".")[0]
        parts = stem.split("-")
        record = None
        if kind == "directory":
            record = host.content("%s/%s/RECORD" % (site, name), _RECORD_LIMIT)
            if record is None and not _has_metadata(host, "%s/%s" % (site, name)):
                continue  # what an uninstallation left lying
        elif kind == "file":
            record = host.content("%s/%s" % (site, name), _RECORD_LIMIT)
        yield parts[0], parts[1] if len(parts) > 1 else "", digest_record(record)


def _has_metadata(host: Host, directory: str) -> bool:
    return any(
        host.lkind("%s/%s" % (directory, name)) == "file"
        for name in ("METADATA", "PKG-INFO")
    )


def digest_record(data: bytes | None) -> str:
    """Digest a RECORD; of scripts and bytecode, whose bytes name the place of the environment, only the names count."""
    if data is None:
        return ""
    rows = []
    for row in data.split(b"\n"):
        outside = row.startswith((b"../", b'"../')) or b"__pycache__/" in row
        rows.append(row.rsplit(b",", 2)[0] if outside else row.rstrip(b"\r"))
    return hashlib.sha256(b"\n".join(sorted(rows))).hexdigest()


def _read_interpreter(host: Host, prefix: str) -> tuple[object, ...]:
    """Return what tells the interpreter from any other, and from itself after an update."""
    found: list[object] = []
    for name in ("python", "python3"):  # scripts start the one, people the other
        real = host.real("%s/bin/%s" % (prefix, name))
        info = host.lstat(real) if real else None
        if real and info is not None:
            place = "bin/" + name if real.startswith(prefix + "/") else real
            found += [
                name,
                place,
                info.st_size,
                int(info.st_mtime),
                bool(info.st_mode & 0o111),
            ]
    return tuple(found)


def verify_contents(host: Host, prefix: str) -> tuple[str, ...]:
    """Compare every file of an environment that a RECORD has a hash of; return missing and altered ones, at most 100.

    A RECORD may be written by the environment's owner: rows that lead out of the environment are not opened, a file of
    another size is not read, and reading ends with `_VERIFIED_BYTES`, what is beyond it counts as altered.
    """
    import base64

    wrong: list[str] = []
    left = _VERIFIED_BYTES
    for path, algorithm, expected, size in _recorded_hashes(host, prefix):
        info = host.lstat(path)
        is_readable = (
            info is not None
            and (not size or size == str(info.st_size))
            and info.st_size <= left
        )
        found = ""
        if is_readable and info is not None:
            left -= info.st_size
            digest = _hash_file(host, path, algorithm)
            found = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
        if not found or found != expected:
            wrong.append(path)
        if len(wrong) >= _WRONG_LIMIT:
            break
    return tuple(wrong)


def _recorded_hashes(host: Host, prefix: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (path, algorithm, digest, size) of each row of a RECORD that has a hash and lies in the environment."""
    for site in site_packages(host, prefix):
        for name, kind in host.list(site, lambda name: name.endswith(".dist-info")):
            data = (
                host.content("%s/%s/RECORD" % (site, name), _RECORD_LIMIT)
                if kind == "directory"
                else None
            )
            lines = (data or b"").decode("utf-8", "surrogateescape").splitlines()
            for row in _rows(lines):
                if len(row) != 3 or "=" not in row[1]:
                    continue
                path = os.path.normpath(os.path.join(site, row[0]))
                algorithm, _sign, digest = row[1].partition("=")
                if path.startswith(prefix + "/"):
                    yield path, algorithm, digest.rstrip("="), row[2]


def _rows(lines: Iterable[str]) -> Iterator[list[str]]:
    import csv

    try:
        yield from csv.reader(lines)
    except csv.Error:  # a field of more than 128 KiB, a NUL
        yield ["RECORD", "none=", ""]


def _hash_file(host: Host, path: str, algorithm: str) -> bytes:
    if algorithm not in ("sha256", "sha384", "sha512"):
        return b""
    state = hashlib.new(algorithm)
    try:
        with host.open(path) as file:
            while True:
                data = file.read(MIB)
                if not data:
                    return state.digest()
                state.update(data)
    except (Missing, Unreadable, OSError):
        return b""


def digest_tree(
    host: Host,
    paths: Iterable[str],
    entries: int = _PROJECT_ENTRIES,
    size: int = _PROJECT_BYTES,
) -> str:
    """Digest local projects: every file's name and bytes, build products left out; '' where there is too much.

    Of a single file (a wheel or an archive), its bytes.

    :param entries: the most files and directories that are read.
    :param size: the most bytes that are read.
    """
    state, pending, seen = hashlib.sha256(), sorted(paths, reverse=True), 0
    while pending:
        path = pending.pop()
        kind = host.kind(path)
        seen += 1
        if seen > entries:
            return ""
        state.update(os.fsencode(path) + b"\0" + kind.encode() + b"\0")
        if kind == "file":
            size -= _size_of(host, path)
            if size < 0:
                return ""
            state.update(_hash_file(host, path, "sha256"))
        elif kind == "directory":
            names = [
                entry.name for entry in host.list(path) if not _is_product(entry.name)
            ]
            pending += [path + "/" + name for name in reversed(names)]
    return state.hexdigest()


def _size_of(host: Host, path: str) -> int:
    """Return the size of a file, of a link that of what it leads to."""
    real = host.real(path)
    info = host.lstat(real) if real else None
    return info.st_size if info is not None else 0


def _is_product(name: str) -> bool:
    hidden = name in (
        ".git",
        ".hg",
        ".svn",
        ".tox",
        ".nox",
        ".venv",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
    )
    return (
        hidden
        or name in ("__pycache__", "build", "dist")
        or name.endswith((".egg-info", ".pyc"))
    )
