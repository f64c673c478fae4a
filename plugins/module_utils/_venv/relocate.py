# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of an environment that is as good in its new place as the original is in its own.

Console scripts, activation scripts, pyvenv.cfg and bytecode name the directory they were made for. Names of releases
are of one length, so that in a copy of a release each is replaced byte for byte, wherever it stands; in a copy of an
environment from elsewhere only text is changed, as bytes of another length cannot be put into what is compiled.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import shutil
import stat
from typing import Dict, List, Optional, Tuple

from .._install.copy_files import link_or_copy
from .state import RECORD, RELEASE

_TEXT_HEAD = 8192
_PIP = "/site-packages/pip/"  # hundreds of files that nothing writes in place
_SHEBANG_LIMIT = 127  # bytes of a first line that every kernel reads
_BIG = 64 * 1024 * 1024  # bytes; what is larger names no place, and is not searched


def copy_release(source: str, target: str) -> None:
    """Copy the environment at ``source`` to the empty directory ``target`` (or where nothing is), and relocate it.

    The record of the release is left out: it is what tells a finished release from a half copied one.
    """
    old, new = os.fsencode(source), os.fsencode(target)
    ids = os.path.basename(source), os.path.basename(target)
    if os.path.dirname(source) == os.path.dirname(target) and all(
        map(RELEASE.fullmatch, ids)
    ):
        old, new = (
            os.fsencode(ids[0]),
            os.fsencode(ids[1]),
        )  # the prompt holds the name alone
    changed: Dict[str, Tuple[str, int]] = {}
    tops: List[Tuple[str, str]] = []
    for top, directories, files in os.walk(source):
        here = target + top[len(source) :]
        os.makedirs(here, exist_ok=True)
        for name in [*directories, *files]:
            path = os.path.join(top, name)
            if os.path.islink(path):
                _copy_link(path, os.path.join(here, name), old, new)
        for name in files:
            path = os.path.join(top, name)
            if not os.path.islink(path) and path != os.path.join(source, RECORD):
                digest = _copy_file(path, os.path.join(here, name), old, new)
                if digest is not None:
                    changed[os.path.join(here, name)] = digest
        directories[:] = [
            name for name in directories if not os.path.islink(os.path.join(top, name))
        ]
        tops.append((top, here))
    _correct_records(target, changed)
    for top, here in reversed(tops):  # at the end: a directory may be read-only
        shutil.copystat(top, here)


def _copy_link(source: str, target: str, old: bytes, new: bytes) -> None:
    text = os.fsencode(os.readlink(source))
    os.symlink(text.replace(old, new), os.fsencode(target))


def _copy_file(
    source: str, target: str, old: bytes, new: bytes
) -> Optional[Tuple[str, int]]:
    """Copy a regular file; give its new digest and size where its bytes were changed, else nothing."""
    info = os.lstat(source)
    if not stat.S_ISREG(info.st_mode):
        return None  # a socket or a pipe is no part of an environment
    with open(source, "rb") as file:
        data = file.read() if info.st_size <= _BIG else b""
    found = old in data and (len(old) == len(new) or b"\0" not in data[:_TEXT_HEAD])
    if (
        not found
        and _PIP in source
        and (info.st_uid, info.st_gid) == (os.geteuid(), os.getegid())
    ):
        link_or_copy(source, target)
        return None
    if found:
        data = (
            _shorten_shebang(data.replace(old, new))
            if len(old) != len(new)
            else data.replace(old, new)
        )
    if info.st_size > _BIG:
        shutil.copyfile(source, target)
    else:
        with open(target, "xb") as file:
            file.write(data)
    shutil.copystat(source, target)
    return (_digest(data), len(data)) if found else None


def _shorten_shebang(data: bytes) -> bytes:
    """Rewrite a script whose interpreter's path is too long for the kernel, in the form that pip uses."""
    line, _feed, rest = data.partition(b"\n")
    words = line[2:].split(None, 1)
    if (
        not line.startswith(b"#!/")
        or len(line) <= _SHEBANG_LIMIT
        or b"/python" not in words[0]
    ):
        return data
    options = b" " + words[1] if len(words) > 1 else b""
    return b"#!/bin/sh\n'''exec' \"%s\"%s \"$0\" \"$@\"\n' '''\n%s" % (
        words[0],
        options,
        rest,
    )


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(
        b"="
    ).decode("ascii")


def _correct_records(prefix: str, changed: Dict[str, Tuple[str, int]]) -> None:
    """Put the digests and sizes of changed files right in every RECORD."""
    if not changed:
        return
    for top, directories, files in os.walk(prefix):
        directories[:] = [name for name in directories if name != "__pycache__"]
        if top.endswith(".dist-info") and "RECORD" in files:
            _correct_record(os.path.join(top, "RECORD"), os.path.dirname(top), changed)


def _correct_record(path: str, site: str, changed: Dict[str, Tuple[str, int]]) -> None:
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        text = file.read()
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:  # a field of more than 128 KiB, a NUL
        return
    touched = False
    for row in rows:
        place = (
            os.path.normpath(os.path.join(site, row[0]))
            if len(row) == 3 and row[1]
            else ""
        )
        if place in changed:
            row[1:] = [changed[place][0], str(changed[place][1])]
            touched = True
    if touched:
        ending = "\r\n" if "\r\n" in text[:4096] else "\n"
        told = io.StringIO(newline="")
        csv.writer(told, lineterminator=ending).writerows(rows)
        info = os.stat(path)
        with open(
            path, "w", encoding="utf-8", errors="surrogateescape", newline=""
        ) as file:
            file.write(told.getvalue())
        os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
