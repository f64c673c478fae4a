#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: venv_support_verify
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Check that Pythons can create virtual environments
description:
  - Creates an environment with each Python in a temporary directory, starts its pip, and removes it. Fails where one of
    them does not work, with the output.
  - A part of the role P(pyfleet.python.venv_support#role), whose entry point C(verify) uses it; what it returns may
    change with the role.
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details:
      - In check mode it creates nothing, and returns no results.
  diff_mode:
    support: none
    details:
      - This module leaves nothing changed.
options:
  pythons:
    description: The paths of the Pythons.
    type: list
    elements: path
    required: true
  user:
    description: The user who creates the environments where root runs the module; an unprivileged one.
    type: str
    default: nobody
"""

EXAMPLES = r"""
- name: Check the system's Python
  pyfleet.python.venv_support_verify:
    pythons: [/usr/bin/python3]
"""

RETURN = r"""
results:
  description: The Pythons, each with the version of its environment's pip, as pip prints it.
  returned: success
  type: list
  elements: dict
  sample: [{python: /usr/bin/python3.13, pip: pip 25.1.1 from /tmp/pyfleet-venv-x/environment/lib}]
problem:
  description: What failed, for programs.
  returned: when it failed
  type: dict
  sample: {code: is-root, message: root is root, hint: Name an unprivileged user.}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.failure import fail
from ..module_utils._process.commands import OperationError
from ..module_utils._process.run_text import run_text
from ..module_utils._scan.serialize.text import safe_text
from ..module_utils._venv.creation_check import check_creation, find_unprivileged

ARGUMENTS = {
    "pythons": {"type": "list", "elements": "path", "required": True},
    "user": {"type": "str", "default": "nobody"},
}


def main() -> None:
    """Check each Python, and fail for the first one that does not work."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    if module.check_mode:
        module.exit_json(changed=False, results=[])
    run = run_text
    results = []
    try:
        account = find_unprivileged(module.params["user"])
        for python in module.params["pythons"]:
            version = check_creation(run, python, account)
            results.append({"python": python, "pip": safe_text(version)})
    except OperationError as exc:
        fail(module, exc)
    module.exit_json(changed=False, results=results)


if __name__ == "__main__":
    main()
