# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: externally_managed
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Is a tool kept from writing into a Python
description:
  - Tells whether pip, or uv, is kept from writing into an installation that M(pyfleet.python.python_facts) found.
  - It tells the effect and not only whether the C(EXTERNALLY-MANAGED) file is there, so it is V(false) where a
    configuration file, a variable or an old pip takes the effect away.
  - Where the effect is not known it is V(true), as what may be managed is best left alone.
options:
  _input:
    description: One of the installations.
    type: dict
    required: true
  tool:
    description: Which tool.
    type: str
    choices: [pip, uv]
    default: pip
"""

EXAMPLES = r"""
- name: Name the Pythons that pip may write to
  ansible.builtin.debug:
    msg: "{{ pythons | reject('pyfleet.python.externally_managed') | map(attribute='path') }}"
  vars:
    pythons: "{{ ansible_facts.pyfleet_python.installations }}"

- name: Do something only where uv is kept out too
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
  description: Whether the tool is kept from writing.
  type: bool
"""

from typing import Any, Callable, Mapping

from ansible.errors import AnsibleError


def externally_managed(installation: Any, tool: str = "pip") -> bool:
    """Tell whether a tool is kept from writing into an installation; true as well where that is not known."""
    if tool not in ("pip", "uv"):
        raise AnsibleError("tool is neither pip nor uv: %s" % tool)
    try:
        stopped = installation["externally_managed"]["effective"][tool]
    except (KeyError, TypeError):
        hint = "Hand over one of ansible_facts.pyfleet_python.installations."
        raise AnsibleError("this is not an installation. %s" % hint) from None
    return stopped is not False


class TestModule:
    """Where Ansible looks for the tests of this file."""

    def tests(self) -> Mapping[str, Callable[..., bool]]:
        """Give the tests by name."""
        return {"externally_managed": externally_managed}
