# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's own main() in this process, with real arguments, and gives what it would print."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping

import pytest

testing = pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)


def run(module: Any, capsys: Any, arguments: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the result of a module, ``failed`` included."""
    with testing.patch_module_args(dict(arguments)), pytest.raises(SystemExit):
        module.main()
    return json.loads(capsys.readouterr().out)
