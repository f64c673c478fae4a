#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation alone: the code runs on the controller, in plugins/action.

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_report
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Build the report of a fleet from the results of its hosts
description:
  - Builds one report on the controller from a directory of results that M(pyfleet.python.audit_host) and
    M(pyfleet.python.audit_collect) wrote. Hosts that were not reached, or have no result, are part of it.
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
options:
  results:
    description: The directory with the results.
    type: path
    required: true
  report:
    description: The directory for the report. It is created if necessary.
    type: path
    required: true
  formats:
    description: The formats to write.
    type: list
    elements: str
    choices: [html, json, csv, sarif, prometheus, markdown, cyclonedx]
    default: [html, json]
  baseline:
    description: The directory of earlier results, or an earlier C(report.json), to compare with.
    type: path
    default: ""
  fail_on:
    description:
      - What makes the task fail. V(fail) and V(incomplete) are verdicts, V(failed), V(unreachable) and V(no_result) are
        hosts without a verdict, and V(new) is a finding that is not in O(baseline).
    type: list
    elements: str
    choices: [fail, incomplete, failed, unreachable, no_result, new]
    default: []
  title:
    description: The title of the report.
    type: str
    default: Python audit
  wait:
    description:
      - Whether to do nothing as long as a host of the play has no result, and to build the report only once for the
        play. With this, the task can run on each host of a play that has C(serial) or C(strategy=free).
    type: bool
    default: false
seealso:
  - module: pyfleet.python.audit_host
  - module: pyfleet.python.audit_collect
"""

EXAMPLES = r"""
- name: Build the report
  pyfleet.python.audit_report:
    results: audit/results
    report: audit/report
    formats: [html, sarif]
    fail_on: [fail, unreachable]
  run_once: true
"""

RETURN = r"""
msg:
  description: The totals, why the task fails, and the files, a line each.
  returned: always
  type: str
  sample: "2 hosts: 1 fail, 1 pass; findings: 1 high, 0 medium, 0 low"
files:
  description: The path of each format.
  returned: when the report was built
  type: dict
  sample: {html: /home/admin/audit/report/report.html}
totals:
  description: The numbers of hosts and findings.
  returned: when the report was built
  type: dict
  sample:
    hosts: {total: 2, fail: 1, incomplete: 0, failed: 0, unreachable: 0, no_result: 0, pass: 1}
    findings: {total: 1, high: 1, medium: 0, low: 0, waived: 0}
problems:
  description: What is in the directory of results and is not reported; the first 20 of them.
  returned: when the report was built
  type: list
  elements: str
  sample: []
"""
