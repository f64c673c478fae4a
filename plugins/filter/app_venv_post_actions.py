# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: app_venv_post_actions
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Find out what the role app_venv does after the environments have converged
description:
  - Returns which services the role P(pyfleet.python.app_venv#role) restarts or reloads, which files it removes, and
    which failures it reports.
  - A part of the role. Its result may change with the role.
positional: environments, only
options:
  _input:
    description: The result of M(pyfleet.python.app_venv_gather).
    type: dict
    required: true
  environments:
    description: What M(pyfleet.python.venv) returned for each environment.
    type: list
    elements: dict
    required: true
  only:
    description: The name of the only application that was converged, in a rollback.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Show which services have to restart
  ansible.builtin.debug:
    msg: "{{ (gathered | pyfleet.python.app_venv_post_actions(converged.environments)).services }}"
"""

RETURN = r"""
_value:
  description:
    - C(services), C(failures), C(removals) and C(prune); C(units_removed) and C(clean_up) are true where units or files
      are to be removed.
  type: dict
"""

from typing import Any, Callable, Iterable, Mapping

from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.post_actions import (
    find_post_actions,
)


def app_venv_post_actions(
    gathered: Mapping[str, Any],
    environments: Iterable[Mapping[str, Any]],
    only: str = "",
) -> dict[str, Any]:
    """Return what follows."""
    return find_post_actions(gathered, environments, only)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"app_venv_post_actions": app_venv_post_actions}
