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


class Seen(NamedTuple):
    """What look.sh has said."""

    uid: int
    users: Mapping[str, tuple[str, str]]  # name: (gid, comment)
    files: Mapping[str, tuple[str, ...]]  # path: (mode, uid, gid, SHA-256)
    directories: Mapping[str, list[str]]  # path: names in it
    above: Mapping[str, list[tuple[str, str, int, int]]]  # path: (directory, mode, uid, gid)


def read_look(lines: Iterable[str]) -> Seen:
    """Read what look.sh has printed."""
    seen = Seen(-1, {}, {}, {}, {})
    uid = -1
    for line in lines:
        kind, *fields = line.split("\t")
        if kind == "me":
            uid = int(fields[0])
        elif kind == "user":
            seen.users[fields[0]] = (fields[1], fields[2])  # type: ignore[index]
        elif kind == "file":
            seen.files[fields[0]] = tuple(fields[1:])  # type: ignore[index]
        elif kind == "in":
            seen.directories.setdefault(fields[0], []).extend(fields[1:])  # type: ignore[attr-defined]
        elif kind == "above":
            row = (fields[1], fields[2], int(fields[3]), int(fields[4]))
            seen.above.setdefault(fields[0], []).append(row)  # type: ignore[attr-defined]
    return seen._replace(uid=uid)


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
        "root": seen.uid == 0,
        "refusals": list(_refuse(present, seen, plan["thorough"])),
        "users": [
            {"name": user, "home": row["directory"], "comment": f"{row['name']} ({MARK})"}
            for user, row in made.items()
            if user not in seen.users
        ],
        "directories": [path for path in sorted(wanted) if path not in seen.directories],
        "copies": copies,
        "files": files,
    }
    answer["missing"] = [f"the user {row['name']}" for row in answer["users"]] + answer["directories"]
    answer["missing"] += [row["dest"] for row in (*copies, *files)]
    answer["place"] = bool(answer["missing"])
    new = {user["name"] for user in answer["users"]}
    waiting = {copy["app"] for copy in copies} | {row["name"] for row in present if _waits(row, new)}
    answer["pending"] = [row["name"] for row in present if row["name"] in waiting]
    answer["gone"] = [_removal(row, seen) for row in rows if row["gone"]]
    return answer


def _waits(row: Mapping[str, Any], new: Collection[str]) -> bool:
    """Say whether the environment needs a user who is to be made first."""
    health = row["environment"].get("health_check") or {}
    return bool({row["environment"].get("owner"), health.get("user")} & set(new))


def _copies(row: Mapping[str, Any], seen: Seen) -> Iterator[dict[str, str]]:
    for source in row["sources"]:
        mode, *_ids, digest = seen.files.get(source["dest"], ("", ""))
        if digest != digest_of(source["src"]) or mode[:10] != "-rw-r--r--":
            yield {"app": row["name"], "src": source["src"], "dest": source["dest"]}


def _environment_file(row: Mapping[str, Any], seen: Seen) -> Iterator[dict[str, Any]]:
    if not row["environment_file"]:
        return
    content = spell_variables(row["variables"])
    gid = seen.users.get(row["user"], ("", ""))[0]
    mode, uid, group, digest = seen.files.get(row["environment_file"], ("", "", "", ""))
    same = digest == hashlib.sha256(content.encode()).hexdigest() and mode[:10] == "-rw-r-----"
    if seen.uid == 0:
        same = same and uid == "0" and (group == gid if row["user"] else True)
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
    loose = dict.fromkeys(text for place in places for text in _find_loose(seen.above.get(place, ()), seen.uid))
    for text in loose:
        yield (
            f"{row['name']}: {text}, and what only root may alter is to lie below it: give it to root alone, or choose"
            " another place."
        )


def _find_loose(above: Iterable[tuple[str, str, int, int]], me: int) -> Iterator[str]:
    """Say which directories others can write than root and who plays the role."""
    for directory, mode, uid, gid in above:
        if uid not in (0, me):
            yield f"{directory} can be written by the user with the id {uid}"
        elif mode[8] == "w" and mode[9] not in "tT":
            yield f"{directory} can be written by all users"
        elif mode[5] == "w" and gid != 0 and me == 0:
            yield f"{directory} can be written by the group with the id {gid}"


def _removal(row: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    """Give what is left of an application that is to go, its environment aside."""
    sources = row["directory"] + "/sources"
    files = [row["environment_file"]] if row["environment_file"] in seen.files else []
    comment = seen.users.get(row["user"], ("", ""))[1]
    return {
        "app": row["name"],
        "files": files + ([sources] if sources in seen.directories else []),
        "directory": row["directory"] if row["directory"] in seen.directories else "",
        "user": row["user"] if row["remove_user"] and comment.endswith(f"({MARK})") else "",
    }
