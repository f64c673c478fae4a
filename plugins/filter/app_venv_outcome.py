# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: app_venv_outcome
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Tell what follows from what became of the environments
description:
  - Gives which services the role P(pyfleet.python.app_venv#role) restarts or reloads, what it clears away, and which
    causes of failure it names.
  - A part of the role; what it gives may change with it.
positional: environments
options:
  _input:
    description: What M(pyfleet.python.app_venv_look) gave.
    type: dict
    required: true
  environments:
    description: What M(pyfleet.python.venv) returned of each environment.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: See which services are to be restarted
  ansible.builtin.debug:
    msg: "{{ (look | pyfleet.python.app_venv_outcome(converged.environments)).services }}"
"""

RETURN = r"""
_value:
  description:
    - C(services), C(failures), C(changed), C(gone), C(prune), and C(follow), whether any of these is to be acted on.
  type: dict
"""

from typing import Any, Callable, Iterable, Mapping

from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.outcome import find_outcome


def app_venv_outcome(look: Mapping[str, Any], environments: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Give what follows."""
    return find_outcome(look, environments)


class FilterModule:
    """Where Ansible looks for the filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Give the filters by name."""
        return {"app_venv_outcome": app_venv_outcome}
