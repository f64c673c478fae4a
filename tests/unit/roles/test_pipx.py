# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role `pipx` on the controller: its validation, its plan, its judgement of results."""

from __future__ import annotations

import sys
from typing import Any, Dict, Optional

import pytest

if sys.version_info < (3, 11):
    pytest.skip("runs on controllers only", allow_module_level=True)

from ansible_collections.pyfleet.python.plugins.filter.pipx_role_plan import (
    pipx_role_plan,
)
from ansible_collections.pyfleet.python.plugins.filter.pipx_role_problems import (
    pipx_role_problems,
)

EVERYONE = {
    "user": "",
    "home": "",
    "shell": "/bin/sh",
    "bin_directory": "/usr/local/bin",
    "environment": "/opt/pipx-environment",
    "has_environment": False,
}
ALICE = {
    "user": "alice",
    "home": "/home/alice",
    "shell": "/bin/bash",
    "bin_directory": "/home/alice/.local/bin",
    "environment": "/home/alice/.local/share/pipx-environment",
    "has_environment": False,
}
APT = {
    "manager": "apt",
    "package": "pipx",
    "command": "/usr/bin/pipx",
    "brew": "",
    "installed": "",
    "candidate": "1.7.1",
    "candidate_known": True,
    "may_install": True,
}
NONE = {
    **APT,
    "manager": "",
    "package": "",
    "command": "",
    "candidate": "",
    "may_install": False,
}


def facts(
    package: Optional[Dict[str, Any]] = None,
    place: Optional[Dict[str, Any]] = None,
    **more: Any,
) -> Dict[str, Any]:
    values = {
        "unknown_users": [],
        "users_without_home": [],
        "root": True,
        "user": "root",
        **more,
    }
    chosen = APT if package is None else package
    return {
        "package": chosen,
        "places": [EVERYONE if place is None else place],
        **values,
    }


def apt(**changes: Any) -> Dict[str, Any]:
    return {**APT, **changes}


@pytest.mark.parametrize(
    ("options", "host", "sentence"),
    [
        ({"minimum_version": "new"}, {}, "pipx_minimum_version is not a version: new"),
        ({"users": ["alice"]}, {}, "set pipx_scope to user, or leave pipx_users out"),
        (
            {"version": "1.6", "source": "distribution"},
            {},
            "pipx_version needs an environment",
        ),
        (
            {"apps": [{"version": "1"}]},
            {},
            "An application in pipx_apps has no name, only version: add its name.",
        ),
        (
            {"apps": [{"name": "black", "user": "bob"}]},
            {},
            "black in pipx_apps has a scope, user or executable",
        ),
        (
            {},
            {"root": False},
            "Only root can manage pipx for everyone: set `become: true`",
        ),
        (
            {"scope": "user"},
            {"unknown_users": ["a", "b"]},
            "This host has no user a and b: create the account first",
        ),
        (
            {"scope": "user", "users": ["root"]},
            {"root": False, "user": "alice"},
            "of another user, here root",
        ),
        (
            {"scope": "user"},
            {"users_without_home": ["alice"]},
            "The home of alice does not exist: create it first.",
        ),
        (
            {"source": "distribution"},
            {"package": NONE},
            "No package of pipx is known for this host",
        ),
        (
            {"source": "distribution"},
            {"package": apt(manager="brew")},
            "Homebrew does not run as root",
        ),
        (
            {"source": "distribution"},
            {"package": apt(may_install=False)},
            "Only root can install pipx with apt",
        ),
        (
            {"source": "distribution", "minimum_version": "99"},
            {},
            "apt has pipx 1.7.1, and pipx_minimum_version is 99",
        ),
        (
            {"source": "distribution"},
            {"package": apt(candidate="")},
            "apt has no pipx, and",
        ),
    ],
)
def test_validation(options: Any, host: Any, sentence: str) -> None:
    (error,) = pipx_role_plan(facts(**host), options)["errors"]
    assert sentence in error


