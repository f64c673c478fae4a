# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to change of users, directories, files and services: the plan compared with the host."""

from __future__ import annotations

import os
from itertools import chain
from typing import Any, Collection, Iterable, Iterator, Mapping, Sequence

from .directory_writers import validate_directories
from .environment_file import render_environment_file
from .host_state import MISSING, HostState, parse_host_state
from .service_record import digest_text, is_overdue, read_parts
from .sources import digest_file

#: In the comment of a user: the role has created it, and so may remove it.
MARK = "pyfleet.python.app_venv"


def predict_changes(
    plan: Mapping[str, Any], lines: Iterable[str], check_mode: bool = False
) -> dict[str, Any]:
    """Return what to create, copy and remove, which services are due a restart, and `errors` of the host.

    :param lines: the output of gather.sh; none where nothing was asked.
    :param check_mode: directories and users that are missing will not be there when files are compared.
    """
    state = parse_host_state(lines)
    rows = plan["applications"]
    present = [row for row in rows if not row["gone"]]
    users = _find_users(present, state)
    copies = list(chain.from_iterable(_find_copies(row, state) for row in present))
    files = list(chain.from_iterable(_find_files(row, state) for row in present))
    directories = _find_directories(copies, files, state)
    if check_mode:
        copies = [_redirect(row, state) for row in copies]
        files = [_redirect(row, state) for row in files]
    removals = _find_removals(rows, state)
    overdue = [row["name"] for row in present if is_overdue(row, state)]
    missing = _describe(users, directories, [*copies, *files])
    return {
        "errors": list(_validate_host(present, state, plan["full_validation"])),
        "owner": "root" if state.uid == 0 else "",
        "users": users,
        "directories": directories,
        "copies": copies,
        "files": files,
        "prepare": bool(missing),
        "pending": _find_pending(present, users, copies),
        "awaiting_users": _find_pending(present, users, ()),
        "removals": removals,
        "overdue": overdue,
        "service_parts": {
            row["name"]: read_parts(row, state) for row in present if row["service"]
        },
        "apply": bool(missing or removals or overdue),
        "unfinished": [*missing, *_describe_overdue(overdue)],
    }


def _find_removals(
    rows: Iterable[Mapping[str, Any]], state: HostState
) -> list[dict[str, Any]]:
    """Return what is still to be removed of the applications that are to be absent."""
    removals = [_find_removal(row, state) for row in rows if row["gone"]]
    return [removal for removal in removals if _is_due(removal)]


def _is_due(removal: Mapping[str, Any]) -> bool:
    return bool(removal["files"] or removal["directory"] or removal["user"])


def _find_users(
    present: Sequence[Mapping[str, Any]], state: HostState
) -> list[dict[str, str]]:
    """Return the users to create; of applications with the same user the first one names its home."""
    users: dict[str, dict[str, str]] = {}
    for row in present:
        user = row["user"]
        if row["create_user"] and user not in state.users and user not in users:
            users[user] = {
                "name": user,
                "home": row["directory"],
                "comment": f"{row['name']} ({MARK})",
            }
    return list(users.values())


def _find_directories(
    copies: Iterable[Mapping[str, Any]],
    files: Iterable[Mapping[str, Any]],
    state: HostState,
) -> list[str]:
    directories = {os.path.dirname(copy["dest"]) for copy in copies}
    directories.update(
        os.path.dirname(file["dest"]) for file in files if file["own_directory"]
    )
    return sorted(directories - state.existing)


def _describe(
    users: Iterable[Mapping[str, Any]],
    directories: Iterable[str],
    files: Iterable[Mapping[str, Any]],
) -> list[str]:
    return [
        *(f"the user {user['name']}" for user in users),
        *directories,
        *(file["dest"] for file in files),
    ]


def _describe_overdue(overdue: Iterable[str]) -> list[str]:
    return [f"the service of {name}, which was not restarted" for name in overdue]


def _find_pending(
    present: Iterable[Mapping[str, Any]],
    users: Iterable[Mapping[str, Any]],
    copies: Iterable[Mapping[str, Any]],
) -> list[str]:
    """Return the applications whose environment needs a file or a user that is not there yet."""
    incomplete = {copy["app"] for copy in copies}
    new = {user["name"] for user in users}
    return [
        row["name"]
        for row in present
        if row["name"] in incomplete or _needs_user(row, new)
    ]


