#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pyenv_info
short_description: Gather where pyenv comes from on a host
version_added: 1.0.0
description:
  - Returns whether pyenv comes from the package manager of the host or from its repository, where it is, and which packages
    are missing for builds.
  - A part of the role P(pyfleet.python.pyenv#role); what it returns may change with the role.
  - Queries the package manager. Changes nothing.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
  - pyfleet.python._pyenv_place
options:
  source:
    description:
      - Where pyenv is to come from. V(auto) keeps a checkout in the root. Otherwise it is the package if that is new enough
        and is installed or can be installed by the user who runs the task, and if not, the repository.
    type: str
    choices: [auto, distribution, repository]
    default: auto
  minimum_version:
    description: The oldest package that is accepted.
    type: str
    default: "0"
  commit:
    description: The commit of the repository.
    type: str
    default: ""
  build_packages:
    description: What builds need, lists of packages by package manager.
    type: dict
    default: {}
  extra_packages:
    description: Further packages.
    type: list
    elements: str
    default: []
  start:
    description: Whether to start pyenv and a login shell, as the user, or for everyone as C(nobody).
    type: bool
    default: false
seealso:
  - module: pyfleet.python.pyenv_python
"""

EXAMPLES = r"""
- name: Gather where pyenv comes from
  pyfleet.python.pyenv_info:
  register: pyenv

- name: Show the root
  ansible.builtin.debug:
    var: pyenv.root
"""

RETURN = r"""
user:
  description: The user; empty for everyone.
  returned: always
  type: str
  sample: ""
home:
  description: The user's home; empty for everyone.
  returned: always
  type: str
  sample: ""
shell:
  description: The user's login shell.
  returned: always
  type: str
  sample: /bin/sh
root:
  description: The root.
  returned: always
  type: str
  sample: /opt/pyenv
source:
  description: V(distribution) or V(repository).
  returned: always
  type: str
  sample: repository
installed:
  description: Whether pyenv is installed from there, of the repository at the commit.
  returned: always
  type: bool
  sample: true
executable:
  description: Where pyenv is after it is installed.
  returned: always
  type: str
  sample: /opt/pyenv/bin/pyenv
manager:
  description: The package manager of the host; empty for one that is not known.
  returned: always
  type: str
  sample: apt
may_install:
  description: Whether the user who runs the task can install packages.
  returned: always
  type: bool
  sample: true
missing_packages:
  description:
    - Those of O(build_packages) and O(extra_packages) that are not installed, and C(git) if it is missing for the repository.
  returned: always
  type: list
  elements: str
  sample: [libbz2-dev]
packages:
  description: The packages to install, these and the package of pyenv.
  returned: always
  type: list
  elements: str
  sample: [libbz2-dev, pyenv]
version:
  description: The version that pyenv itself returned, with O(start=true); empty if it did not start.
  returned: always
  type: str
  sample: 2.5.4
output:
  description: What it printed.
  returned: always
  type: str
  sample: pyenv 2.5.4
on_path:
  description: Whether a login shell searches the directory of shims, with O(start=true).
  returned: always
  type: bool
  sample: true
package:
  description: pyenv in the package manager. All values are empty if none is known that has it.
  returned: always
  type: dict
  contains:
    manager:
      description: The package manager.
      returned: always
      type: str
      sample: apt
    package:
      description: The name of the package.
      returned: always
      type: str
      sample: pyenv
    command:
      description: The path of the command.
      returned: always
      type: str
      sample: /usr/bin/pyenv
    brew:
      description: The path of Homebrew's own command.
      returned: always
      type: str
      sample: ""
    installed:
      description: The installed version.
      returned: always
      type: str
      sample: 2.5.4
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
problem:
  description: What failed, for programs.
  returned: failure
  type: dict
  sample: {code: no-such-user, message: there is no user alice, hint: Create the user before this task., output: ""}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.pyenv_host_modules import INFO_ARGUMENTS, gather_info


def main() -> None:
    """Gather where pyenv comes from."""
    gather_info(AnsibleModule(argument_spec=INFO_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
