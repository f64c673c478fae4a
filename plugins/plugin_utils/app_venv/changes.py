# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of users and files is to be changed on a host: the plan held against what look.sh has said of it."""

from __future__ import annotations

import hashlib
import os
from typing import Any, Collection, Iterable, Iterator, Mapping, NamedTuple

from .sources import digest_of

#: What the comment of a user says that the role has made, and so may remove.
MARK = "pyfleet.python.app_venv"


class State(NamedTuple):
    """What a path is: its mode as `ls` spells it, and the numbers of its owner and group."""

    mode: str
    uid: int
    gid: int


NOT_SEEN = State("", -1, -1)


class Seen(NamedTuple):
    """What look.sh has said."""

    uid: int
    users: dict[str, tuple[str, str]]  # name: (gid, comment)
    files: dict[str, State]  # by path, links themselves
    digests: dict[str, str]  # SHA-256 by path, of what links lead to
    inside: set[str]  # directories that are there
    above: dict[str, list[str]]  # path: directories that lead to it, links followed as well
    directories: dict[str, State]  # by path, what links lead to


def read_look(lines: Iterable[str]) -> Seen:
    """Read what look.sh has printed."""
    seen = Seen(-1, {}, {}, {}, set(), {}, {})
    uid = -1
    rest = iter(lines)
    for line in rest:
        kind, *fields = line.split("\t")
        if kind == "me":
            uid = int(fields[0])
        elif kind == "user":
            seen.users[fields[0]] = (fields[1], fields[2])
        elif kind == "in":
            seen.inside.add(fields[0])
        elif kind == "above":
            seen.above.setdefault(fields[0], []).append(fields[1])
        elif kind in ("file", "directory"):
            states = seen.files if kind == "file" else seen.directories
            states["\t".join(fields[3:])] = State(fields[0][:10], int(fields[1]), int(fields[2]))
        elif kind == "digests":
            seen.digests.update(map(_read_digest, rest))
    return seen._replace(uid=uid)


def _read_digest(line: str) -> tuple[str, str]:
    """Give the path and the digest in a line of sha256sum; one with a backslash in its path begins with one."""
    escaped = line.startswith("\\")
    digest, _space, path = line[escaped:].partition("  ")
    return (path.replace("\\\\", "\\") if escaped else path), digest


def spell_variables(variables: Mapping[str, Any]) -> str:
    """Give the text of an environment file, which systemd and a shell read alike."""
    lines = ["# Written by Ansible (pyfleet.python.app_venv); what is changed here is overwritten.\n"]
    for key, value in variables.items():
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        for character in '\\"$`':
            text = text.replace(character, "\\" + character)
        lines.append(f'{key}="{text}"\n')
    return "".join(lines)


def find_changes(plan: Mapping[str, Any], lines: Iterable[str]) -> dict[str, Any]:
    """Give what is to be made, copied and removed, by what, and why that is refused."""
    seen = read_look(lines)
    rows = plan["applications"]
    made = {row["user"]: row for row in reversed(rows) if row["create_user"] and not row["gone"]}
    present = [row for row in rows if not row["gone"]]
    copies = [copy for row in present for copy in _copies(row, seen)]
    files = [file for row in present for file in _environment_file(row, seen)]
    wanted = {os.path.dirname(copy["dest"]): None for copy in copies}
    wanted.update({os.path.dirname(file["dest"]): None for file in files if file["own_directory"]})
    answer: dict[str, Any] = {
        "as_root": seen.uid == 0,
        "refusals": list(_refuse(present, seen, plan["thorough"])),
        "users": [
            {"name": user, "home": row["directory"], "comment": f"{row['name']} ({MARK})"}
            for user, row in made.items()
            if user not in seen.users
        ],
        "directories": [path for path in sorted(wanted) if path not in seen.inside],
        "copies": copies,
        "files": files,
    }
    answer["missing"] = [f"the user {row['name']}" for row in answer["users"]] + answer["directories"]
    answer["missing"] += [row["dest"] for row in (*copies, *files)]
    answer["place"] = bool(answer["missing"])
    new = {user["name"] for user in answer["users"]}
    waiting = {copy["app"] for copy in copies} | {row["name"] for row in present if _waits(row, new)}
    answer["pending"] = [row["name"] for row in present if row["name"] in waiting]
    removals = [_removal(row, seen) for row in rows if row["gone"]]
    answer["gone"] = [row for row in removals if row["files"] or row["directory"] or row["user"]]
    return answer


