# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that write the result of a host; the pair of plugin_utils/python_audit/host_action.py."""

from __future__ import annotations


class ModuleDocFragment:
    """Where the result of a host goes."""

    DOCUMENTATION = r"""
options:
  results:
    description:
      - The directory on the controller for the results, one file for each host. It is created for its owner alone.
      - If empty, nothing is written.
    type: path
    default: ""
  resume:
    description:
      - Whether to continue the run whose results are in O(results). Hosts that have a verdict there are skipped.
    type: bool
    default: false
"""
