# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option table of venv agrees with everything that is not made from it."""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._venv.inputs import (
    read_inputs,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.rebuild_list import (
    OPTIONS as LIST_OPTIONS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import (
    OPTIONS,
    EnvironmentSpec,
    Option,
)

yaml = pytest.importorskip("yaml")
COLLECTION = Path(__file__).resolve().parents[5]
ROWS = {row.name: row for row in OPTIONS}
#: Another value of each option that is part of the digest.
CHANGED: dict[str, Any] = {"str": "x", "path": "/x", "bool": True, "list": ("x",)}
#: Files are read as the owner, who has to exist.
ACCOUNT = {
    "owner": pwd.getpwuid(os.geteuid()).pw_name,
    "group": grp.getgrgid(os.getegid()).gr_name,
}


def role_options() -> dict[str, Any]:
    specs = yaml.safe_load(
        (COLLECTION / "roles/app_venv/meta/argument_specs.yml").read_text()
    )
    options: dict[str, Any] = specs["argument_specs"]["main"]["options"][
        "app_venv_apps"
    ]["options"]
    return options


def test_each_option_has_a_field_and_each_field_an_option() -> None:
    assert tuple(row.name for row in OPTIONS) == EnvironmentSpec._fields


@pytest.mark.parametrize("row", OPTIONS, ids=lambda row: row.name)
def test_a_field_has_the_default_of_its_option(row: Option) -> None:
    default = EnvironmentSpec._field_defaults.get(row.name)
    if row.default is None:
        assert default in ("", None)
    else:
        assert default == row.default


@pytest.mark.parametrize(
    "row", [row for row in OPTIONS if row.in_role], ids=lambda row: row.name
)
def test_the_role_has_the_option_with_the_same_type_and_choices(row: Option) -> None:
    found = role_options()[row.name]
    argument = row.argument()
    assert found["type"] == argument["type"]
    assert found.get("elements") == argument.get("elements")
    assert found.get("choices") == argument.get("choices")


def test_the_role_has_no_option_of_the_table_that_it_does_not_hand_on() -> None:
    own = {"release"}  # an entry point of its own takes it
    assert (
        not (set(role_options()) & {row.name for row in OPTIONS if not row.in_role})
        - own
    )


@pytest.mark.parametrize("row", OPTIONS, ids=lambda row: row.name)
def test_the_digest_holds_the_options_that_decide_the_contents(row: Option) -> None:
    if row.type not in CHANGED:
        assert not row.is_content
        return
    value = (
        not row.default
        if row.type == "bool"
        else ACCOUNT.get(row.name, CHANGED[row.type])
    )
    spec = EnvironmentSpec("/srv/venv")
    with Host() as host:
        before = read_inputs(host, spec).digest
        after = (
            read_inputs(host, spec._replace(**{row.name: value})).digest
            if row.name != "links"
            else before
        )
    assert (before != after) is row.is_content


def test_a_list_of_environments_takes_no_option_of_one_run() -> None:
    assert set(LIST_OPTIONS) == {row.name for row in OPTIONS if row.in_rebuild_list}
    assert not {"state", "release", "verify", "build_environment"} & set(LIST_OPTIONS)
    assert {"path", "packages", "lock", "links", "health_check", "owner"} <= set(
        LIST_OPTIONS
    )
