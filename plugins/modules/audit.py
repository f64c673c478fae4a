#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: audit
short_description: Audit the Pythons and virtual environments of a host
version_added: 1.0.0
description:
  - Finds the Pythons and environments of a host as M(pyfleet.python.python_facts) does, evaluates rules, and returns
    findings, each with its evidence and the cure on this host.
  - The module gathers only what the selected rules need, changes nothing, and by default starts no process.
  - No cure deletes or overrides the C(EXTERNALLY-MANAGED) file.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
  - pyfleet.python._scan
options:
  rules:
    description:
      - The rules to evaluate. If omitted, all of them.
      - V(conda-commercial-channel) (low) - A conda installs from channels under the terms of service of Anaconda, Inc.
      - V(environment-broken) (high) - An environment's Python does not start, or runs without its packages.
      - V(environment-incomplete) (medium) - An environment was only partly created.
      - V(environment-stale) (high) - An environment's base is now another minor version of Python.
      - V(interpreter-writable) (high) - Root would run a Python that another user can alter.
      - V(listed-package) (high) - A distribution that the site lists is installed.
      - V(marker-altered) (medium) - The C(EXTERNALLY-MANAGED) file is not what the package ships.
      - V(marker-diverted) (high) - The C(EXTERNALLY-MANAGED) file is diverted.
      - V(marker-neutralised) (high) - The C(EXTERNALLY-MANAGED) file is in place, but something overrides it.
      - V(marker-removed) (high) - The C(EXTERNALLY-MANAGED) file that the distribution ships is missing.
      - V(pip-config-ignored) (low) - Configuration for pip that pip does not read.
      - V(pip-in-system-packages) (medium) - pip or uv installed into the directory of the distribution's packages.
      - V(pipx-application-broken) (high) - A pipx application does not start.
      - V(pipx-not-on-path) (low) - pipx applications whose commands are not on the search path.
      - V(python-end-of-life) (medium) - A Python that no longer gets security fixes.
      - V(python-shadows-system) (medium) - Another python3 comes before the system's on a search path.
      - V(shadows-system-package) (medium) - A distribution is imported before the operating system's own of the same
        name.
      - V(startup-hook) (medium) - Code that runs whenever a Python starts, and that no known installer wrote.
      - V(system-package-overwritten) (high) - pip overwrote the files of one of the distribution's packages.
      - V(system-python-broken) (high) - /usr/bin/python3 does not start the operating system's own Python.
      - V(unknown-python) (low) - A Python of no known provider.
      - V(venv-support-missing) (low) - C(python3 -m venv) does not work.
      - V(waiver-expired) (low) - A waiver has expired, and what it waived is still there.
    type: list
    elements: str
  skip_rules:
    description:
      - Rules to skip.
    type: list
    elements: str
    default: []
  threshold:
    description:
      - The lowest severity that makes the verdict V(fail). Findings below it are returned as well.
      - With the default, a freshly installed Debian passes, although C(python3 -m venv) does not work there.
    type: str
    choices: [low, medium, high]
    default: medium
  fail_on:
    description:
      - The verdicts that make the task fail. A failing task returns all results.
    type: list
    elements: str
    choices: [fail, incomplete]
    default: []
  waivers:
    description:
      - Findings to accept. They are returned with the reason and do not affect the verdict.
    type: list
    elements: dict
    default: []
    suboptions:
      rule:
        description: The rule to waive.
        type: str
        required: true
      path:
        description:
          - A pattern for the subject of the finding. V(*) matches any text including V(/), V(?) one character, and
            V([seq]) one of several characters.
        type: str
        default: "*"
      reason:
        description: The reason why the finding is accepted.
        type: str
        required: true
      until:
        description:
          - The last day on which the waiver is valid, V(YYYY-MM-DD) in UTC. If omitted, it does not expire.
          - From the next day the finding counts again, and V(waiver-expired) reports it.
        type: str
  listed_packages:
    description:
      - Distributions to search for, such as those that were compromised, or that the site forbids. Each that is
        installed is a finding of the rule V(listed-package), which is evaluated only with this option.
      - The system's Python, user sites, virtual environments and those of pipx, uv and conda are searched, and kept
        releases of M(pyfleet.python.venv). What is in no environment, such as a cache of wheels, is not.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The name of the project, in any spelling that PyPI treats as equal.
        type: str
        required: true
      versions:
        description:
          - The versions, as a specifier (PEP 440) such as V(==1.82.7) or V(>=1.82.7,<=1.82.8). Pre-releases count.
          - Empty means every version. For several separate versions, add an entry for each.
        type: str
        default: ""
      reason:
        description: Why it is listed. The finding shows it.
        type: str
        required: true
      severity:
        description: The severity of the findings.
        type: str
        choices: [low, medium, high]
        default: high
  output:
    description:
      - With V(summary), the module returns only RV(msg), RV(verdict) and RV(summary). C(ansible --one-line) then prints
        fewer than 300 characters for each host.
    type: str
    choices: [full, summary]
    default: full
  inventory:
    description:
      - What RV(facts) holds of the Pythons of the host, from the same scan.
      - V(packages) is what M(pyfleet.python.python_facts) returns for the subsets V(installations), V(environments) and
        V(packages); V(pythons) is the same without the packages; with V(none) there is no RV(facts).
    type: str
    choices: [none, pythons, packages]
    default: none
