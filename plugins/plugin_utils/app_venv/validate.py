# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate a list of applications: one sentence for each error, with what to do instead."""

from __future__ import annotations

import os
import re
from typing import Any, Iterable, Iterator, Mapping, Sequence

from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import (
    has_credentials,
)

from .sources import Source, validate_sources
from .systemd_unit import validate_unit

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*", re.IGNORECASE)
_USER = re.compile(r"[a-z_][a-z0-9_.-]*\$?", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_URL_OPTIONS = ("index_url", "extra_index_urls", "find_links", "packages")
_UNIQUE = (
    ("name", "the name"),
    ("path", "the path"),
    ("environment_file", "the environment file"),
    ("unit", "the unit"),
)


def validate_defaults(root: str, defaults: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the variables for all applications."""
    if not root.startswith("/") or os.path.normpath(root) != root or root == "/":
        yield f"app_venv_root is {root or 'empty'}: set the absolute path of a directory, without a slash at its end."
    for key in _find_secrets(defaults):
        yield f"app_venv_{key} holds a URL with a username or password: set app_venv_index_credentials instead."


def validate_applications(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with the applications of a host, rows of the plan."""
    for row in rows:
        yield from _validate_names(row)
        yield from _validate_users(row)
        yield from _validate_options(row)
        yield from _validate_service(row)
        if not row["gone"]:
            yield from validate_sources(
                row["name"], [Source(**source) for source in row["sources"]]
            )
            yield from _validate_variables(row)
    for key, what in _UNIQUE:
        yield from _find_duplicates(rows, key, what)
    yield from _validate_removed_users(rows)


def _validate_names(row: Mapping[str, Any]) -> Iterator[str]:
    name = row["name"]
    if not _NAME.fullmatch(name):
        yield f"{name!r} is not the name of an application: use letters, digits, and . _ - between them."
    for key in ("path", "environment_file", "code"):
        if row[key] and not _is_clean_path(row[key]):
            yield f"{name}: {key} is {row[key]}: set an absolute path, without . and .. and a slash at its end."


def _is_clean_path(path: str) -> bool:
    return (
        path.startswith("/")
        and os.path.normpath(path) == path
        and not _CONTROL.search(path)
    )


def _validate_users(row: Mapping[str, Any]) -> Iterator[str]:
    name, user = row["name"], row["user"]
    if user and not _USER.fullmatch(user):
        yield f"{name}: {user!r} is not the name of a user: use letters, digits, and _ . - between them."
    for key in ("create_user", "remove_user"):
        if row[key] and not user:
            yield f"{name}: {key} is set and there is no user: name one in `user`."
    if user == "root" and (row["create_user"] or row["remove_user"]):
        yield f"{name}: the role neither creates nor removes root: remove create_user and remove_user."


def _validate_options(row: Mapping[str, Any]) -> Iterator[str]:
    name, options = row["name"], row["environment"]
    if not row["gone"] and not any(
        options.get(key) for key in ("packages", "requirements", "lock")
    ):
        yield f"{name}: there is nothing to install: set packages, requirements, lock, or from_controller."
    if options.get("lock") and any(
        options.get(key) for key in ("packages", "requirements", "constraints")
    ):
        yield f"{name}: a lock is the whole environment: lock the packages, requirements and constraints beside it too."
    if options.get("strategy") == "in_place" and options.get("health_check"):
        yield f"{name}: health_check tests a release before it is used, and strategy in_place has none: remove one."
    for key in _find_secrets(options):
        yield f"{name}: {key} holds a URL with a username or password: set index_credentials instead."


def _validate_service(row: Mapping[str, Any]) -> Iterator[str]:
    name, service = row["name"], row["service"]
    if service and not str(service.get("name") or ""):
        yield f"{name}: its service has no name: set service.name."
    if row["code"] and not service:
        yield f"{name}: code is set and there is no service to restart when it changes: set `service`, or remove code."
    yield from validate_unit(row)


def _find_secrets(options: Mapping[str, Any]) -> Iterator[str]:
    for key in _URL_OPTIONS:
        values = options.get(key) or ()
        texts = [values] if isinstance(values, str) else values
        if any(has_credentials(str(text)) for text in texts):
            yield key


def _validate_variables(row: Mapping[str, Any]) -> Iterator[str]:
    name = row["name"]
    for key, value in row["variables"].items():
        if not _VARIABLE.fullmatch(str(key)):
            yield f"{name}: {key!r} is not the name of a variable: use letters, digits and _ in environment_file."
        elif _CONTROL.search(str(value)):
            yield f"{name}: the value of {key} has a line break or control character: put it into a file of its own."


def _find_duplicates(
    rows: Iterable[Mapping[str, Any]], key: str, what: str
) -> Iterator[str]:
    owners: dict[str, str] = {}
    for row in rows:
        value = row[key]
        if value and value in owners:
            yield f"two applications have {what} {value} ({owners[value]} and {row['name']}): name each once."
        owners[value] = row["name"]


def _validate_removed_users(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    removed = {row["user"] for row in rows if row["gone"] and row["remove_user"]}
    for row in rows:
        if not row["gone"] and row["user"] in removed:
            yield f"{row['name']}: its user {row['user']} would be removed with another application: keep it there."
