# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a list of applications is refused, each one sentence with what to do instead."""

from __future__ import annotations

import os
import re
from typing import Any, Iterable, Iterator, Mapping, Sequence

from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import has_credentials

from .sources import Source, refuse_sources

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*", re.IGNORECASE)
_USER = re.compile(r"[a-z_][a-z0-9_.-]*\$?", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ODD = re.compile(r"[\x00-\x1f\x7f]")


def refuse_defaults(root: str, defaults: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with what all applications share."""
    if not root.startswith("/") or os.path.normpath(root) != root or root == "/":
        yield f"app_venv_root is {root or 'empty'}: give the absolute path of a directory, without a slash at its end."
    for key in _find_secrets(defaults):
        yield f"app_venv_{key} holds a URL with a username or password: give it as app_venv_index_credentials."


def refuse_applications(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say what is wrong with the applications of a host."""
    for row in rows:
        yield from _refuse_names(row)
        yield from _refuse_options(row)
        if not row["gone"]:
            yield from refuse_sources(row["name"], [Source(**source) for source in row["sources"]])
            yield from _refuse_files(row)
    yield from _refuse_twins(rows)


def _refuse_names(row: Mapping[str, Any]) -> Iterator[str]:
    name = row["name"]
    if not _NAME.fullmatch(name):
        yield f"{name!r} is no name of an application: use letters, digits, and . _ - between them."
    for key in ("path", "environment_file"):
        path = row[key]
        if path and (not path.startswith("/") or os.path.normpath(path) != path or _ODD.search(path)):
            yield f"{name}: {key} is {path}: give an absolute path, without . and .. and a slash at its end."
    if row["user"] and not _USER.fullmatch(row["user"]):
        yield f"{name}: {row['user']!r} is no name of a user: use letters, digits, and _ . - between them."
    for key in ("create_user", "remove_user"):
        if row[key] and not row["user"]:
            yield f"{name}: {key} is set and there is no user: name one in `user`."
    if row["user"] == "root" and (row["create_user"] or row["remove_user"]):
        yield f"{name}: root is neither made nor removed: take create_user and remove_user out."


def _refuse_options(row: Mapping[str, Any]) -> Iterator[str]:
    name, options = row["name"], row["environment"]
    if not row["gone"] and not any(options.get(key) for key in ("packages", "requirements", "lock")):
        yield f"{name}: nothing is to be installed: give packages, requirements, a lock, or from_controller."
    if options.get("lock") and any(options.get(key) for key in ("packages", "requirements", "constraints")):
        yield f"{name}: a lock is the whole environment: lock the packages, requirements and constraints beside it too."
    if options.get("strategy") == "in_place" and options.get("health_check"):
        yield f"{name}: strategy is in_place, and health_check tries a release before it serves: take one of them out."
    for key in _find_secrets(options):
        yield f"{name}: {key} holds a URL with a username or password: give it as index_credentials."
    if row["service"] and not str(row["service"].get("name") or ""):
        yield f"{name}: its service has no name: give service.name."


def _find_secrets(options: Mapping[str, Any]) -> Iterator[str]:
    for key in ("index_url", "extra_index_urls", "find_links", "packages"):
        values = options.get(key) or ()
        if any(has_credentials(str(value)) for value in ([values] if isinstance(values, str) else values)):
            yield key


def _refuse_files(row: Mapping[str, Any]) -> Iterator[str]:
    name = row["name"]
    for key, value in row["variables"].items():
        if not _VARIABLE.fullmatch(str(key)):
            yield f"{name}: {key!r} is no name of a variable: use letters, digits and _ in environment_file.variables."
        elif _ODD.search(str(value)):
            yield f"{name}: the value of {key} has a line break or control character: put it into a file of its own."


def _refuse_twins(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for key, what in (("name", "the name"), ("path", "the path"), ("environment_file", "the environment file")):
        seen: dict[str, str] = {}
        for row in rows:
            value = row[key]
            if value and value in seen:
                yield f"two applications have {what} {value} ({seen[value]} and {row['name']}): name each once."
            seen[value] = row["name"]
    removed = {row["user"] for row in rows if row["gone"] and row["remove_user"]}
    for row in rows:
        if not row["gone"] and row["user"] in removed:
            yield f"{row['name']}: its user {row['user']} is to be removed with another application: keep it there."
