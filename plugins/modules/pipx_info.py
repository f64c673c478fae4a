#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pipx_info
short_description: Gather where pipx comes from on a host
version_added: 1.0.0
description:
  - Returns which pipx the package manager of the host has installed or could install, and where an environment of
    pipx's own is, for everyone or for single users.
  - A part of the role P(pyfleet.python.pipx#role); what it returns may change with the role.
  - Queries the package manager and reads files. Changes nothing.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
options:
  scope:
    description: V(global) is for everyone, V(user) for O(users).
    type: str
    choices: [global, user]
    default: global
  users:
    description: With O(scope=user), the users. If empty, the user who runs the task.
    type: list
    elements: str
    default: []
  minimum_version:
    description: The oldest pipx that is acceptable.
    type: str
    default: "1.0"
  source:
    description:
      - Where pipx is to come from. With V(distribution), and with V(auto) if there is no environment of pipx's own, the
        available version is queried if the installed one is older than O(minimum_version), or none is installed.
    type: str
    choices: [auto, distribution, environment]
    default: auto
seealso:
  - module: pyfleet.python.pipx_app
"""

EXAMPLES = r"""
- name: Gather which pipx the distribution has
  pyfleet.python.pipx_info:
    minimum_version: "1.6"
  register: pipx

- name: Show it
  ansible.builtin.debug:
    var: pipx.package
"""

RETURN = r"""
package:
  description: pipx in the host's package manager. All values are empty if no package is known.
  returned: always
  type: dict
  contains:
    manager:
      description: C(apt), C(dnf), C(pacman) or C(brew).
      returned: always
      type: str
      sample: apt
    package:
      description: The name of the package.
      returned: always
      type: str
      sample: pipx
    command:
      description: The path of the command that it installs.
      returned: always
      type: str
      sample: /usr/bin/pipx
    brew:
      description: The path of Homebrew's command.
      returned: always
      type: str
      sample: ""
    installed:
      description: The installed version; empty if it is not installed.
      returned: always
      type: str
      sample: 1.7.1
    candidate:
      description: The version that could be installed; empty if it was not queried.
      returned: always
      type: str
      sample: ""
    candidate_known:
      description: Whether the package manager has its lists. apt of a new image has none.
      returned: always
      type: bool
      sample: true
    may_install:
      description: Whether the user who runs the task may install packages.
      returned: always
      type: bool
      sample: true
places:
  description: The places that pipx is for, one for everyone or one for each user.
  returned: always
  type: list
  elements: dict
  contains:
    user:
      description: The user; empty for everyone.
      returned: always
      type: str
      sample: alice
    home:
      description: The user's home; empty for everyone.
      returned: always
      type: str
      sample: /home/alice
    shell:
      description: The user's login shell.
      returned: always
      type: str
      sample: /bin/bash
    bin_directory:
      description: The directory of commands.
      returned: always
      type: str
      sample: /home/alice/.local/bin
    environment:
      description: Where an environment of pipx's own is, or would be.
      returned: always
      type: str
      sample: /home/alice/.local/share/pipx-environment
    has_environment:
      description: Whether it exists.
      returned: always
      type: bool
      sample: false
unknown_users:
  description: Users in O(users) that the host does not have.
  returned: always
  type: list
  elements: str
  sample: []
users_without_home:
  description: Users whose home does not exist.
  returned: always
  type: list
  elements: str
  sample: []
root:
  description: Whether root runs the task.
  returned: always
  type: bool
  sample: true
user:
  description: The user who runs the task.
  returned: always
  type: str
  sample: root
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.pipx_host_modules import INFO_ARGUMENTS, gather_info


def main() -> None:
    """Gather."""
    gather_info(AnsibleModule(argument_spec=INFO_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
