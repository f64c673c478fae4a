# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation alone: the code runs on the controller, in plugins/action.

from __future__ import annotations

DOCUMENTATION = r"""
module: app_venv_gather
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Validate the applications of the role app_venv and compare them with a host
description:
  - Validates a list of applications, compares it with the users, files, directories and services of a host, and
    returns what the role P(pyfleet.python.app_venv#role) has to do. Fails with a sentence for each error.
  - A part of the role. Its result may change with the role. To only validate, use its entry point C(preflight).
  - A shell script reads the host, without Python, and only where there are users, files or services to compare.
  - The result is hidden, since it holds the variables and credentials of applications.
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
options:
  apps:
    description: The applications, as C(app_venv_apps) of the role.
    type: list
    elements: dict
    required: true
  root:
    description: The directory that contains the applications' directories.
    type: path
    required: true
  defaults:
    description: Options of M(pyfleet.python.venv) for applications that do not set them.
    type: dict
    default: {}
  full_validation:
    description: Whether the host is also asked for what M(pyfleet.python.venv) finds out itself.
    type: bool
    default: false
  validate:
    description: Whether to fail where the list or the host is not valid.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Compare the applications with the host
  pyfleet.python.app_venv_gather:
    apps:
      - name: shop
        packages: [shop==4.2]
        environment_file:
          variables:
            SHOP_WORKERS: "4"
    root: /opt
  register: gathered

- name: Show what is not up to date
  ansible.builtin.debug:
    msg: "{{ gathered.unfinished }}"
"""

RETURN = r"""
applications:
  description: For each application its name, paths, user, service, files, and the options for M(pyfleet.python.venv).
  returned: success
  type: list
  elements: dict
environments:
  description: The option of that name for M(pyfleet.python.venv); in check mode without those that wait for a user.
  returned: success
  type: list
  elements: dict
verify_environments:
  description: The same, without an upgrade to the newest versions.
  returned: success
  type: list
  elements: dict
apply:
  description: Whether there is anything to create, restart or remove besides the environments.
  returned: success
  type: bool
prepare:
  description: Whether users, directories or files have to be created first.
  returned: success
  type: bool
unfinished:
  description: What has to be created or restarted, in words.
  returned: success
  type: list
  elements: str
owner:
  description: The owner of the files, C(root) or empty for the user who runs the role.
  returned: success
  type: str
users:
  description: Users to create.
  returned: success
  type: list
  elements: dict
directories:
  description: Directories to create.
  returned: success
  type: list
  elements: str
copies:
  description: Files to copy from the controller.
  returned: success
  type: list
  elements: dict
files:
  description: Environment files and units to write.
  returned: success
  type: list
  elements: dict
pending:
  description: Names of applications that wait for one of these.
  returned: success
  type: list
  elements: str
awaiting_users:
  description: Names of those that wait for a user.
  returned: success
  type: list
  elements: str
staged:
  description: A temporary directory on the host with copies of files for check mode; the role removes it.
  returned: success
  type: str
overdue:
  description: Names of applications whose service was not restarted after the last change.
  returned: success
  type: list
  elements: str
service_parts:
  description: By application, what its service would be started with.
  returned: success
  type: dict
removals:
  description: Removed applications, and what is left of them besides the environment.
  returned: success
  type: list
  elements: dict
"""
