#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pipx_check
short_description: Check that pipx starts and that login shells find its commands
version_added: 1.0.0
description:
  - Starts pipx and a login shell as each user, and for everyone as a user without any rights.
  - A part of the role P(pyfleet.python.pipx#role), whose entry point C(verify) uses it; what it returns may change with
    the role.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
options:
  places:
    description: Where pipx is, as M(pyfleet.python.pipx_info) returns it.
    type: list
    elements: dict
    required: true
    suboptions:
      user:
        description: The user; empty for everyone.
        type: str
        default: ""
      home:
        description: The user's home; empty for everyone.
        type: str
        default: ""
      shell:
        description: The user's login shell.
        type: str
        default: /bin/sh
      bin_directory:
        description: The directory of commands.
        type: str
        required: true
      executable:
        description: The pipx that is used there.
        type: str
        required: true
seealso:
  - module: pyfleet.python.pipx_info
  - module: pyfleet.python.pipx_app
"""

EXAMPLES = r"""
- name: Start pipx and a login shell as alice
  pyfleet.python.pipx_check:
    places:
      - user: alice
        home: /home/alice
        shell: /bin/bash
        bin_directory: /home/alice/.local/bin
        executable: /usr/bin/pipx
  become: true
"""

RETURN = r"""
places:
  description: What was found in each place, in the order of the option.
  returned: success
  type: list
  elements: dict
  contains:
    user:
      description: The user; empty for everyone.
      returned: always
      type: str
      sample: alice
    executable:
      description: The pipx that was started.
      returned: always
      type: str
      sample: /usr/bin/pipx
    version:
      description: The version that it prints; empty if it does not start.
      returned: always
      type: str
      sample: 1.7.1
    output:
      description: What it prints, at most 1000 characters.
      returned: always
      type: str
      sample: 1.7.1
    on_path:
      description: Whether a login shell searches the directory of commands. Also V(true) if that does not exist yet.
      returned: always
      type: bool
      sample: true
problem:
  description: What failed, for programs.
  returned: when it failed
  type: dict
  sample: {code: no-such-user, message: "alice: there is no user alice", hint: Create the user before this task.}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.pipx_host_modules import CHECK_ARGUMENTS, check_places


def main() -> None:
    """Check."""
    check_places(AnsibleModule(argument_spec=CHECK_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
