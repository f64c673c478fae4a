# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: installation
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Pick a Python out of the facts by any of its names
description:
  - Gives the installation that goes by a name, out of the facts of M(pyfleet.python.python_facts).
  - It fails if there is none, and says which there are.
positional: path
options:
  _input:
    description: The facts, C(ansible_facts.pyfleet_python).
    type: dict
    required: true
  path:
    description: The canonical path of the executable, or any other name that was met.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Whose is the Python that scripts start
  ansible.builtin.debug:
    msg: "{{ (ansible_facts.pyfleet_python | pyfleet.python.installation('/usr/bin/python3')).provider }}"
"""

RETURN = r"""
_value:
  description: The installation.
  type: dict
"""

from typing import Any, Callable, Mapping

from ansible.errors import AnsibleFilterError


def installation(facts: Any, path: str) -> Any:
    """Give the installation whose executable, or one of whose names, is ``path``."""
    try:
        installations = facts["installations"]
    except (KeyError, TypeError):
        hint = "Hand over ansible_facts.pyfleet_python, gathered with the subset installations."
        raise AnsibleFilterError("these are not the facts. %s" % hint) from None
    for row in installations:
        if row["path"] == path or any(name["path"] == path for name in row["names"]):
            return row
    known = ", ".join(row["path"] for row in installations) or "none"
    raise AnsibleFilterError("no Python goes by the name %s. There are: %s" % (path, known))


class FilterModule:
    """Where Ansible looks for the filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Give the filters by name."""
        return {"installation": installation}
