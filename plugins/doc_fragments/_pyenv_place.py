# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules of the role pyenv; the pair of PLACE_ARGUMENTS in module_utils/_ansible/pyenv_host_modules.py."""

from __future__ import annotations


class ModuleDocFragment:
    """Whose pyenv it is, and where."""

    DOCUMENTATION = r"""
options:
  user:
    description: The user who owns the pyenv root. If empty, all users if root runs the task, otherwise the caller.
    type: str
    default: ""
  root:
    description: The root. If empty, C(/opt/pyenv) for everyone, and C(~/.pyenv) of a user.
    type: str
    default: ""
"""
