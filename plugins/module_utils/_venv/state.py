# SPDX-License-Identifier: GPL-3.0-or-later
"""The current release at the path of a managed environment, and its content: read, never run.

An atomic environment is a relative link ``<path> -> .<name>.releases/<id>``; each release holds the record of the run
that made it. What an owner may have written (records, metadata) is taken as data that may lie.
"""

from __future__ import annotations

import json
import os
import re
import stat
from typing import Any, Mapping, NamedTuple

from .._host.host import MIB, Host

RECORD = ".pyfleet.json"
SCHEMA = 1
#: Where a rebuild in place keeps the previous contents (`work_in_place`).
ASIDE = ".pyfleet-aside"
MOVING = ".pyfleet-aside.moving"
REPLACED = ".pyfleet-aside.replaced"
TEMPORARY_NAMES = frozenset((ASIDE, MOVING, REPLACED))
RELEASE = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")
_RECORD_LIMIT = 4 * MIB


class EnvironmentState(NamedTuple):
    """What is at the path of an environment."""

    kind: str  # absent, release, directory (an environment), other
    what: str = ""  # of other: what it is
    prefix: str = ""  # real path
    release: str = ""
    record: Mapping[str, Any] = {}
    uid: int = -1
    gid: int = -1
    mode: int = 0
    releases: tuple[str, ...] = ()  # ids of finished ones, the oldest first
    unfinished: tuple[str, ...] = ()
    interrupted: bool = False  # a rebuild in place was killed; what was there before lies in the directory


def releases_directory(path: str) -> str:
    """Return the directory that contains the releases of the environment at ``path``."""
    parent, name = os.path.split(path)
    return os.path.join(parent, ".%s.releases" % name)


def draft_link(path: str) -> str:
    """Return the temporary name of a link, or in an adoption of the directory, before the switch."""
    parent, name = os.path.split(path)
    return os.path.join(parent, ".%s.releases.new" % name)


def read_environment_state(host: Host, path: str) -> EnvironmentState:
    """Read what is at ``path``."""
    kept, unfinished = _read_releases(host, path)
    kind = host.lkind(path)
    if kind == "":
        return EnvironmentState("absent", releases=kept, unfinished=unfinished)
    prefix = host.real(path) or ""
    what = _describe_foreign(host, path, kind)
    if what:
        return EnvironmentState(
            "other", what, prefix, releases=kept, unfinished=unfinished
        )
    release = os.path.basename(host.readlink(path) or "") if kind == "link" else ""
    info = host.lstat(prefix) if prefix else None
    if info is None or not stat.S_ISDIR(
        info.st_mode
    ):  # a link to a release that is gone
        return EnvironmentState(
            "release", "", "", release, releases=kept, unfinished=unfinished
        )
    return EnvironmentState(
        kind="release" if kind == "link" else "directory",
        prefix=prefix,
        release=release,
        record=read_record(host, prefix),
        uid=info.st_uid,
        gid=info.st_gid,
        mode=stat.S_IMODE(info.st_mode),
        releases=kept,
        unfinished=unfinished,
        interrupted=kind == "directory"
        and any(host.lkind("%s/%s" % (prefix, name)) for name in TEMPORARY_NAMES),
    )


def _describe_foreign(host: Host, path: str, kind: str) -> str:
    """Return what lies at ``path`` that no environment of this collection is; '' for one, or an empty directory."""
    if kind == "link":
        return _describe_foreign_link(path, host.readlink(path) or "")
    if kind == "directory":
        is_ours = _is_environment_or_empty(host, path)
        return "" if is_ours else "a directory that is not an environment"
    return "a file" if kind == "file" else "no directory"


def _describe_foreign_link(path: str, target: str) -> str:
    """Return what a link is that does not lead to a release of ``path``; '' for one that does."""
    directory, _slash, release = target.rpartition("/")
    releases = os.path.basename(releases_directory(path))
    if directory == releases and RELEASE.fullmatch(release):
        return ""
    return "a symbolic link that this collection did not create, to %s" % target


def _is_environment_or_empty(host: Host, path: str) -> bool:
    names = {entry.name for entry in host.list(path)}
    if not names or "pyvenv.cfg" in names or not TEMPORARY_NAMES.isdisjoint(names):
        return True
    return "bin" in names and bool(host.lkind(path + "/bin/python"))


def _read_releases(host: Host, path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    directory = releases_directory(path)
    if host.lkind(directory) != "directory":
        return (), ()
    ids = [
        entry.name
        for entry in host.list(directory, RELEASE.fullmatch)
        if entry.kind == "directory"
    ]
    finished = [
        each
        for each in ids
        if host.lkind("%s/%s/%s" % (directory, each, RECORD)) == "file"
    ]
    unfinished = [each for each in ids if each not in finished]
    draft = draft_link(path)
    return tuple(finished), (
        *unfinished,
        *([os.path.basename(draft)] if host.lkind(draft) else []),
    )


def read_record(host: Host, prefix: str) -> Mapping[str, Any]:
    """Read the record of a release; empty where there is none, or none that is understood."""
    try:
        found = json.loads(host.content(prefix + "/" + RECORD, _RECORD_LIMIT) or b"{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        return {}
    text = ("inputs", "digest", "installer", "python", "version")
    sound = all(isinstance(found.get(key), str) for key in text)
    sound = sound and all(
        isinstance(found.get(key), dict) for key in ("packages", "builds")
    )
    return found if sound and isinstance(found.get("scripts"), list) else {}
