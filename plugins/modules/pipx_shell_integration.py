#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pipx_shell_integration
short_description: Manage PATH and completion of shells for the commands of pipx
version_added: 1.0.0
description:
  - For a user, adds a marked block to the files in which bash, zsh and other POSIX shells set E(PATH), and a file for
    fish. A file in which another line already names the directory stays unchanged.
  - For everyone, writes C(/etc/profile.d/pipx.sh), or C(/etc/paths.d/pipx) on macOS, if a login shell does not search
    the directory anyway.
  - O(state=absent) removes the blocks and files, and once no application is left the shared libraries, caches and logs
    of pipx.
  - Files of a user are read and written with the rights of that user.
  - A part of the role P(pyfleet.python.pipx#role); its options may change with the role.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details:
      - Starts a login shell to read its E(PATH) and argcomplete to read a completion script, but writes nothing.
      - A completion script that pipx is needed for is reported as changed while pipx is not installed.
  diff_mode:
    support: full
    details:
      - Shows the managed blocks and files only, not what else is in a file.
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
  state:
    description: Whether the shells find the commands. V(absent) removes everything, whatever the other options are.
    type: str
    choices: [present, absent]
    default: present
  path:
    description: Whether to manage E(PATH).
    type: bool
    default: true
  completion:
    description:
      - Whether to manage completion scripts, for the shells that are installed and where no package has one.
      - Needs argcomplete beside pipx. zsh reads completion scripts for everyone only.
    type: bool
    default: false
  applications:
    description:
      - With O(state=absent), applications that do not count as left, as an earlier task removes them.
    type: list
    elements: str
    default: []
seealso:
  - module: pyfleet.python.pipx_info
  - module: pyfleet.python.pipx_app
"""

EXAMPLES = r"""
- name: Ensure that the shells of alice find commands of pipx
  pyfleet.python.pipx_shell_integration:
    places:
      - user: alice
        home: /home/alice
        shell: /bin/bash
        bin_directory: /home/alice/.local/bin
        executable: /usr/bin/pipx
  become: true
"""

RETURN = r"""
files:
  description: The files and directories that were changed, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [/home/alice/.bashrc, /home/alice/.profile]
diff:
  description: The managed part of each file, before and after.
  returned: with C(--diff)
  type: list
  elements: dict
  sample: [{before_header: /etc/paths.d/pipx, after_header: /etc/paths.d/pipx, before: "", after: "/usr/local/bin\n"}]
problem:
  description: What failed, for programs.
  returned: when it failed
  type: dict
  sample: {code: no-such-user, message: "alice: there is no user alice", hint: Create the user before this task.}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.pipx_host_modules import SHELL_ARGUMENTS, integrate_shells


def main() -> None:
    """Manage the files."""
    integrate_shells(
        AnsibleModule(argument_spec=SHELL_ARGUMENTS, supports_check_mode=True)
    )


if __name__ == "__main__":
    main()
