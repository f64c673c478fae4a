# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Misspelt variables of a role."""

from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.pyfleet.python.plugins.plugin_utils.role_variables import (
    find_unknown_variables,
    validate_names,
)

KNOWN = {"app_venv_apps", "app_venv_root"}


def test_a_misspelt_variable_is_named_with_the_right_one() -> None:
    names = [
        "app_venv_aps",
        "app_venv_apps",
        "app_venv_result",
        "__app_venv_plan",
        "application",
        "app_venv",
    ]
    assert list(validate_names("app_venv", KNOWN, names)) == [
        "app_venv_aps is not a variable of the role app_venv: did you mean app_venv_apps?"
    ]


def test_a_variable_like_no_other_is_unknown_too() -> None:
    (error,) = validate_names("app_venv", KNOWN, ["app_venv_x"])
    assert error.endswith("remove it, or rename it to a prefix of your own.")


def test_outside_of_a_role_nothing_is_checked() -> None:
    assert (
        list(find_unknown_variables(SimpleNamespace(_role=None), {"app_venv_aps": []}))
        == []
    )
