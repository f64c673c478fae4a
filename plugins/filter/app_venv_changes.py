# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: app_venv_changes
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Hold the plan of the role app_venv against what the host has
description:
  - Gives which users and files are to be made, copied or removed for the role P(pyfleet.python.app_venv#role), and why
    the host is refused.
  - A part of the role; what it gives may change with it.
positional: lines
options:
  _input:
    description: What P(pyfleet.python.app_venv_plan#filter) gave.
    type: dict
    required: true
  lines:
    description: What the role's C(look.sh) printed on the host; empty where nothing was asked.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: See which files differ
  ansible.builtin.debug:
    msg: "{{ (plan | pyfleet.python.app_venv_changes(look.stdout_lines)).copies | map(attribute='dest') }}"
"""

RETURN = r"""
_value:
  description:
    - C(refusals), C(users), C(directories), C(copies), C(files), C(gone), and C(pending), the applications that wait
      for one of these.
  type: dict
"""

from typing import Any, Callable, Iterable, Mapping

from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.changes import find_changes


def app_venv_changes(plan: Mapping[str, Any], lines: Iterable[str]) -> dict[str, Any]:
    """Give what is to be changed on a host."""
    return find_changes(plan, lines)


class FilterModule:
    """Where Ansible looks for the filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Give the filters by name."""
        return {"app_venv_changes": app_venv_changes}
