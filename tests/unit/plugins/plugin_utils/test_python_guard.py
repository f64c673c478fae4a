# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role python_guard removes on a host, and what it leaves to a person."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("ansible", reason="runs on a controller")

from ansible_collections.pyfleet.python.plugins.plugin_utils.python_guard.plan import (
    make_plan,
)


def pip_file(
    path: str, scope: str, user: str = "", section: str = "global", value: str = "true"
) -> dict[str, Any]:
    settings = [
        {"section": section, "option": "timeout", "value": "5"},
        {"section": section, "option": "break-system-packages", "value": value},
    ]
    return {
        "path": path,
        "scope": scope,
        "user": user,
        "error": "",
        "settings": settings,
    }


def facts(
    files: Any = (), uv_files: Any = (), variables: Any = (), throwaway: bool = False
) -> dict[str, Any]:
    signs = [
        {"kind": "container", "evidence": "/run/.containerenv"},
        {"kind": "disposable", "evidence": "GITHUB_ACTIONS=true"},
    ]
    return {
        "context": {"throwaway": throwaway, "signs": signs},
        "pip_config": {
            "files": list(files),
            "uv_files": list(uv_files),
            "variables": list(variables),
        },
    }


def variable(name: str, source: str, value: str = "1") -> dict[str, str]:
    return {
        "name": name,
        "source": source,
        "value": value,
        "scope": "login",
        "user": "",
    }


def test_a_throwaway_host_is_left_alone_with_the_evidence() -> None:
    host = facts([pip_file("/etc/pip.conf", "global")], throwaway=True)
    plan = make_plan(host, "skip", "absent")
    assert (
        plan.skipped == "the host is thrown away after use: GITHUB_ACTIONS=true"
        and not plan.settings
    )
    assert make_plan(host, "enforce", "absent").settings


@pytest.mark.parametrize(
    ("file", "options"),
    [
        (
            pip_file("/etc/pip.conf", "global"),
            {"tool": "pip", "scope": "global", "section": "global"},
        ),
        (
            pip_file("/home/a/.config/pip/pip.conf", "user", "a", "install", "Yes"),
            {"tool": "pip", "scope": "user", "user": "a", "section": "install"},
        ),
        (
            pip_file("/usr/pip.conf", "site"),
            {"tool": "pip", "scope": "site", "prefix": "/usr", "section": "global"},
        ),
    ],
)
def test_each_file_becomes_a_call_of_pip_config(
    file: dict[str, Any], options: dict[str, str]
) -> None:
    plan = make_plan(facts([file]), "skip", "absent")
    assert (
        plan.settings
        == [{**options, "key": "break-system-packages", "state": "absent"}]
        and not plan.manual
    )


def test_what_is_off_is_no_override() -> None:
    host = facts([pip_file("/etc/pip.conf", "global", value="false")])
    assert not make_plan(host, "skip", "absent").settings


def test_a_file_that_only_a_variable_names_is_left_to_a_person() -> None:
    plan = make_plan(facts([pip_file("/srv/pip.conf", "env")]), "skip", "absent")
    assert (
        plan.manual == ["Remove [global] break-system-packages from /srv/pip.conf."]
        and not plan.settings
    )


def test_files_of_uv() -> None:
    rows = [
        {
            "path": "/etc/uv/uv.toml",
            "scope": "system",
            "user": "",
            "break_system_packages": True,
        },
        {
            "path": "/home/a/.config/uv/uv.toml",
            "scope": "user",
            "user": "a",
            "break_system_packages": True,
        },
        {
            "path": "/srv/uv.toml",
            "scope": "env",
            "user": "",
            "break_system_packages": True,
        },
        {
            "path": "/home/b/.config/uv/uv.toml",
            "scope": "user",
            "user": "b",
            "break_system_packages": None,
        },
    ]
    plan = make_plan(facts(uv_files=rows), "skip", "absent")
    assert [(row["tool"], row["scope"], row.get("user")) for row in plan.settings] == [
        ("uv", "global", None),
        ("uv", "user", "a"),
    ]
    assert plan.manual == ["Remove [pip] break-system-packages from /srv/uv.toml."]


def test_variables_below_etc_are_removed_and_others_named() -> None:
    rows = [
        variable("PIP_BREAK_SYSTEM_PACKAGES", "/etc/environment"),
        variable("UV_BREAK_SYSTEM_PACKAGES", "/home/a/.profile"),
        variable("PIP_BREAK_SYSTEM_PACKAGES", "/etc/profile.d/x.sh", ""),
        variable("PIP_INDEX_URL", "/etc/environment"),
    ]
    plan = make_plan(facts(variables=rows), "skip", "absent")
    assert plan.variables == [
        {"path": "/etc/environment", "name": "PIP_BREAK_SYSTEM_PACKAGES"}
    ]
    assert plan.manual == ["Unset UV_BREAK_SYSTEM_PACKAGES (/home/a/.profile)."]


def test_nothing_is_removed_where_the_override_is_kept() -> None:
    host = facts(
        [pip_file("/etc/pip.conf", "global")],
        variables=[variable("PIP_BREAK_SYSTEM_PACKAGES", "/etc/x")],
    )
    plan = make_plan(host, "skip", "keep")
    assert not (plan.skipped or plan.settings or plan.variables or plan.manual)