seealso:
  - module: pyfleet.python.python_facts
"""

EXAMPLES = r"""
# From the command line, one line for each host:
#   ansible all --become --one-line -m pyfleet.python.audit -a output=summary

- name: Audit a host
  pyfleet.python.audit:
  register: audit

- name: Show each finding with its cure
  ansible.builtin.debug:
    msg: "{{ item.severity }} {{ item.subject }}: {{ item.message }}. {{ item.cure }}"
  loop: "{{ audit.findings | rejectattr('waived') }}"
  loop_control:
    label: "{{ item.id }}"

- name: Fail on findings of high severity, and on incomplete results
  pyfleet.python.audit:
    threshold: high
    fail_on: [fail, incomplete]

- name: Accept known findings, one of them until a date
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

- name: Search for compromised releases of a package, and for nothing else
  pyfleet.python.audit:
    rules: [listed-package]
    listed_packages:
      - name: litellm
        versions: ">=1.82.7,<=1.82.8"
        reason: Both releases send credentials away. Rotate those of the host.

- name: Evaluate only the rules for the EXTERNALLY-MANAGED file, in a mounted image
  pyfleet.python.audit:
    root: /mnt/image
    rules: [marker-removed, marker-altered, marker-diverted, marker-neutralised]
"""

RETURN = r"""
msg:
  description:
    - A one-line summary with the most severe finding, or that there is none.
    - If the task fails because of O(fail_on), with O(output=full) up to ten findings with their cures, one per line.
  returned: always
  type: str
  sample: marker-removed /usr/lib/python3.13/EXTERNALLY-MANAGED and 2 more
verdict:
  description:
    - V(fail) if there is a finding at or above O(threshold) that is not waived.
    - Otherwise V(incomplete) if requested data could not be read, or a rule at or above O(threshold) could not be
      evaluated.
    - Otherwise V(pass).
  returned: always
  type: str
  sample: fail
summary:
  description: The numbers of findings that are not waived.
  returned: always
  type: dict
  sample: {high: 1, medium: 2, low: 0, waived: 1, incomplete: 0}
  contains:
    high:
      description: The number of findings of high severity.
      returned: always
      type: int
      sample: 1
    medium:
      description: The number of findings of medium severity.
      returned: always
      type: int
      sample: 2
    low:
      description: The number of findings of low severity.
      returned: always
      type: int
      sample: 0
    waived:
      description: The number of waived findings of any severity.
      returned: always
      type: int
      sample: 1
    incomplete:
      description: The number of entries of RV(incomplete) that prevent the verdict V(pass).
      returned: always
      type: int
      sample: 0
    rules:
      description: The number of findings by rule.
      returned: when O(output=full)
      type: dict
      sample: {marker-removed: 1}
    installations:
      description: The number of installations that were evaluated.
      returned: when O(output=full)
      type: int
      sample: 3
    environments:
      description: The number of environments that were evaluated.
      returned: when O(output=full)
      type: int
      sample: 12
