# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation alone: the code runs on the controller, in plugins/action.

from __future__ import annotations

DOCUMENTATION = r"""
module: validate_role_variables
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Reject misspelled variables of a role
description:
  - Fails where a variable of the host starts with the name of the role that the task belongs to, and the role has no
    variable of that name. Ansible itself ignores such variables.
  - A part of the roles of this collection. Outside of a role it does nothing.
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
options: {}
"""

EXAMPLES = r"""
- name: Validate the variables of the role
  pyfleet.python.validate_role_variables:
"""

RETURN = r""" # """
