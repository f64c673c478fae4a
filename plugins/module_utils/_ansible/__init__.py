# SPDX-License-Identifier: GPL-3.0-or-later
"""All of the shared code that imports Ansible."""