@pytest.mark.parametrize(
    ("options", "package"),
    [
        ({"source": "distribution"}, apt()),
        (
            {"source": "distribution"},
            apt(candidate="", candidate_known=False),
        ),  # apt has never updated its lists
        ({"source": "distribution"}, apt(installed="1.1.0", may_install=False)),
        ({"source": "distribution", "state": "absent"}, NONE),
        ({"source": "environment"}, NONE),
        ({"apps": [{"name": "black"}], "version": "1.18.*"}, NONE),
    ],
)
def test_what_passes_validation(options: Any, package: Any) -> None:
    assert pipx_role_plan(facts(package), options)["errors"] == []


@pytest.mark.parametrize(
    ("options", "package", "has_environment", "installs", "executable"),
    [
        ({}, apt(), False, True, "/usr/bin/pipx"),
        ({}, apt(installed="1.7.1"), False, False, "/usr/bin/pipx"),
        ({}, apt(candidate="0.12.3"), False, False, "/usr/local/bin/pipx"),
        (
            {"minimum_version": "1.8"},
            apt(installed="1.7.1", candidate="1.7.1"),
            False,
            False,
            "/usr/local/bin/pipx",
        ),
        ({}, apt(may_install=False), False, False, "/usr/local/bin/pipx"),
        ({}, apt(candidate="", candidate_known=False), False, True, "/usr/bin/pipx"),
        ({}, apt(installed="1.7.1"), True, False, "/usr/local/bin/pipx"),
        (
            {"source": "distribution"},
            apt(installed="1.7.1"),
            True,
            False,
            "/usr/bin/pipx",
        ),
        (
            {"source": "environment"},
            apt(installed="1.7.1"),
            False,
            False,
            "/usr/local/bin/pipx",
        ),
    ],
)
def test_where_pipx_comes_from(
    options: Any, package: Any, has_environment: bool, installs: bool, executable: str
) -> None:
    plan = pipx_role_plan(
        facts(package, {**EVERYONE, "has_environment": has_environment}), options
    )
    assert (plan["install_package"], plan["places"][0]["executable"]) == (
        installs,
        executable,
    )
    states = [row["state"] for row in plan["environments"]]
    uses_package = executable == "/usr/bin/pipx"
    expected = ["present"]
    if uses_package:
        expected = ["absent"] if has_environment else []
    assert states == expected


def test_the_installed_pipx_is_verified_and_not_the_one_that_would_be_installed() -> (
    None
):
    old = facts(apt(installed="1.1.0", candidate="1.1.0"))
    options = {"minimum_version": "1.6"}
    assert (
        pipx_role_plan(old, options)["places"][0]["executable"] == "/usr/local/bin/pipx"
    )
    assert (
        pipx_role_plan(old, options, current=True)["places"][0]["executable"]
        == "/usr/bin/pipx"
    )


@pytest.mark.parametrize(
    ("version", "requirement"),
    [
        ("", "pipx>=1.0"),
        ("1.18.*", "pipx==1.18.*"),
        (">=1.16,<2", "pipx>=1.16,<2"),
        ("~=1.7", "pipx~=1.7"),
    ],
)
def test_the_environment_of_pipx(version: str, requirement: str) -> None:
    options = {"source": "environment", "version": version, "index": {"no_index": True}}
    (row,) = pipx_role_plan(facts(place=ALICE), options)["environments"]
    assert row == {
        "path": "/home/alice/.local/share/pipx-environment",
        "links": [{"name": "pipx", "directory": "/home/alice/.local/bin"}],
        "packages": [requirement],
        "state": "present",
        "owner": "alice",
        "no_index": True,
    }


def test_every_application_is_in_every_place() -> None:
    apps = [
        {"name": "black", "state": "latest", "index_url": "https://own"},
        {"name": "old", "state": "absent"},
    ]
    options = {"apps": apps, "index": {"index_url": "https://all", "timeout": 5}}
    plan = pipx_role_plan(facts(place=ALICE), options)
    place = {
        "scope": "user",
        "user": "alice",
        "executable": "/usr/bin/pipx",
        "timeout": 5,
    }
    black = {**place, "name": "black", "state": "latest", "index_url": "https://own"}
    old = {**place, "name": "old", "state": "absent", "index_url": "https://all"}
    assert plan["applications"] == [black, old]
    assert plan["applications_without_index"] == [{**black, "state": "present"}, old]


