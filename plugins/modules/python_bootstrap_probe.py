# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation alone: the code runs on the controller, in plugins/action.

from __future__ import annotations

DOCUMENTATION = r"""
module: python_bootstrap_probe
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Probe a host for a Python that Ansible can use
description:
  - Runs a shell script on the host, which needs no Python there, and returns the Python that Ansible can use, or the
    commands that install one. Fails with one sentence where neither is possible.
  - A part of the role P(pyfleet.python.python_bootstrap#role); what it returns may change with the role.
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
options:
  cores:
    description: The oldest and newest Python on hosts by version of ansible-core.
    type: dict
    required: true
  interpreter:
    description: The value of C(ansible_python_interpreter), if any.
    type: str
  managers:
    description: By package manager the packages of a Python, and the commands that install them.
    type: dict
    required: true
  packages:
    description: The packages to install, if not those of the package manager.
    type: list
    elements: str
    default: []
  require:
    description: Whether to fail where no Python can be used.
    type: bool
    default: false
  shipped:
    description: By release of a distribution, the version of a Python that is too old.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Require a Python that Ansible can use
  pyfleet.python.python_bootstrap_probe:
    cores:
      "2.21": {oldest: "3.9", newest: "3.14"}
    managers: {}
    shipped: {}
    require: true
"""

RETURN = r"""
usable:
  description: Whether Ansible can use a Python of the host.
  returned: success
  type: bool
  sample: true
python:
  description: This Python, as the fact C(python_bootstrap_found) of the role.
  returned: success
  type: dict
  sample: {path: /usr/bin/python3, version: 3.13.5, discovered: /usr/bin/python3, pinned: false}
manager:
  description: The package manager, where there is no such Python.
  returned: success
  type: str
  sample: apt-get
packages:
  description: The packages to install.
  returned: success
  type: list
  elements: str
  sample: [python3, python3-apt]
refresh:
  description: The command that updates the package lists; empty for none.
  returned: success
  type: str
  sample: apt-get --quiet update
install:
  description: The command that installs the packages.
  returned: success
  type: str
  sample: apk add python3
"""
