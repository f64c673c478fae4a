# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the entry point `verify` of the role pipx finds wrong, from the results of its tasks."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Mapping

from .role_options import RoleOptions, is_at_least


def find_problems(
    options: RoleOptions, results: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Return a sentence for each thing that is not in its requested state.

    :param results: of `pipx_shell_integration` and `pipx_app` in check mode, and of `pipx_check`; skipped ones count
        as empty.
    """
    problems: list[str] = []
    for result in results:
        problems += [
            f"{path} is not in its requested state." for path in result.get("files", ())
        ]
        for row in result.get("places", ()):
            problems += _check_place(options, row)
        for row in result.get("apps", ()):
            problems += _check_application(row)
    return problems


def _check_place(options: RoleOptions, row: Mapping[str, Any]) -> Iterator[str]:
    version, executable = row["version"], row["executable"]
    if not version:
        yield f"{executable} does not run: {row['output']}"
    elif not is_at_least(version, options.minimum_version):
        yield f"{executable} is pipx {version}, and pipx_minimum_version is {options.minimum_version}."
    if options.ensure_path and not row["on_path"]:
        user = row["user"] or "this host"
        yield f"A login shell of {user} does not search the directory of pipx's commands: something resets PATH."


def _check_application(row: Mapping[str, Any]) -> Iterator[str]:
    if row["changed"]:
        reason = f": {row['repaired']}" if row["repaired"] else "."
        yield f"{row['name']}{row['suffix']} is not in its requested state{reason}"
