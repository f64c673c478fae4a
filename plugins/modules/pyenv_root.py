#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pyenv_root
short_description: Manage a pyenv root, and pyenv in it from its repository
version_added: 1.0.0
description:
  - Creates the directory, and updates pyenv in it to a tag of its repository. The tag must point to the given commit,
    otherwise no file is changed. Versions, plugins and archives in the root stay.
  - If pyenv is already at that commit, it starts no process.
  - The module works with the privileges of the user who owns the pyenv root.
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
options:
  state:
    description:
      - V(absent) removes the root with all Pythons in it. A directory that has nothing of pyenv in it is not removed.
    type: str
    choices: [present, absent]
    default: present
  repository:
    description: The repository, any that git can fetch from.
    type: str
    default: ""
  tag:
    description: The tag to fetch.
    type: str
    default: ""
  commit:
    description: The commit that the tag must point to. If empty, only the directory is created.
    type: str
    default: ""
seealso:
  - module: pyfleet.python.pyenv_python
"""

EXAMPLES = r"""
- name: Install a release of pyenv for all users
  pyfleet.python.pyenv_root:
    repository: https://github.com/pyenv/pyenv.git
    tag: v2.8.1
    commit: bec9a562a59e48a730fe3320fe90c6999c82886c
  become: true
"""

RETURN = r"""
root:
  description: The root.
  returned: success
  type: str
  sample: /opt/pyenv
problem:
  description: What failed, for programs.
  returned: failure
  type: dict
  sample: {code: other-commit, message: v2.8.1 of https://git.example.com/pyenv.git is the commit 5b1a2c3 and not 9d8e7f6,
    hint: Find out why before you trust it; then set pyenv_commit.}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.pyenv_host_modules import ROOT_ARGUMENTS, manage_root


def main() -> None:
    """Manage the root."""
    manage_root(AnsibleModule(argument_spec=ROOT_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
