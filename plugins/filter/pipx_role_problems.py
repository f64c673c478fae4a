# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pipx_role_problems
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Judge the results of the role pipx's verification
description:
  - Returns what is not in its requested state, as sentences.
  - A part of the role P(pyfleet.python.pipx#role), whose entry point C(verify) uses it; it may change with the role.
positional: options
options:
  _input:
    description:
      - Results of M(pyfleet.python.pipx_shell_integration) and M(pyfleet.python.pipx_app) in check mode, and of
        M(pyfleet.python.pipx_check).
    type: list
    elements: dict
    required: true
  options:
    description: The variables of the role, without their prefix C(pipx_).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Require pipx to be in its requested state
  ansible.builtin.assert:
    that: "[checked] | pyfleet.python.pipx_role_problems({'minimum_version': '1.6'}) | length == 0"
"""

RETURN = r"""
_value:
  description: Sentences, none where everything is in its requested state.
  type: list
  elements: str
"""

from typing import Any, Callable, Iterable, Mapping

from ansible_collections.pyfleet.python.plugins.plugin_utils.pipx_role.role_options import (
    read_options,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.pipx_role.role_verification import (
    find_problems,
)


def pipx_role_problems(
    results: Iterable[Mapping[str, Any]], options: Mapping[str, Any]
) -> list[str]:
    """Return what is not in its requested state."""
    return find_problems(read_options(options), results)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"pipx_role_problems": pipx_role_problems}
