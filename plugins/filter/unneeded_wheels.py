# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: unneeded_wheels
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Find the wheels of a wheelhouse that no release needs
description:
  - Returns the wheels of a list whose version no record names. M(pyfleet.python.venv) writes a record into each
    release, C(.pyfleet.json).
positional: records
options:
  _input:
    description: Names of wheels.
    type: list
    elements: str
    required: true
  records:
    description: The texts of records. A text that is not JSON keeps no wheel.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Show which wheels can be removed
  ansible.builtin.debug:
    msg: "{{ ['rich-13.0-py3-none-any.whl', 'rich-14.0-py3-none-any.whl'] | pyfleet.python.unneeded_wheels(records) }}"
  vars:
    records: ['{"packages": {"rich": "14.0"}}']
"""

RETURN = r"""
_value:
  description: The names of the wheels to remove.
  type: list
  elements: str
"""

import json
from typing import Any, Callable, Iterable, Iterator, Mapping

from ansible_collections.pyfleet.python.plugins.module_utils._scan.pep440 import compare
from ansible_collections.pyfleet.python.plugins.module_utils._scan.project_name import (
    canonicalize_name,
)


def unneeded_wheels(names: Iterable[str], records: Iterable[str]) -> list[str]:
    """Return the names of wheels that no record needs."""
    needed: dict[str, list[str]] = {}
    for name, version in _recorded(records):
        needed.setdefault(name, []).append(version)
    return [name for name in names if not _is_needed(name, needed)]


def _is_needed(wheel: str, needed: Mapping[str, list[str]]) -> bool:
    name, _dash, rest = wheel.partition("-")
    version = rest.partition("-")[0]
    return any(
        version == each or compare(version, each) == 0
        for each in needed.get(canonicalize_name(name), ())
    )


def _recorded(records: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in records:
        try:
            packages = json.loads(text)["packages"].items()
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        yield from (
            (name, version) for name, version in packages if isinstance(version, str)
        )


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"unneeded_wheels": unneeded_wheels}
