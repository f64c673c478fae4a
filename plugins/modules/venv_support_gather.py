# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation alone: the code runs on the controller, in plugins/action, which runs python_facts on the host.

from __future__ import annotations

DOCUMENTATION = r"""
module: venv_support_gather
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Find out what the role venv_support has to install
description:
  - Gathers the Pythons of a host with M(pyfleet.python.python_facts), and returns which packages C(python3 -m venv)
    needs with those that a package manager has installed. Fails with a sentence for each reason why it cannot be made
    to work.
  - A part of the role P(pyfleet.python.venv_support#role); what it returns may change with the role.
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
options:
  versions:
    description: The minor versions that have to work, such as V(3.12); all that are installed if empty.
    type: list
    elements: str
    default: []
  pip:
    description: Whether the system's Python has to have a pip.
    type: bool
    default: false
  virtualenv:
    description: Whether C(virtualenv) has to be installed.
    type: bool
    default: false
  packages:
    description: The names of packages by package manager.
    type: dict
    required: true
  require:
    description: Whether to fail where anything is missing.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Find out what venv lacks
  pyfleet.python.venv_support_gather:
    packages:
      dpkg: {default: python3-venv, pip: python3-pip, virtualenv: python3-virtualenv}
  register: gathered
"""

RETURN = r"""
missing:
  description: The packages to install.
  returned: success
  type: list
  elements: str
  sample: [python3-venv]
pythons:
  description: The Pythons that have to work.
  returned: success
  type: list
  elements: str
  sample: [/usr/bin/python3.13]
manager:
  description: The package manager that owns the system's Python.
  returned: success
  type: str
  sample: dpkg
"""
