#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: audit
short_description: Say what is wrong with the Pythons of a host, and what to do
version_added: 1.0.0
description:
  - Finds the Pythons and environments of a host as M(pyfleet.python.python_facts) does, holds rules against them, and
    says of each finding what it rests on and what cures it on this very host.
  - It gathers no more than the chosen rules need, changes nothing, and by default starts no process.
  - No cure ever is to delete the C(EXTERNALLY-MANAGED) file or to override it.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
  - pyfleet.python._scan
options:
  rules:
    description:
      - The rules to judge by. If omitted, all of them.
      - V(environment-broken) (high) - An environment's Python does not start, or runs without its packages.
      - V(environment-incomplete) (medium) - An environment is only half made.
      - V(environment-stale) (high) - An environment's base has moved to another minor version.
      - V(interpreter-writable) (high) - Root would run a Python that another user can alter.
      - V(marker-altered) (medium) - The C(EXTERNALLY-MANAGED) file is not what the package ships.
      - V(marker-diverted) (high) - The C(EXTERNALLY-MANAGED) file is diverted.
      - V(marker-neutralised) (high) - The C(EXTERNALLY-MANAGED) file is in place, but something overrides it.
      - V(marker-removed) (high) - The C(EXTERNALLY-MANAGED) file that the distribution ships is missing.
      - V(pip-in-system-packages) (medium) - pip or uv installed into the directory of the distribution's packages.
      - V(pipx-application-broken) (high) - A pipx application does not start.
      - V(pipx-not-on-path) (low) - pipx applications whose commands are not on the search path.
      - V(python-end-of-life) (medium) - A Python that gets no more security fixes.
      - V(python-shadows-system) (medium) - Another python3 comes before the system's on a search path.
      - V(shadows-system-package) (medium) - A distribution is imported before the operating system's own of the same
        name.
      - V(system-package-overwritten) (high) - pip overwrote the files of one of the distribution's packages.
      - V(unknown-python) (low) - A Python of no known provider.
      - V(venv-support-missing) (low) - C(python3 -m venv) does not work.
      - V(waiver-expired) (low) - A waiver has expired, and what it waived is still there.
    type: list
    elements: str
  skip_rules:
    description:
      - Rules to leave out.
    type: list
    elements: str
    default: []
  threshold:
    description:
      - The least severity that makes the verdict V(fail). Findings below it are returned all the same.
    type: str
    choices: [low, medium, high]
    default: low
  fail_on:
    description:
      - The verdicts with which the task fails. All results are returned also when it fails.
    type: list
    elements: str
    choices: [fail, incomplete]
    default: []
  waivers:
    description:
      - Findings that are accepted. They are returned with the reason, and the verdict does not count them.
    type: list
    elements: dict
    default: []
    suboptions:
      rule:
        description: The rule.
        type: str
        required: true
      path:
        description:
          - A pattern for the subject of the finding, in which V(*) stands for anything, V(/) included, V(?) for one
            character and V([seq]) for one of several.
        type: str
        default: "*"
      reason:
        description: Why it is accepted.
        type: str
        required: true
      until:
        description:
          - The last day on which the waiver holds, V(YYYY-MM-DD) in UTC. If left out, it holds for good.
          - From the next day on the finding counts again, and V(waiver-expired) besides.
        type: str
  output:
    description:
      - With V(summary), only RV(msg), RV(verdict) and RV(summary) are returned, so that C(ansible --one-line) shows a
        host in a line of fewer than 300 characters.
    type: str
    choices: [full, summary]
    default: full
seealso:
  - module: pyfleet.python.python_facts
"""

EXAMPLES = r"""
# From the command line, one line for each host:
#   ansible all --become --one-line -m pyfleet.python.audit -a output=summary

- name: See what is wrong, and change nothing
  pyfleet.python.audit:
  register: audit

- name: Show each finding with its cure
  ansible.builtin.debug:
    msg: "{{ item.severity }} {{ item.subject }}: {{ item.message }}. {{ item.cure }}"
  loop: "{{ audit.findings | rejectattr('waived') }}"
  loop_control:
    label: "{{ item.id }}"

- name: Fail where something of high severity is wrong, or where it can't be told
  pyfleet.python.audit:
    threshold: high
    fail_on: [fail, incomplete]

