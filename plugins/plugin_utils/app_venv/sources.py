# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller that go to the host: where they lie, where they go, and what is in them."""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from typing import Any, Iterator, Mapping, NamedTuple

from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import has_credentials

#: The lists of `from_controller`; `lock` beside them is a single path.
LISTS = ("wheels", "requirements", "constraints", "files")
_ARCHIVE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]*\.(?:whl|tar\.gz|zip)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+!=@~-]*")
_MUCH = 1 << 20


class Source(NamedTuple):
    """One file of an application's, from the controller."""

    kind: str  # wheels, requirements, constraints, files or lock
    src: str
    dest: str


def find_sources(from_controller: Mapping[str, Any], playbook: str, directory: str) -> list[Source]:
    """Give the files that are to be copied, in the order asked."""
    asked = [(kind, path) for kind in LISTS for path in from_controller.get(kind) or ()]
    asked += [("lock", from_controller["lock"])] if from_controller.get("lock") else []
    return [
        Source(
            kind,
            os.path.normpath(os.path.join(playbook, os.path.expanduser(path))),
            f"{directory}/{os.path.basename(path)}",
        )
        for kind, path in asked
    ]


def refuse_sources(name: str, sources: list[Source]) -> Iterator[str]:
    """Say what is wrong with the files of an application."""
    seen: dict[str, str] = {}
    for source in sources:
        base = os.path.basename(source.src)
        pattern, what = (_ARCHIVE, "a wheel or an archive") if source.kind == "wheels" else (_NAME, "a plain name")
        if not pattern.fullmatch(base):
            yield f"{name}: {source.src} in from_controller.{source.kind} is not {what}: rename it, or build it anew."
        elif not os.path.isfile(source.src):
            yield f"{name}: there is no {source.src} on the controller for from_controller.{source.kind}: build it."
        elif seen.setdefault(source.dest, source.src) != source.src:
            yield f"{name}: {seen[source.dest]} and {source.src} would be one file on the host: rename one of them."
        elif source.kind != "wheels":
            yield from _refuse_content(name, source)


def _refuse_content(name: str, source: Source) -> Iterator[str]:
    with open(source.src, "rb") as file:
        text = file.read(_MUCH).decode("utf-8", "replace")
    if text.startswith("$ANSIBLE_VAULT;"):
        yield (
            f"{name}: {source.src} is encrypted with Ansible Vault and would be compared as it is: keep the file in the"
            " clear, and its secrets in index_credentials."
        )
    elif has_credentials(text):
        yield (
            f"{name}: {source.src} holds a URL with a username or password, which all users of the host could read:"
            " take it out, and give it as index_credentials."
        )


def digest_of(path: str) -> str:
    """Give the SHA-256 of a file on the controller, or nothing where it cannot be read."""
    try:
        state = os.stat(path)
        return _digest(path, state.st_mtime_ns, state.st_size)
    except OSError:
        return ""


@lru_cache(maxsize=1024)
def _digest(path: str, _changed: int, _size: int) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_MUCH):
            digest.update(block)
    return digest.hexdigest()
