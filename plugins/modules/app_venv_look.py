# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# There is nothing here but documentation: all of it runs on the controller, in plugins/action.

from __future__ import annotations

DOCUMENTATION = r"""
module: app_venv_look
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Work out what the role app_venv has to do on a host
description:
  - Holds a list of applications against the users, files and directories of a host, and gives what the role
    P(pyfleet.python.app_venv#role) has to do before and with the environments. Fails where it could not, with a
    sentence for each cause.
  - A part of that role, in one task; what it gives may change with the role. Play the role, and where only its refusals
    are asked for, its entry point C(preflight).
  - The host is asked by a shell script, without Python, and only where there are users or files to ask for.
  - The result is hidden, since it holds the variables and credentials of applications.
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
options:
  apps:
    description: The applications, as C(app_venv_apps) of the role has them.
    type: list
    elements: dict
    required: true
  root:
    description: The directory that has a directory for each application.
    type: path
    required: true
  defaults:
    description: Options of M(pyfleet.python.venv) that those applications have which do not say.
    type: dict
    default: {}
  thorough:
    description: Whether the host is also asked for what M(pyfleet.python.venv) finds out itself.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: See which files differ
  pyfleet.python.app_venv_look:
    apps:
      - name: shop
        packages: [shop==4.2]
        environment_file:
          variables:
            SHOP_WORKERS: "4"
    root: /opt
  register: look

- name: Say it
  ansible.builtin.debug:
    msg: "{{ look.missing }}"
"""

RETURN = r"""
applications:
  description: Of each application its name, paths, user, service, files, and the options for M(pyfleet.python.venv).
  returned: success
  type: list
  elements: dict
environments:
  description: The option of that name for M(pyfleet.python.venv); in check mode without those that are C(pending).
  returned: success
  type: list
  elements: dict
place:
  description: Whether users, directories or files are to be made first.
  returned: success
  type: bool
as_root:
  description: Whether it is root who plays; not known, and V(false), where nothing had to be asked.
  returned: success
  type: bool
missing:
  description: What these are, in words.
  returned: success
  type: list
  elements: str
users:
  description: Users that are to be made.
  returned: success
  type: list
  elements: dict
directories:
  description: Directories that are to be made.
  returned: success
  type: list
  elements: str
copies:
  description: Files that are to be copied from the controller.
  returned: success
  type: list
  elements: dict
files:
  description: Environment files that are to be written.
  returned: success
  type: list
  elements: dict
pending:
  description: Names of applications that wait for one of these.
  returned: success
  type: list
  elements: str
gone:
  description: Applications that are to be removed, and what is left of them beside the environment.
  returned: success
  type: list
  elements: dict
"""
