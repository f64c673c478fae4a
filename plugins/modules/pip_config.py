#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pip_config
short_description: Manage settings in the configuration files of pip
version_added: 1.0.0
description:
  - Sets and removes keys in the configuration files that pip reads, C(pip.conf), for all users, for one user,
    or for one environment.
  - Comments, the order of keys and the rest of a file stay. A key is the same in every spelling that pip treats as
    equal, V(index-url), V(index_url) and V(INDEX-URL).
  - Values are checked against what pip accepts, since a wrong value makes every pip command fail.
  - C(break-system-packages) switches the protection of PEP 668 off. The module refuses to set it, unless the host is
    thrown away after use or O(acknowledge_risk=true). It always removes it.
author:
  - pyfleet contributors (@pyfleet)
options:
  tool:
    description:
      - Whose configuration is managed. For V(uv) the module manages only C(break-system-packages), in C(uv.toml).
    type: str
    choices: [pip, uv]
    default: pip
  scope:
    description:
      - Which files are managed. V(global) is for all users, V(user) for one user, V(site) for one environment or
        installation.
      - On Linux, pip reads C(/etc/xdg/pip/pip.conf) and C(/etc/pip.conf) for all users, C(~/.pip/pip.conf) and
        C(~/.config/pip/pip.conf) for one user, and C(pip.conf) in the directory of an environment. On macOS the files
        for all users and for one user are below C(/Library/Application Support).
      - A key that no file of the scope has goes into the last of them, which wins. V(absent) removes it from all.
      - If left out, V(global) for root, and V(user) for another user.
    type: str
    choices: [global, user, site]
  user:
    description:
      - The user whose files are managed, with O(scope=user). If left out, the user that the module runs as. Another
        user needs root; the files are then written as that user.
    type: str
  prefix:
    description:
      - The directory of the environment or installation, with O(scope=site).
    type: path
  section:
    description:
      - The section, V(global) or the name of a pip command such as V(install).
      - pip ignores other sections. The module refuses to set a key in one, and removes keys from it.
    type: str
    default: global
  key:
    description:
      - The long name of an option of pip, without the dashes.
    type: str
  value:
    description:
      - The value, or a list of values for an option that takes several.
    type: raw
  state:
    description:
      - Whether the key has the value, or is absent.
    type: str
    choices: [present, absent]
    default: present
  settings:
    description:
      - Several settings in one call. O(section), O(value) and O(state) are defaults for what an entry leaves out.
      - With a problem in any of them, none is written.
    type: list
    elements: dict
    suboptions:
      section:
        description: The section.
        type: str
      key:
        description: The key.
        type: str
        required: true
      value:
        description: The value, or a list of values.
        type: raw
      state:
        description: Whether the key has the value, or is absent.
        type: str
        choices: [present, absent]
  acknowledge_risk:
    description:
      - Allow C(break-system-packages=true) on a host that is not thrown away after use.
      - pip then overwrites and removes files of the distribution's packages.
    type: bool
    default: false
  check_values:
    description:
      - Check keys and values against the options of pip. Set it to V(false) for an option that only a newer pip has.
    type: bool
    default: true
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - Credentials in URLs are hidden in results, differences and logs. Better keep them out of C(pip.conf), which every
    user of the host can read, and use a netrc file or a keyring.
seealso:
  - name: Configuration of pip
    description: The files, sections and variables that pip reads.
    link: https://pip.pypa.io/en/stable/topics/configuration/
  - module: pyfleet.python.audit
"""

EXAMPLES = r"""
- name: Use one package index on the whole fleet
  pyfleet.python.pip_config:
    key: index-url
    value: https://pypi.example.com/simple

- name: Let pip install only into virtual environments, and wait longer for the index
  pyfleet.python.pip_config:
    settings:
      - key: require-virtualenv
        value: true
      - key: timeout
        value: 60

- name: Remove an override of PEP 668 that somebody left behind
  pyfleet.python.pip_config:
    key: break-system-packages
    state: absent

- name: Remove it from the configuration of uv as well
  pyfleet.python.pip_config:
    tool: uv
    key: break-system-packages
    state: absent

- name: Give one user further indexes
  pyfleet.python.pip_config:
    scope: user
    user: deploy
    section: install
    key: extra-index-url
    value:
      - https://wheels.example.com/simple
      - https://mirror.example.com/simple
"""

RETURN = r"""
tool:
  description: Whose configuration was managed.
  returned: success
  type: str
  sample: pip
scope:
  description: The scope.
  returned: success
  type: str
  sample: global
settings:
  description: Each setting, in the order requested. A key that several files had is there once for each file.
  returned: success
  type: list
  elements: dict
  contains:
    section:
      description: The section.
      returned: always
      type: str
      sample: global
    key:
      description: The key, as pip spells it.
      returned: always
      type: str
      sample: index-url
    path:
      description: The file.
      returned: always
      type: str
      sample: /etc/pip.conf
    before:
      description: The values before; null if it was not set.
      returned: always
      type: list
      elements: str
      sample: ["https://pypi.org/simple"]
    after:
      description: The values after; null if it is not set.
      returned: always
      type: list
      elements: str
      sample: ["https://pypi.example.com/simple"]
    changed:
      description: Whether it changed.
      returned: always
      type: bool
      sample: true
files:
  description: The files of the scope.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The file.
      returned: always
      type: str
      sample: /etc/pip.conf
    changed:
      description: Whether it changed.
      returned: always
      type: bool
      sample: true
overridden_by:
  description:
    - What pip uses in place of a setting, since it is stronger. That is a file of a stronger scope, the section of a
      command, or a variable.
  returned: success
  type: list
  elements: dict
  contains:
    section:
      description: The section of the setting.
      returned: always
      type: str
      sample: global
    key:
      description: The key of the setting.
      returned: always
      type: str
      sample: index-url
    source:
      description: The file that has the stronger value.
      returned: always
      type: str
      sample: /etc/environment
    text:
      description: The stronger value.
      returned: always
      type: str
      sample: PIP_INDEX_URL=https://pypi.org/simple
    user:
      description: The user whose pip is affected; empty for all.
      returned: always
      type: str
      sample: ""
unresolved:
  description: What check mode cannot know yet; empty if nothing.
  returned: success
  type: str
  sample: ""
problem:
  description: What went wrong, for programs.
  returned: failure
  type: dict
  sample: {code: invalid-file, message: pip cannot read line 3 of /etc/pip.conf, hint: Correct or remove that file.}
"""

from ..module_utils._ansible.credentials_module import Module
from ..module_utils._ansible.pip_config_module import PIP_CONFIG_ARGUMENTS, run


def main() -> None:
    """Manage the settings."""
    run(Module(argument_spec=PIP_CONFIG_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
