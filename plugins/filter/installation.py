# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: installation
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Select a Python installation from the facts by any of its names
description:
  - Returns the installation that has a name, from the facts of M(pyfleet.python.python_facts).
  - Fails if there is none, and lists the installations.
positional: path
options:
  _input:
    description: The facts, C(ansible_facts.pyfleet_python).
    type: dict
    required: true
  path:
    description: The canonical path of the executable, or any other of its names.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show the provider of /usr/bin/python3
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

from ansible_collections.pyfleet.python.plugins.plugin_utils.installation_facts import (
    find_installation,
    read_installations,
)


def installation(facts: Any, path: str) -> Any:
    """Return the installation whose executable or other name is ``path``; raise AnsibleFilterError if there is none."""
    installations = read_installations(facts)
    found = find_installation(installations, path)
    if found is not None:
        return found
    known = ", ".join(row["path"] for row in installations) or "none"
    raise AnsibleFilterError(
        "no Python installation has the name %s. Installations: %s" % (path, known)
    )


class FilterModule:
    """Filters for Ansible."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"installation": installation}
