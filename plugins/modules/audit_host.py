#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation alone: the code runs on the controller, in plugins/action; it runs the module audit on the host.

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_host
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Audit a host and write its result on the controller
description:
  - Runs M(pyfleet.python.audit) on the host, writes its result into a directory on the controller, and returns a
    summary.
  - Writes a result as well if the host cannot be reached, or the module fails.
  - M(pyfleet.python.audit_report) builds a report from the directory.
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
  - pyfleet.python._audit_results
options:
  options:
    description: Options of M(pyfleet.python.audit), without C(output), C(fail_on) and C(inventory).
    type: dict
    default: {}
  inventory:
    description:
      - What the result holds besides the findings. V(packages) lets the report find a package on all hosts, V(pythons)
        lets it show the versions of Python. All come from the same scan.
    type: str
    choices: [none, pythons, packages]
    default: packages
  fail_on:
    description: The verdicts that make the task fail.
    type: list
    elements: str
    choices: [fail, incomplete]
    default: []
seealso:
  - module: pyfleet.python.audit
"""

EXAMPLES = r"""
- name: Audit a host and write its result on the controller
  pyfleet.python.audit_host:
    results: audit/results
    options:
      threshold: high
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
