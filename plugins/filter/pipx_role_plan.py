# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pipx_role_plan
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Plan what the role pipx does on a host
description:
  - Returns the options of the tasks of the role P(pyfleet.python.pipx#role), computed from what
    M(pyfleet.python.pipx_info) returns and from the role's variables.
  - A part of the role; what it returns may change with the role.
positional: options
options:
  _input:
    description: The result of M(pyfleet.python.pipx_info).
    type: dict
    required: true
  options:
    description: The variables of the role, without their prefix C(pipx_).
    type: dict
    required: true
  current:
    description: Whether to plan with the pipx that is installed, as C(verify) does.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show what the role would reject
  ansible.builtin.debug:
    msg: "{{ (pipx_facts | pyfleet.python.pipx_role_plan({'source': 'distribution'})).errors }}"
"""

RETURN = r"""
_value:
  description:
    - C(errors) and C(source_errors), sentences. C(install_package), C(environments), C(places), C(applications) and
      others, what the tasks need.
  type: dict
"""

from typing import Any, Callable, Mapping

from ansible_collections.pyfleet.python.plugins.plugin_utils.pipx_role.role_options import (
    read_facts,
    read_options,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.pipx_role.role_plan import (
    make_role_plan,
)


def pipx_role_plan(
    result: Mapping[str, Any], options: Mapping[str, Any], current: bool = False
) -> dict[str, Any]:
    """Return the plan of the role for a host."""
    return make_role_plan(read_options(options), read_facts(result), current)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"pipx_role_plan": pipx_role_plan}
