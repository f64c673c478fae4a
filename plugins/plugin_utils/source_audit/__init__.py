# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find in a repository what brings ``externally-managed-environment``, or damage to the system's Python, to hosts.

Runs on the controller, without Ansible: as a program, in the module ``source_audit`` and in a rule of ansible-lint.
"""
