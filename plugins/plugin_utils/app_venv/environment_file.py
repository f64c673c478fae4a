# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file with the variables of an application, which systemd and POSIX shells read alike."""

from __future__ import annotations

from typing import Any, Mapping

_HEADER = "# Written by Ansible (pyfleet.python.app_venv); changes made here are overwritten.\n"
_ESCAPED = '\\"$`'  # the backslash first


def render_environment_file(variables: Mapping[str, Any]) -> str:
    """Return the text of an environment file (systemd.exec(5), EnvironmentFile=)."""
    lines = [_HEADER]
    for key, value in variables.items():
        lines.append(f'{key}="{_escape(_spell(value))}"\n')
    return "".join(lines)


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _escape(text: str) -> str:
    for character in _ESCAPED:
        text = text.replace(character, "\\" + character)
    return text