- name: Accept what is known, for a while
  pyfleet.python.audit:
    skip_rules: [python-shadows-system]
    waivers:
      - rule: unknown-python
        path: /opt/vendor/*
        reason: The backup agent brings its own Python.
      - rule: python-end-of-life
        path: /usr/local/bin/python3.8
        reason: The old billing system moves in spring.
        until: "2027-03-31"

- name: Look only for ways around the EXTERNALLY-MANAGED file, in an image that is mounted
  pyfleet.python.audit:
    root: /mnt/image
    rules: [marker-removed, marker-altered, marker-diverted, marker-neutralised]
"""

RETURN = r"""
msg:
  description: One line for a person. The worst finding, or that there is none.
  returned: always
  type: str
  sample: marker-removed /usr/lib/python3.13/EXTERNALLY-MANAGED and 2 more
verdict:
  description:
    - V(fail) if there is a finding at or above O(threshold) that is not waived.
    - Else V(incomplete) if something that was asked for could not be read, or a rule at or above O(threshold) could
      not be judged.
    - Else V(pass).
  returned: always
  type: str
  sample: fail
summary:
  description: Counts of the findings that are not waived.
  returned: always
  type: dict
  sample: {high: 1, medium: 2, low: 0, waived: 1, incomplete: 0}
  contains:
    high:
      description: Findings of high severity.
      returned: always
      type: int
      sample: 1
    medium:
      description: Findings of medium severity.
      returned: always
      type: int
      sample: 2
    low:
      description: Findings of low severity.
      returned: always
      type: int
      sample: 0
    waived:
      description: Findings that are waived, of any severity.
      returned: always
      type: int
      sample: 1
    incomplete:
      description: How many things keep the verdict from being a pass.
      returned: always
      type: int
      sample: 0
    rules:
      description: Findings by rule.
      returned: when O(output=full)
      type: dict
      sample: {marker-removed: 1}
    installations:
      description: Pythons that were judged.
      returned: when O(output=full)
      type: int
      sample: 3
    environments:
      description: Environments that were judged.
      returned: when O(output=full)
      type: int
      sample: 12
findings:
  description: What is wrong, the worst first; waived findings too.
  returned: when O(output=full)
  type: list
  elements: dict
  contains:
    id:
      description: A name that stays the same from run to run, of the rule and the subject.
      returned: success
      type: str
      sample: marker-removed:/usr/lib/python3.13/EXTERNALLY-MANAGED
    rule:
      description: The rule.
      returned: success
      type: str
      sample: marker-removed
    severity:
      description: The severity of the rule.
      returned: success
      type: str
      sample: high
    subject:
      description: What it is about, mostly a path.
      returned: success
      type: str
      sample: /usr/lib/python3.13/EXTERNALLY-MANAGED
    message:
      description: What is wrong.
      returned: success
      type: str
      sample: "the EXTERNALLY-MANAGED file of /usr/bin/python3.13 is missing: pip can write among the system's packages"
    evidence:
      description: What that rests on.
      returned: success
      type: list
      elements: str
      sample: [shipped by libpython3.13-stdlib 3.13.5-2 (dpkg)]
    cure:
      description: What to run or to edit.
      returned: success
      type: str
      sample: apt-get install --reinstall libpython3.13-stdlib
    waived:
      description: The reason of the waiver; empty if it is not waived.
      returned: success
      type: str
      sample: ""
incomplete:
  description: What could not be read, was left out, or could not be judged.
  returned: when O(output=full)
  type: list
  elements: dict
  sample: [{path: /srv/data, code: permission, reason: permission denied, blocking: true}]
  contains:
    path:
      description: Where.
      returned: success
      type: str
      sample: /srv/data
    code:
      description: A name for programs; V(undecided) if a rule could not be judged.
      returned: success
      type: str
      sample: permission
    reason:
      description: Why.
      returned: success
      type: str
      sample: permission denied
    blocking:
      description: Whether it keeps the verdict from being a pass. What was left out on purpose does not.
      returned: success
      type: bool
      sample: true
problem:
  description: What is wrong with an option.
  returned: when an option can't be meant so
  type: dict
  sample:
    code: bad-option
    option: rules
    message: "rules names a rule that does not exist: marker-gone"
    hint: Did you mean marker-removed?
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.audit_policy import POLICY_ARGUMENTS, read_policy, today
from ..module_utils._ansible.open_host import open_host
from ..module_utils._ansible.scan_options import SCAN_ARGUMENTS, read_request
from ..module_utils._scan.judge.verdict import judge_audit, needed
from ..module_utils._scan.pipeline import scan
from ..module_utils._scan.serialize.audit_result import serialize_audit

OUTPUT = {
    "fail_on": {"type": "list", "elements": "str", "choices": ["fail", "incomplete"], "default": []},
    "output": {"type": "str", "choices": ["full", "summary"], "default": "full"},
}


def main() -> None:
    """Scan, judge, and say it; fail where that was asked for."""
    module = AnsibleModule(argument_spec={**SCAN_ARGUMENTS, **POLICY_ARGUMENTS, **OUTPUT}, supports_check_mode=True)
    policy = read_policy(module)
    request = read_request(module, needed(policy.rules))
    with open_host(module) as host:
        audit = judge_audit(scan(host, request), policy, today(host.now))
    result = serialize_audit(audit, module.params["output"])
    if audit.verdict in module.params["fail_on"]:
        module.fail_json(**result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
