# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation alone: the code runs on the controller, in plugins/action.

from __future__ import annotations

DOCUMENTATION = r"""
module: source_audit
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Find what in a repository causes the error externally-managed-environment on hosts
description:
  - Reads Containerfiles, shell scripts, workflows of GitHub Actions, pipelines of GitLab CI, playbooks, roles and the
    configuration files of pip and uv, and reports what fails with C(externally-managed-environment) (PEP 668) or
    damages the system's Python on the hosts. Each finding has a cure.
  - Runs on the controller and changes nothing. Nothing of the repository is run or imported.
  - "A finding is waived by a comment on its line or before it: C(# pyfleet: ignore[RULE] REASON)."
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
requirements:
  - On the controller Python 3.11, and the Python packages C(tree-sitter) and C(tree-sitter-bash) for shell commands,
    also C(tree-sitter-containerfile) for Containerfiles, and C(ruamel.yaml) for YAML. Without one of them the files
    that need it are in RV(incomplete).
options:
  path:
    description: Files or directories on the controller. Relative paths start at the current directory of Ansible.
    type: list
    elements: str
    default: [.]
  exclude:
    description: Glob patterns of paths that are left out, or names of directories, such as V(tests/fixtures).
    type: list
    elements: str
    default: []
  fail_on:
    description:
      - The verdicts that make the task fail. A failing task returns all results.
    type: list
    elements: str
    choices: [fail, incomplete]
    default: []
seealso:
  - module: pyfleet.python.audit
"""

EXAMPLES = r"""
- name: Read the repository in the current directory
  pyfleet.python.source_audit:
  register: source

- name: Fail for every finding, and for what cannot be judged
  pyfleet.python.source_audit:
    path: [roles, playbooks, Dockerfile]
    exclude: [tests/fixtures]
    fail_on: [fail, incomplete]
"""

RETURN = r"""
verdict:
  description: V(fail) with a finding that is not waived, V(incomplete) if something could not be judged, else V(pass).
  returned: always
  type: str
  sample: fail
msg:
  description: One line for a person.
  returned: always
  type: str
  sample: "fail: 1 finding, 2 waived in 34 files"
files:
  description: The number of files that were read.
  returned: always
  type: int
  sample: 34
findings:
  description: What was found, sorted by path and line.
  returned: always
  type: list
  elements: dict
  contains:
    rule:
      description: The rule.
      returned: always
      type: str
      sample: pip-on-marked-python
    severity:
      description: V(high) or V(medium), fixed for each rule.
      returned: always
      type: str
      sample: high
    path:
      description: The file.
      returned: always
      type: str
      sample: Dockerfile
    line:
      description: The line, counted from 1.
      returned: always
      type: int
      sample: 3
    end_line:
      description: The last line of the command or task.
      returned: always
      type: int
      sample: 4
    message:
      description: What is wrong.
      returned: always
      type: str
      sample: pip install fails on debian:12, whose Python is externally managed (PEP 668).
    evidence:
      description: The command or line.
      returned: always
      type: str
      sample: pip3 install flask
    cure:
      description: What to do instead.
      returned: always
      type: str
      sample: Install into a virtual environment in the image, or build the image with the role app_venv.
    waived:
      description: Whether a comment waives it.
      returned: always
      type: bool
      sample: false
    reason:
      description: The reason of the waiver; empty without one.
      returned: always
      type: str
      sample: ""
incomplete:
  description: What could not be judged.
  returned: always
  type: list
  elements: dict
  contains:
    path:
      description: The file.
      returned: always
      type: str
      sample: site.yml
    line:
      description: The line, and V(0) for the whole file.
      returned: always
      type: int
      sample: 7
    reason:
      description: Why, in one sentence.
      returned: always
      type: str
      sample: Install the Python package ruamel.yaml on the controller to judge YAML files.
unknown_bases:
  description: Calls of pip that fail or not depending on an image or runner that is not known. They do not affect
    the verdict.
  returned: always
  type: list
  elements: dict
  contains:
    path:
      description: The file.
      returned: always
      type: str
      sample: Dockerfile
    line:
      description: The line of the call.
      returned: always
      type: int
      sample: 5
    image:
      description: The image or runner.
      returned: always
      type: str
      sample: registry.example.com/base:1
"""
