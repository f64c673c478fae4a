# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation alone: the code runs on the controller, in plugins/action, which runs the module of the package manager.

from __future__ import annotations

DOCUMENTATION = r"""
module: system_packages
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Install packages of the distribution for the roles
description:
  - Runs C(ansible.builtin.package) with its choice of the package manager's module, or C(ansible.builtin.apt). If that
    fails, the message says why the package manager failed, and what to do about it where that is known.
  - C(module_defaults) for the package manager's module, such as C(lock_timeout) of apt, apply.
  - A part of the roles; may change with them.
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details:
      - Without the package manager's bindings for Python, or without package lists, its module cannot predict anything.
        The result is then C(changed), and its message says so.
  diff_mode:
    support: partial
    details:
      - As the module of the package manager.
options:
  names:
    description: The packages. Nothing is done if there are none.
    type: list
    elements: str
    required: true
  state:
    description: Whether a package that is installed is upgraded to the newest version (V(latest)) or left (V(present)).
    type: str
    choices: [present, latest]
    default: present
  manager:
    description:
      - The package manager, where it is known. With V(apt) or V(dpkg), C(ansible.builtin.apt) is run; with all others,
        C(ansible.builtin.package) chooses.
    type: str
    default: ""
  update_cache:
    description: Whether apt first updates its package lists if they are older than an hour.
    type: bool
    default: false
  install_recommends:
    description: Whether apt installs what the packages recommend. If not set, the host's configuration of apt decides.
    type: bool
"""

EXAMPLES = r"""
- name: Install what venv needs
  pyfleet.python.system_packages:
    names: [python3-venv]
    manager: apt
    update_cache: true
    install_recommends: false
"""

RETURN = r"""
msg:
  description:
    - Why the packages could not be installed, and what to do about it where that is known; in check mode, that it could
      not be predicted.
    - All other values are those of the package manager's module.
  returned: failure, or check mode that cannot predict
  type: str
  sample: "Cannot install pipx: E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the
    problem. Run dpkg --configure -a on the host."
module_msg:
  description: The message of the package manager's module.
  returned: failure, or check mode that cannot predict
  type: str
  sample: "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem."
"""
