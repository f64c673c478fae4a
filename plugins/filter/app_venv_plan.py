# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: app_venv_plan
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Plan the applications of the role app_venv
description:
  - Returns what the entry points C(rebuild) and C(wheelhouse) of the role P(pyfleet.python.app_venv#role) need of the
    list of applications, computed on the controller. It reads the files that the role copies.
  - A part of the role. Its result may change with the role.
positional: root, playbook, defaults
options:
  _input:
    description: The applications, C(app_venv_apps).
    type: list
    elements: dict
    required: true
  root:
    description: The directory that contains the applications' directories, C(app_venv_root).
    type: str
    required: true
  playbook:
    description: The directory that relative paths on the controller start from.
    type: str
    required: true
  defaults:
    description: Options that all applications share.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Show what is wrong with the list
  ansible.builtin.debug:
    msg: "{{ (app_venv_apps | pyfleet.python.app_venv_plan('/opt', playbook_dir)).errors }}"
"""

RETURN = r"""
_value:
  description:
    - C(errors), sentences; C(questions), what the host is asked; C(applications), for each its name, paths, user,
      service, files and the options for M(pyfleet.python.venv).
  type: dict
"""

from typing import Any, Callable, Iterable, Mapping, Optional

from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.plan import (
    plan_applications,
)


def app_venv_plan(
    applications: Iterable[Mapping[str, Any]],
    root: str,
    playbook: str,
    defaults: Optional[Mapping[str, Any]] = None,
) -> dict[str, Any]:
    """Return what is known before the host is asked."""
    return plan_applications(
        applications,
        root=root,
        playbook=playbook,
        defaults=defaults or {},
        full_validation=False,
    )


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"app_venv_plan": app_venv_plan}