findings:
  description: All findings including waived ones, the most severe first.
  returned: when O(output=full)
  type: list
  elements: dict
  contains:
    id:
      description: An identifier of rule and subject that does not change between runs.
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
      description: The subject of the finding, usually a path.
      returned: success
      type: str
      sample: /usr/lib/python3.13/EXTERNALLY-MANAGED
    message:
      description: The problem.
      returned: success
      type: str
      sample: >-
        the EXTERNALLY-MANAGED file of /usr/bin/python3.13 is missing: pip can write into the directories of the system's
        packages
    evidence:
      description: The evidence for the finding.
      returned: success
      type: list
      elements: str
      sample: [shipped by libpython3.13-stdlib 3.13.5-2 (dpkg)]
    cure:
      description: The command to run or the change to make.
      returned: success
      type: str
      sample: apt-get install --reinstall libpython3.13-stdlib
    waived:
      description: The reason of the waiver; empty if it is not waived.
      returned: success
      type: str
      sample: ""
incomplete:
  description: What could not be read, was skipped, or could not be evaluated.
  returned: when O(output=full)
  type: list
  elements: dict
  sample: [{path: /srv/data, code: permission, reason: permission denied, blocking: true}]
  contains:
    path:
      description: The path or rule.
      returned: success
      type: str
      sample: /srv/data
    code:
      description: A code for programs; V(undecided) if a rule could not be evaluated.
      returned: success
      type: str
      sample: permission
    reason:
      description: The reason.
      returned: success
      type: str
      sample: permission denied
    blocking:
      description: Whether the entry prevents the verdict V(pass). Intentional omissions do not.
      returned: success
      type: bool
      sample: true
facts:
  description: What M(pyfleet.python.python_facts) returns as RV(pyfleet.python.python_facts#module:ansible_facts.pyfleet_python).
  returned: when O(inventory) is not V(none)
  type: dict
  sample: {installations: [], environments: []}
problem:
  description: The error in an option.
  returned: when an option can't be meant so
  type: dict
  sample:
    code: bad-option
    option: rules
    message: "rules names a rule that does not exist: marker-gone"
    hint: Did you mean marker-removed?
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.audit_options import read_policy
from ..module_utils._ansible.open_host import open_host
from ..module_utils._ansible.scan_options import read_request
from ..module_utils._scan.audit_pipeline import run_audit, select_subsets
from ..module_utils._scan.judge.policy import POLICY_ARGUMENTS
from ..module_utils._scan.scan_request import INVENTORY_SUBSETS, SCAN_ARGUMENTS
from ..module_utils._scan.serialize.audit_result import serialize_audit

OUTPUT = {
    "fail_on": {
        "type": "list",
        "elements": "str",
        "choices": ["fail", "incomplete"],
        "default": [],
    },
    "output": {"type": "str", "choices": ["full", "summary"], "default": "full"},
    "inventory": {
        "type": "str",
        "choices": list(INVENTORY_SUBSETS),
        "default": "none",
    },
}


def main() -> None:
    """Scan, judge and return the findings; fail where ``fail_on`` says so."""
    module = AnsibleModule(
        argument_spec={**SCAN_ARGUMENTS, **POLICY_ARGUMENTS, **OUTPUT},
        supports_check_mode=True,
    )
    policy = read_policy(module)
    inventory = module.params["inventory"]
    request = read_request(module, select_subsets(policy, inventory))
    with open_host(module) as host:
        audit, facts = run_audit(host, request, policy, inventory)
    failed = audit.verdict in module.params["fail_on"]
    result = serialize_audit(audit, module.params["output"], failed)
    if facts is not None:
        result["facts"] = facts
    if failed:
        module.fail_json(**result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
