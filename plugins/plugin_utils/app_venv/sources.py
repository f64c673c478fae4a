# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller that the role copies to a host: their paths on both sides and their contents.

Every set of files has a directory of its own on the host, named after the contents: `sources/<digest>/<name>`. A kept
release therefore finds the files that it was built from unchanged, whatever later runs copy.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from typing import Any, Iterator, Mapping, NamedTuple, Sequence

from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import (
    has_credentials,
)

#: The lists of `from_controller`; `lock` beside them is a single path.
LISTS = ("wheels", "requirements", "constraints", "files")
_ARCHIVE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]*\.(?:whl|tar\.gz|zip)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+!=@~-]*")
_BLOCK = 1 << 20
_DIGITS = 16  # of the digest, in the name of a directory


class Source(NamedTuple):
    """One file of an application that comes from the controller."""

    kind: str  # wheels, requirements, constraints, files or lock
    src: str
    dest: str


def find_sources(
    from_controller: Mapping[str, Any], playbook: str, directory: str
) -> list[Source]:
    """Return the files to copy, in the order given.

    :param playbook: the directory that relative paths start from.
    :param directory: the directory on the host that holds all sets of files of the application.
    """
    named = [(kind, path) for kind in LISTS for path in from_controller.get(kind) or ()]
    if from_controller.get("lock"):
        named.append(("lock", from_controller["lock"]))
    located = [
        (kind, os.path.normpath(os.path.join(playbook, os.path.expanduser(path))))
        for kind, path in named
    ]
    destination = f"{directory}/{_digest_set([path for _kind, path in located])}"
    return [
        Source(kind, path, f"{destination}/{os.path.basename(path)}")
        for kind, path in located
    ]


def _digest_set(paths: Sequence[str]) -> str:
    """Return a digest of the names and contents of files, the same for any order of them."""
    rows = sorted({(os.path.basename(path), digest_file(path)) for path in paths})
    return hashlib.sha256(repr(rows).encode("utf-8", "surrogateescape")).hexdigest()[
        :_DIGITS
    ]


def validate_sources(name: str, sources: list[Source]) -> Iterator[str]:
    """Yield what is wrong with the files of an application."""
    by_destination: dict[str, str] = {}
    for source in sources:
        base = os.path.basename(source.src)
        first = by_destination.setdefault(source.dest, source.src)
        pattern, what = (
            (_ARCHIVE, "a wheel or an archive")
            if source.kind == "wheels"
            else (_NAME, "a plain name")
        )
        if not pattern.fullmatch(base):
            yield f"{name}: {source.src} in from_controller.{source.kind} is not {what}: rename it, or build it again."
        elif not os.path.isfile(source.src):
            yield f"{name}: there is no {source.src} on the controller for from_controller.{source.kind}: build it."
        elif first != source.src:
            yield f"{name}: {first} and {source.src} would be one file on the host: rename one of them."
        elif source.kind != "wheels":
            yield from _validate_content(name, source)


def _validate_content(name: str, source: Source) -> Iterator[str]:
    with open(source.src, "rb") as file:
        text = file.read(_BLOCK).decode("utf-8", "replace")
    if text.startswith("$ANSIBLE_VAULT;"):
        yield (
            f"{name}: {source.src} is encrypted with Ansible Vault, and would be copied encrypted: keep the file in the"
            " clear, and its secrets in index_credentials."
        )
    elif has_credentials(text):
        yield (
            f"{name}: {source.src} holds a URL with a username or password, which all users of the host could read:"
            " remove it, and set index_credentials."
        )


def digest_file(path: str) -> str:
    """Return the SHA-256 of a file on the controller in hexadecimal, or an empty string where it cannot be read."""
    try:
        status = os.stat(path)
        return _digest(path, status.st_mtime_ns, status.st_size)
    except OSError:
        return ""


@lru_cache(maxsize=1024)
def _digest(path: str, _changed: int, _size: int) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
