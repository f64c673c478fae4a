# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: audit_config
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Make the configuration of a host that audits itself
description:
  - Validates options of M(pyfleet.python.audit) as the module does, and returns the text of C(/etc/pyfleet/audit.json),
    which the program of P(pyfleet.python.audit_zipapp#lookup) reads.
options:
  _input:
    description: Options of M(pyfleet.python.audit), without C(output) and C(fail_on). Those that are null are left out.
    type: dict
    required: true
  result:
    description: The file on the host for the result.
    type: str
    required: true
  textfile_directory:
    description: The directory on the host from which node_exporter reads metrics; empty for none.
    type: str
    default: ""
  inventory:
    description:
      - What the result holds besides the findings, as the option O(pyfleet.python.audit_host#module:inventory).
    type: str
    default: packages
"""

EXAMPLES = r"""
- name: Configure the audit
  ansible.builtin.copy:
    content: "{{ {'threshold': 'high'} | pyfleet.python.audit_config(result='/var/lib/pyfleet/audit/result.json') }}"
    dest: /etc/pyfleet/audit.json
    owner: root
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The configuration, as JSON.
  type: str
"""

from typing import Any, Callable, Mapping

from ansible.errors import AnsibleFilterError

from ansible_collections.pyfleet.python.plugins.plugin_utils.python_audit.options import (
    InvalidOptionsError,
    make_config,
)


def audit_config(
    options: Any, result: str, textfile_directory: str = "", inventory: str = "packages"
) -> str:
    """Return the text of the configuration."""
    try:
        return make_config(
            options,
            result=result,
            textfile_directory=textfile_directory,
            inventory=inventory,
        )
    except InvalidOptionsError as exc:
        raise AnsibleFilterError(str(exc)) from exc


class FilterModule:
    """Filters for Ansible."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"audit_config": audit_config}