def _needs_user(row: Mapping[str, Any], users: Collection[str]) -> bool:
    health = row["environment"].get("health_check") or {}
    return row["environment"].get("owner") in users or health.get("user") in users


def _find_copies(row: Mapping[str, Any], state: HostState) -> Iterator[dict[str, str]]:
    for source in row["sources"]:
        dest = source["dest"]
        same = state.digests.get(dest) == digest_file(source["src"])
        if not same or state.files.get(dest, MISSING).mode != "-rw-r--r--":
            yield {
                "app": row["name"],
                "src": source["src"],
                "dest": dest,
                "write_to": dest,
            }


def _find_files(row: Mapping[str, Any], state: HostState) -> Iterator[dict[str, Any]]:
    """Yield the files of an application whose content, mode or owner has to change."""
    gid = state.users.get(row["user"], ("", ""))[0]
    if row["environment_file"]:
        file = {
            "app": row["name"],
            "dest": row["environment_file"],
            "write_to": row["environment_file"],
            "content": render_environment_file(row["variables"]),
            "mode": "0640",
            "group": _file_group(row["user"], gid, state),
            "own_directory": os.path.dirname(row["environment_file"])
            == row["directory"],
        }
        if not _is_written(file, state, "-rw-r-----", gid):
            yield file
    if row["unit"]:
        file = {
            "app": row["name"],
            "dest": row["unit"],
            "write_to": row["unit"],
            "content": row["unit_content"],
            "mode": "0644",
            "group": "root",
            "own_directory": False,
        }
        if not _is_written(file, state, "-rw-r--r--", "0"):
            yield file


def _file_group(user: str, gid: str, state: HostState) -> str:
    """Return the group that reads an environment file; empty leaves it to the system."""
    if state.uid != 0:
        return ""
    return gid or user


def _is_written(file: Mapping[str, Any], state: HostState, mode: str, gid: str) -> bool:
    status = state.files.get(file["dest"], MISSING)
    if (
        state.digests.get(file["dest"]) != digest_text(file["content"])
        or status.mode != mode
    ):
        return False
    if state.uid != 0:
        return True
    return status.uid == 0 and (not file["group"] or str(status.gid) == gid)


def _redirect(file: dict[str, Any], state: HostState) -> dict[str, Any]:
    """Return where check mode can compare a file: below a directory that exists, for a group that exists."""
    parent = os.path.dirname(file["dest"])
    above = [path for path in _parents(parent) if path in state.directories]
    group = file.get("group", "")
    found = dict(file)
    if parent not in state.existing and parent not in state.directories:
        found["write_to"] = (
            f"{above[0] if above else '/'}".rstrip("/")
            + "/.pyfleet-"
            + digest_text(file["dest"])[:16]
        )
    if group and not group.isdecimal() and group not in ("root", *state.users):
        found["group"] = ""
    return found


def _parents(path: str) -> Iterator[str]:
    while path != "/":
        path = os.path.dirname(path)
        yield path


def _validate_host(
    rows: Iterable[Mapping[str, Any]], state: HostState, full_validation: bool
) -> Iterator[str]:
    """Yield why the applications cannot be installed on the host; nothing where it was not asked."""
    if state.uid < 0:
        return
    for row in rows:
        name, user = row["name"], row["user"]
        if user and user not in state.users:
            if row["create_user"] and state.uid > 0:
                yield f"{name}: only root can create the user {user}: play this host with `become: true`."
            if not row["create_user"] and (row["environment_file"] or full_validation):
                yield f"{name}: there is no user {user} on this host: create it first, or set create_user."
        if row["unit"] and state.uid > 0:
            yield f"{name}: only root can write the unit {row['unit']}: play this host with `become: true`."
        yield from validate_directories(row, state, full_validation)


def _find_removal(row: Mapping[str, Any], state: HostState) -> dict[str, Any]:
    """Return what is left of a removed application besides its environment."""
    sources = row["directory"] + "/sources"
    files = [
        row[key]
        for key in ("environment_file", "unit", "service_record")
        if row[key] in state.files
    ]
    if sources in state.existing:
        files.append(sources)
    comment = state.users.get(row["user"], ("", ""))[1]
    created = row["remove_user"] and comment.endswith(f"({MARK})")
    return {
        "app": row["name"],
        "files": files,
        "unit": str(row["service"]["name"]) if row["unit"] in state.files else "",
        "directory": row["directory"] if row["directory"] in state.existing else "",
        "user": row["user"] if created else "",
    }
