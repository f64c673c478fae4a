#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: uv_info
short_description: Gather where uv comes from on a host
version_added: 1.0.0
description:
  - Returns whether uv comes from the package manager of the host or from an environment of its own, and where it is.
  - A part of the role P(pyfleet.python.uv#role); what it returns may change with the role.
  - Queries the package manager. Changes nothing.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
options:
  source:
    description:
      - Where uv is to come from. V(auto) keeps an existing environment. Otherwise it is the package if that is new enough
        and is installed or can be installed by the user who runs the task, and if not, an environment.
    type: str
    choices: [auto, distribution, environment]
    default: auto
seealso:
  - module: pyfleet.python.uv_python
"""

EXAMPLES = r"""
- name: Gather where uv comes from
  pyfleet.python.uv_info:
  register: uv

- name: Show its version
  ansible.builtin.command:
    argv: ["{{ uv.executable }}", --version]
  changed_when: false
"""

RETURN = r"""
source:
  description: V(distribution) or V(environment).
  returned: always
  type: str
  sample: environment
installed:
  description: Whether uv is installed from there.
  returned: always
  type: bool
  sample: true
executable:
  description: Where uv is after it is installed.
  returned: always
  type: str
  sample: /usr/local/bin/uv
environment:
  description: The environment of uv itself, whether it exists or not.
  returned: always
  type: str
  sample: /opt/uv-environment
bin_directory:
  description: Where the environment's commands are linked.
  returned: always
  type: str
  sample: /usr/local/bin
package:
  description: uv in the package manager. All values are empty if none is known that has it.
  returned: always
  type: dict
  contains:
    manager:
      description: The package manager.
      returned: always
      type: str
      sample: dnf
    package:
      description: The name of the package.
      returned: always
      type: str
      sample: uv
    command:
      description: The path of the command.
      returned: always
      type: str
      sample: /usr/bin/uv
    brew:
      description: The path of Homebrew's own command.
      returned: always
      type: str
      sample: ""
    installed:
      description: The installed version.
      returned: always
      type: str
      sample: 0.9.7
    candidate:
      description: The version that could be installed, if that was queried.
      returned: always
      type: str
      sample: ""
    candidate_known:
      description: Whether the package manager has lists of packages.
      returned: always
      type: bool
      sample: true
    may_install:
      description: Whether the user who runs the task can install packages.
      returned: always
      type: bool
      sample: true
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.uv_info_module import UV_INFO_ARGUMENTS, gather_info


def main() -> None:
    """Gather where uv comes from."""
    gather_info(
        AnsibleModule(argument_spec=UV_INFO_ARGUMENTS, supports_check_mode=True)
    )


if __name__ == "__main__":
    main()
