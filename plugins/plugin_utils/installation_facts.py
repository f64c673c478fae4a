# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look up installations in the facts of the module python_facts."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ansible.errors import AnsibleFilterError


def read_installations(facts: Any) -> Sequence[Mapping[str, Any]]:
    """Return the installations of ``ansible_facts.pyfleet_python``; raise AnsibleFilterError if these are other facts."""
    try:
        installations: Sequence[Mapping[str, Any]] = facts["installations"]
    except (KeyError, TypeError):
        hint = (
            "Pass ansible_facts.pyfleet_python, gathered with the subset installations."
        )
        raise AnsibleFilterError(
            "the input is not the facts of python_facts. %s" % hint
        ) from None
    return installations


def find_installation(
    installations: Sequence[Mapping[str, Any]], path: str
) -> Mapping[str, Any] | None:
    """Return the installation whose executable or other name is ``path``; None if there is none."""
    for row in installations:
        if row["path"] == path or any(name["path"] == path for name in row["names"]):
            return row
    return None
