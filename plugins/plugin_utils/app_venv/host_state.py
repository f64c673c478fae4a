# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What files/gather.sh of the role reports of a host."""

from __future__ import annotations

from typing import Iterable, NamedTuple


class PathStatus(NamedTuple):
    """The mode of a path as `ls` spells it, and the numbers of its owner and group."""

    mode: str
    uid: int
    gid: int


MISSING = PathStatus("", -1, -1)


class HostState(NamedTuple):
    """The users, files and directories of a host, as far as the plan asks for them."""

    uid: int  # of the user who plays the role; -1 where the host was not asked
    users: dict[str, tuple[str, str]]  # name: (gid, comment)
    files: dict[str, PathStatus]  # by path; of links themselves
    digests: dict[str, str]  # SHA-256 by path; links are followed
    links: dict[str, str]  # target by path
    trees: dict[str, str]  # SHA-256 of all files below a path
    existing: set[str]  # directories that exist
    parents: dict[
        str, list[str]
    ]  # by path: the existing directories that lead to it, also through links
    directories: dict[str, PathStatus]  # of parents; links are followed


def empty_state(uid: int = -1) -> HostState:
    """Return the state of a host about which nothing is known."""
    return HostState(
        uid,
        users={},
        files={},
        digests={},
        links={},
        trees={},
        existing=set(),
        parents={},
        directories={},
    )


def parse_host_state(lines: Iterable[str]) -> HostState:
    """Parse the output of gather.sh: one record a line, fields separated by tabs, digests last."""
    state = empty_state()
    uid = -1
    rest = iter(lines)
    for line in rest:
        kind, *fields = line.split("\t")
        if kind == "uid":
            uid = int(fields[0])
        elif kind == "digests":
            state.digests.update(_parse_digest(each) for each in rest)
        else:
            _add_record(state, kind, fields)
    return state._replace(uid=uid)


def _add_record(state: HostState, kind: str, fields: list[str]) -> None:
    if kind == "user":
        state.users[fields[0]] = (fields[1], fields[2])
    elif kind == "exists":
        state.existing.add(fields[0])
    elif kind == "parent":
        state.parents.setdefault(fields[0], []).append(fields[1])
    elif kind == "link":
        state.links[fields[1]] = fields[0]
    elif kind == "tree":
        state.trees[fields[1]] = fields[0]
    elif kind in ("file", "directory"):
        statuses = state.files if kind == "file" else state.directories
        statuses["\t".join(fields[3:])] = PathStatus(
            mode=fields[0][:10], uid=int(fields[1]), gid=int(fields[2])
        )


def _parse_digest(line: str) -> tuple[str, str]:
    """Return the path and the digest of a line of sha256sum; it starts with a backslash where the path holds one."""
    escaped = line.startswith("\\")
    digest, _space, path = line[escaped:].partition("  ")
    if escaped:
        path = path.replace("\\\\", "\\")
    return path, digest