def _waits(row: Mapping[str, Any], new: Collection[str]) -> bool:
    """Say whether the environment needs a user who is to be made first."""
    health = row["environment"].get("health_check") or {}
    return bool({row["environment"].get("owner"), health.get("user")} & set(new))


def _copies(row: Mapping[str, Any], seen: Seen) -> Iterator[dict[str, str]]:
    for source in row["sources"]:
        dest = source["dest"]
        same = seen.digests.get(dest) == digest_of(source["src"])
        if not same or seen.files.get(dest, NOT_SEEN).mode != "-rw-r--r--":
            yield {"app": row["name"], "src": source["src"], "dest": source["dest"]}


def _environment_file(row: Mapping[str, Any], seen: Seen) -> Iterator[dict[str, Any]]:
    if not row["environment_file"]:
        return
    content = spell_variables(row["variables"])
    gid = seen.users.get(row["user"], ("", ""))[0]
    state = seen.files.get(row["environment_file"], NOT_SEEN)
    same = seen.digests.get(row["environment_file"]) == hashlib.sha256(content.encode()).hexdigest()
    same = same and state.mode == "-rw-r-----"
    if seen.uid == 0:
        same = same and state.uid == 0 and (str(state.gid) == gid if row["user"] else True)
    if not same:
        yield {
            "app": row["name"],
            "dest": row["environment_file"],
            "content": content,
            "user": row["user"],
            "gid": gid,
            "own_directory": os.path.dirname(row["environment_file"]) == row["directory"],
        }


def _refuse(rows: Iterable[Mapping[str, Any]], seen: Seen, thorough: bool) -> Iterator[str]:
    """Say why the host is refused; nothing where it was not asked."""
    for row in rows if seen.uid >= 0 else ():
        name, user = row["name"], row["user"]
        if user and user not in seen.users:
            if row["create_user"] and seen.uid > 0:
                yield f"{name}: only root can make the user {user}: play this host with `become: true`."
            if not row["create_user"] and (row["environment_file"] or thorough):
                yield f"{name}: there is no user {user} on this host: make it first, or set create_user."
        yield from _refuse_places(row, seen, thorough)


def _refuse_places(row: Mapping[str, Any], seen: Seen, thorough: bool) -> Iterator[str]:
    places = [row["directory"] + "/sources", os.path.dirname(row["environment_file"])]
    # With an owner of its own the module does the work as that user where it has to.
    if thorough and not row["environment"].get("owner"):
        places.append(os.path.dirname(row["path"]))
    above = dict.fromkeys(directory for place in places for directory in seen.above.get(place, ()))
    states = ((directory, seen.directories.get(directory, NOT_SEEN)) for directory in above)
    loose = [text for text in (_find_looseness(directory, state, seen.uid) for directory, state in states) if text]
    for text in loose:
        yield (
            f"{row['name']}: {text}, and what only root may alter is to lie below it: give it to root alone, or choose"
            " another place."
        )


def _find_looseness(directory: str, state: State, me: int) -> str:
    """Say who else can write a directory than root and who plays the role; empty where nobody can."""
    mode, uid, gid = state
    if state == NOT_SEEN:
        return f"{directory} cannot be looked at"
    if uid not in (0, me):
        return f"{directory} can be written by the user with the id {uid}"
    if mode[8] == "w" and mode[9] not in "tT":
        return f"{directory} can be written by all users"
    if mode[5] == "w" and gid != 0 and me == 0:
        return f"{directory} can be written by the group with the id {gid}"
    return ""


def _removal(row: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    """Give what is left of an application that is to go, its environment aside."""
    sources = row["directory"] + "/sources"
    files = [row["environment_file"]] if row["environment_file"] in seen.files else []
    comment = seen.users.get(row["user"], ("", ""))[1]
    return {
        "app": row["name"],
        "files": files + ([sources] if sources in seen.inside else []),
        "directory": row["directory"] if row["directory"] in seen.inside else "",
        "user": row["user"] if row["remove_user"] and comment.endswith(f"({MARK})") else "",
    }
