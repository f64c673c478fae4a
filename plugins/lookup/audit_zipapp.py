# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: audit_zipapp
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Pack the program with which a host audits itself
description:
  - Packs the part of this collection that needs no Ansible into one executable file (a zipapp) on the controller, and
    returns the file's path. C(ansible.builtin.copy) takes it to a host, which then audits itself on a timer.
  - The same version of the collection makes the same bytes, on every controller.
  - The file is in Ansible's temporary directory, which is removed when the playbook ends.
  - The entry point C(schedule) of the role P(pyfleet.python.python_audit#role) installs it.
options:
  _terms:
    description:
      - The interpreter that the program is started with on the host; a name that upgrades of the system leave in place.
    type: list
    elements: str
    default: [/usr/bin/python3]
"""

EXAMPLES = r"""
- name: Install the program
  ansible.builtin.copy:
    src: "{{ lookup('pyfleet.python.audit_zipapp') }}"
    dest: /usr/local/lib/pyfleet/audit.pyz
    owner: root
    group: root
    mode: "0755"
"""

RETURN = r"""
_raw:
  description: The path of the file, one for each term.
  type: list
  elements: str
"""

from ansible_collections.pyfleet.python.plugins.plugin_utils.program_lookup import (
    ProgramLookup,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.zipapp import AUDIT


class LookupModule(ProgramLookup):
    """Writes the program with which a host audits itself."""

    PROGRAM = AUDIT
