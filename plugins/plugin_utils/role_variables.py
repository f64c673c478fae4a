# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reject variables with a role's prefix that the role does not have: misspelt ones would be ignored in silence."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Collection, Iterable, Iterator, Mapping

#: Variables that roles set for who plays them, and that later plays of a host therefore see.
RESULTS = frozenset(
    ["app_venv_result", "pyenv_pythons", "python_bootstrap_found", "uv_pythons"]
)


def find_unknown_variables(task: Any, variables: Mapping[str, Any]) -> Iterator[str]:
    """Yield one sentence for each variable that has the prefix of the task's role and is none of its variables.

    :param task: the task of an action plugin. Outside of a role nothing is checked.
    :param variables: all variables of the host, as an action plugin gets them.
    """
    role = getattr(task, "_role", None)
    if role is None:
        return
    # Every public variable of a role of this collection has a default.
    yield from validate_names(
        role.get_name().rpartition(".")[2], set(role.get_default_vars()), variables
    )


def validate_names(
    role: str, known: Collection[str], names: Iterable[str]
) -> Iterator[str]:
    """Yield one sentence for each name that starts with ``<role>_`` and is not in ``known``."""
    prefix = role + "_"
    for name in names:
        if not name.startswith(prefix) or name in known or name in RESULTS:
            continue
        endings = [each[len(prefix) :] for each in known]
        close = get_close_matches(name[len(prefix) :], endings, n=1)
        hint = (
            f"did you mean {prefix}{close[0]}?"
            if close
            else "remove it, or rename it to a prefix of your own."
        )
        yield f"{name} is not a variable of the role {role}: {hint}"
