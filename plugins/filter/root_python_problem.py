# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: root_python_problem
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Explain why root must not run a Python
description:
  - Returns why root must not run a Python, such as that another user can write to it, from the facts of
    M(pyfleet.python.python_facts), which root has gathered with the path in O(pyfleet.python.python_facts#module:paths).
positional: path
options:
  _input:
    description: The facts, C(ansible_facts.pyfleet_python).
    type: dict
    required: true
  path:
    description: The path of the Python.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Require a Python that no other user can write to
  ansible.builtin.fail:
    msg: "{{ ansible_facts.pyfleet_python | pyfleet.python.root_python_problem('/opt/python/bin/python3') }}"
  when: ansible_facts.pyfleet_python | pyfleet.python.root_python_problem('/opt/python/bin/python3') | length > 0
"""

RETURN = r"""
_value:
  description: The reason and what to do about it; empty where root may run it.
  type: str
"""

from typing import Any, Callable, Mapping

from ansible_collections.pyfleet.python.plugins.plugin_utils.installation_facts import (
    find_installation,
    read_installations,
)

#: The system's own, which only root can write to. On macOS it is a program that starts another one.
_SYSTEM = "/usr/bin/python3"
_HINT = f"Use one such as {_SYSTEM}."


def root_python_problem(facts: Any, path: str) -> str:
    """Return why root must not run the Python at ``path``; an empty string where it may."""
    found = find_installation(read_installations(facts), path)
    if found is not None:
        return _explain(found, path)
    if path == _SYSTEM:
        return ""
    cause = "it is missing, a script, or the Python of an environment"
    return f"{path} is not a Python that root can run: {cause}. {_HINT}"


def _explain(row: Mapping[str, Any], path: str) -> str:
    if row["trusted"]:
        return ""
    reasons = "; ".join(row["trusted_because"])
    return f"Root must not run {path}, which other users can alter: {reasons}. {_HINT}"


class FilterModule:
    """Filters for Ansible."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"root_python_problem": root_python_problem}
