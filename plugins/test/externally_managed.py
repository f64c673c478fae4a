# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: externally_managed
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Test whether pip or uv is stopped from writing to a Python
description:
  - Returns whether pip, or uv, is stopped from writing to an installation that M(pyfleet.python.python_facts) found.
  - The result is the effect of the C(EXTERNALLY-MANAGED) file, not only its presence. It is V(false) if a configuration
    file, a variable or an old pip overrides the file.
  - If the effect is unknown, the result is V(true), because the Python may be managed.
options:
  _input:
    description: An installation from the facts.
    type: dict
    required: true
  tool:
    description: The tool.
    type: str
    choices: [pip, uv]
    default: pip
"""

EXAMPLES = r"""
- name: Show the Pythons that pip may write to
  ansible.builtin.debug:
    msg: "{{ pythons | reject('pyfleet.python.externally_managed') | map(attribute='path') }}"
  vars:
    pythons: "{{ ansible_facts.pyfleet_python.installations }}"

- name: Run a task only if pip and uv are stopped
  ansible.builtin.debug:
    msg: Neither pip nor uv writes here.
  when:
    - python is pyfleet.python.externally_managed
    - python is pyfleet.python.externally_managed(tool='uv')
  vars:
    python: "{{ ansible_facts.pyfleet_python | pyfleet.python.installation('/usr/bin/python3') }}"
"""

RETURN = r"""
_value:
  description: Whether the tool is stopped.
  type: bool
"""

from typing import Any, Callable, Mapping

from ansible.errors import AnsibleError


def externally_managed(installation: Any, tool: str = "pip") -> bool:
    """Return whether a tool is stopped from writing to an installation; true if that is unknown."""
    if tool not in ("pip", "uv"):
        raise AnsibleError("tool is neither pip nor uv: %s" % tool)
    try:
        stopped = installation["externally_managed"]["effective"][tool]
    except (KeyError, TypeError):
        hint = "Pass one of ansible_facts.pyfleet_python.installations."
        raise AnsibleError("this is not an installation. %s" % hint) from None
    return stopped is not False


class TestModule:
    """Tests for Ansible."""

    def tests(self) -> Mapping[str, Callable[..., bool]]:
        """Return the tests by name."""
        return {"externally_managed": externally_managed}
