#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pyenv_shell_integration
short_description: Manage PYENV_ROOT and PATH of shells for pyenv
version_added: 1.0.0
description:
  - For a user, adds a marked block to the files of bash, zsh and other POSIX shells that set E(PATH), also for shells that
    are not interactive, and a file for fish. A file in which other lines already set up pyenv stays unchanged.
  - For everyone, writes C(/etc/profile.d/pyenv.sh), or C(/etc/paths.d/pyenv) on macOS, and a file for fish.
  - Shells start no pyenv.
  - Files of a user are read and written with the rights of that user.
  - A part of the role P(pyfleet.python.pyenv#role); its options may change with the role.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._pyenv_place
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Shows the managed blocks and files only, not what else is in a file.
options:
  state:
    description: Whether the shells find the Pythons. V(absent) removes the blocks and files.
    type: str
    choices: [present, absent]
    default: present
  programs:
    description: Whether pyenv itself is in the root, and not elsewhere on E(PATH).
    type: bool
    default: false
seealso:
  - module: pyfleet.python.pyenv_info
  - module: pyfleet.python.pyenv_python
"""

EXAMPLES = r"""
- name: Ensure that the shells of alice find the Pythons of her pyenv
  pyfleet.python.pyenv_shell_integration:
    user: alice
    programs: true
  become: true
"""

RETURN = r"""
files:
  description: The files that were changed, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [/home/alice/.bashrc, /home/alice/.profile]
diff:
  description: The managed part of each file, before and after.
  returned: with C(--diff)
  type: list
  elements: dict
  sample: [{before_header: /etc/paths.d/pyenv, after_header: /etc/paths.d/pyenv, before: "", after: "/opt/pyenv/shims\n"}]
problem:
  description: What failed, for programs.
  returned: failure
  type: dict
  sample: {code: no-such-user, message: there is no user alice, hint: Create the user before this task.}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.pyenv_host_modules import SHELL_ARGUMENTS, integrate_shells


def main() -> None:
    """Manage the files."""
    integrate_shells(
        AnsibleModule(argument_spec=SHELL_ARGUMENTS, supports_check_mode=True)
    )


if __name__ == "__main__":
    main()
