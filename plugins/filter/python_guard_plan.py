# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: python_guard_plan
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Plan the removal of overrides of PEP 668
description:
  - Returns what the role P(pyfleet.python.python_guard#role) removes on a host. A part of that role.
positional: on_throwaway, override
options:
  _input:
    description: The facts of M(pyfleet.python.python_facts), C(ansible_facts.pyfleet_python).
    type: dict
    required: true
  on_throwaway:
    description: The variable C(python_guard_on_throwaway).
    type: str
    required: true
  override:
    description: The variable C(python_guard_override).
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show what the role would remove
  ansible.builtin.debug:
    msg: "{{ ansible_facts.pyfleet_python | pyfleet.python.python_guard_plan('skip', 'absent') }}"
"""

RETURN = r"""
_value:
  description:
    - A dictionary with C(skipped) (why the host is left alone), C(settings) (options of
      M(pyfleet.python.pip_config)), C(variables) (files and names) and C(manual) (sentences).
  type: dict
"""

from typing import Any, Callable, Mapping

from ansible_collections.pyfleet.python.plugins.plugin_utils.python_guard.plan import (
    make_plan,
)


def python_guard_plan(facts: Any, on_throwaway: str, override: str) -> dict[str, Any]:
    """Return the plan for a host."""
    return make_plan(facts, on_throwaway, override)._asdict()


class FilterModule:
    """Filters for Ansible."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"python_guard_plan": python_guard_plan}