def test_check_mode_predicts_for_users_that_an_earlier_task_creates() -> None:
    options = {"scope": "user", "users": ["alice", "bob"], "apps": [{"name": "black"}]}
    host = facts(apt(installed="1.7.1"), ALICE, unknown_users=["bob"])
    assert pipx_role_plan(host, options)["errors"]
    plan = pipx_role_plan(host, {**options, "check_mode": True})
    assert plan["errors"] == []
    assert [row["user"] for row in plan["applications"]] == ["alice", "bob"]
    assert [row["user"] for row in plan["places"]] == ["alice"]
    assert pipx_role_plan(
        {**host, "root": False, "user": "alice"}, {**options, "check_mode": True}
    )["errors"]


def test_removal_names_applications_and_nothing_else_of_them() -> None:
    apps = [{"name": "black[d]>=24", "suffix": "_1", "inject": ["six"], "pin": True}]
    plan = pipx_role_plan(
        facts(apt(installed="1.7.1")), {"state": "absent", "apps": apps}
    )
    place = {"scope": "global", "executable": "/usr/bin/pipx"}
    assert plan["applications_without_index"] == [
        {**place, "name": "black[d]>=24", "suffix": "_1", "state": "absent"}
    ]
    assert plan["application_names"] == ["black"]


@pytest.mark.parametrize(
    ("options", "package", "removes"),
    [
        ({}, apt(installed="1.7.1"), True),
        ({"source": "environment"}, apt(installed="1.7.1"), False),
        ({"scope": "user"}, apt(installed="1.7.1"), False),
        ({"scope": "user"}, apt(installed="1.7.1", manager="brew"), True),
        ({}, apt(installed="1.7.1", may_install=False), False),
        ({}, apt(), False),
    ],
)
def test_which_package_is_removed(options: Any, package: Any, removes: bool) -> None:
    plan = pipx_role_plan(facts(package), {"state": "absent", **options})
    assert plan["removes_package"] is removes
    assert plan["remaining"] == (["/usr/bin/pipx"] if removes else [])


CHECKED = {
    "user": "alice",
    "executable": "/x/pipx",
    "version": "1.7.1",
    "output": "1.7.1",
    "on_path": True,
}


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (
            {"files": ["/home/alice/.bashrc"]},
            "/home/alice/.bashrc is not in its requested state.",
        ),
        (
            {"places": [{**CHECKED, "version": "", "output": "no Python"}]},
            "/x/pipx does not run: no Python",
        ),
        (
            {"places": [{**CHECKED, "version": "1.1.0"}]},
            "/x/pipx is pipx 1.1.0, and pipx_minimum_version is 1.6.",
        ),
        (
            {"places": [{**CHECKED, "on_path": False}]},
            "A login shell of alice does not search",
        ),
        (
            {
                "apps": [
                    {
                        "name": "black",
                        "suffix": "_1",
                        "changed": True,
                        "repaired": "its interpreter is gone",
                    }
                ]
            },
            "black_1 is not in its requested state: its interpreter is gone",
        ),
    ],
)
def test_verification(result: Any, sentence: str) -> None:
    (problem,) = pipx_role_problems(
        [result, {"skipped": True}], {"minimum_version": "1.6"}
    )
    assert problem.startswith(sentence)


def test_verification_finds_nothing_wrong() -> None:
    sound = {"name": "black", "suffix": "", "changed": False, "repaired": ""}
    results = [{"files": []}, {"places": [CHECKED]}, {"apps": [sound]}]
    assert pipx_role_problems(results, {"minimum_version": "1.6"}) == []
    unchecked = [{"places": [{**CHECKED, "on_path": False}]}]
    assert pipx_role_problems(unchecked, {"ensure_path": False}) == []
