# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the source audit over this repository, and its rule of ansible-lint over a playbook that breaks its rules."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from sync_tree import ROOT

COLLECTION = ROOT / ".build/collections/ansible_collections/pyfleet/python"
PROGRAM = "ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit"
PLAYBOOK = """---
- name: Tools
  hosts: all
  environment:
    UV_BREAK_SYSTEM_PACKAGES: "1"
  tasks:
    - name: Override
      ansible.builtin.pip:
        name: docker
        break_system_packages: true
      environment: {}

    - name: Delete the file
      ansible.builtin.file:
        path: /usr/lib/python3.13/EXTERNALLY-MANAGED
        state: absent

    - name: Become root
      ansible.builtin.shell: |
        sudo pip3 install docker # pyfleet: ignore[sudo-pip] to see that a waiver counts
      changed_when: true

- name: Libraries
  hosts: all
  tasks:
    - name: Install
      ansible.builtin.pip:
        name: docker
"""
EXPECTED = [
    "break-system-packages",
    "break-system-packages-setting",
    "marker-removed",
    "pip-without-virtualenv",
]


def audit_repository() -> int:
    """Return the exit status of the program over this repository: everything in it is waived."""
    command = [
        sys.executable,
        "-m",
        PROGRAM,
        "--exclude",
        ".build",
        "--exclude",
        ".venv",
        ".",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / ".build/collections")}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def lint_playbook() -> list[str]:
    """Return the rules that ansible-lint reports for the playbook, with the directory of rules of the collection."""
    with tempfile.TemporaryDirectory() as directory:
        playbook = Path(directory) / "site.yml"
        playbook.write_text(PLAYBOOK, encoding="utf-8")
        rules = str(COLLECTION / "extensions/ansible_lint_rules")
        command = [
            "ansible-lint",
            "--offline",
            "--nocolor",
            "--format",
            "pep8",
            "-R",
            "-r",
            rules,
            playbook.name,
        ]
        done = subprocess.run(
            command, cwd=directory, check=False, capture_output=True, text=True
        )
    lines = [line for line in done.stdout.splitlines() if "pyfleet[" in line]
    if not lines:
        sys.stderr.write(done.stdout + done.stderr)
    return sorted({line.partition("pyfleet[")[2].partition("]")[0] for line in lines})


def main() -> int:
    """Return 0 where the repository passes and ansible-lint reports what it should."""
    status = audit_repository()
    reported = lint_playbook()
    if reported != EXPECTED:
        print(f"ansible-lint reports {reported}, expected {EXPECTED}")
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
