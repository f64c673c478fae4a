# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: app_venv_plan
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Work out what the role app_venv is to do
description:
  - Makes of the list of applications what the tasks of the role P(pyfleet.python.app_venv#role) need, in one step on
    the controller. It reads the files that are to be copied, to compare them with those on the host.
  - A part of the role; what it gives may change with it.
positional: root, playbook, defaults
options:
  _input:
    description: The applications, C(app_venv_apps).
    type: list
    elements: dict
    required: true
  root:
    description: The directory that applications lie in, C(app_venv_root).
    type: str
    required: true
  playbook:
    description: The directory that paths on the controller begin at.
    type: str
    required: true
  defaults:
    description: Options that all applications share.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: See what would be refused
  ansible.builtin.debug:
    msg: "{{ (app_venv_apps | pyfleet.python.app_venv_plan('/opt', playbook_dir)).refusals }}"
"""

RETURN = r"""
_value:
  description:
    - C(refusals), sentences; C(asked), what the host is to be asked; C(applications), of each its name, paths, user,
      service, files and the options for M(pyfleet.python.venv).
  type: dict
"""

from typing import Any, Callable, Iterable, Mapping, Optional

from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.plan import make_plan


def app_venv_plan(
    applications: Iterable[Mapping[str, Any]],
    root: str,
    playbook: str,
    defaults: Optional[Mapping[str, Any]] = None,
) -> dict[str, Any]:
    """Give what is known before the host is asked."""
    return make_plan(applications, root, playbook, defaults or {}, thorough=False)


class FilterModule:
    """Where Ansible looks for the filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Give the filters by name."""
        return {"app_venv_plan": app_venv_plan}
