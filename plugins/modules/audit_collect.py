#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation alone: the code runs on the controller, in plugins/action.

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_collect
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Collect the result of a host that audits itself
description:
  - Reads the result that a host wrote when it audited itself, writes it into a directory on the controller, and returns
    a summary. One command is run on the host, and no module.
  - A host that wrote no result, or none recently, has no verdict.
  - The entry point C(schedule) of the role P(pyfleet.python.python_audit#role) makes hosts audit themselves.
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
  - pyfleet.python._audit_results
options:
  path:
    description: The file on the host.
    type: str
    default: /var/lib/pyfleet/audit/result.json
  max_age:
    description: How old the result may be, in seconds.
    type: int
    default: 172800
seealso:
  - module: pyfleet.python.audit_host
"""

EXAMPLES = r"""
- name: Collect the result that a host wrote
  pyfleet.python.audit_collect:
    results: audit/results
  become: true
  ignore_errors: true
  ignore_unreachable: true
"""

RETURN = r"""
msg:
  description: A one-line summary, or the reason why there is no verdict.
  returned: always
  type: str
  sample: marker-removed /usr/lib/python3.13/EXTERNALLY-MANAGED and 2 more
verdict:
  description: The verdict of the audit.
  returned: success
  type: str
  sample: fail
summary:
  description: The counts of the audit.
  returned: success
  type: dict
  sample: {high: 1, medium: 2, low: 0, waived: 1, incomplete: 0}
resumed:
  description: Whether the result is of an earlier task of the same run.
  returned: always
  type: bool
  sample: false
"""
