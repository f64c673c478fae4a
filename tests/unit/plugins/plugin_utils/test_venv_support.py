# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role venv_support installs, and why it fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

yaml = pytest.importorskip("yaml", reason="checked on a controller's Python")

from ansible_collections.pyfleet.python.plugins.plugin_utils.venv_support import (
    VenvSupportOptions,
    VenvSupportPlan,
    describe_missing,
    find_untrusted,
    plan_venv_support,
)

TABLE = (
    Path(__file__).resolve().parents[4]
    / "roles/venv_support/vars/main/distributions.yml"
)
PACKAGES = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["__venv_support_packages"]


def python(
    version: str, manager: str = "dpkg", lacks: str = "", **others: Any
) -> Dict[str, Any]:
    """Return an installation; ``lacks`` is the package with what venv needs."""
    minor = ".".join(version.split(".")[:2])
    return {
        "path": "/usr/bin/python" + minor,
        "version": version,
        "package": {"name": "python3", "manager": manager},
        "venv": {
            "usable": not lacks,
            "because": "ensurepip is not there",
            "missing_package": lacks,
        },
        "packages": [],
        "trusted": True,
        "trusted_because": [],
        **others,
    }


def plan(
    *installations: Dict[str, Any], system: str = "3.13", **options: Any
) -> VenvSupportPlan:
    commands = [{"path": "/usr/bin/python3", "target": "/usr/bin/python" + system}]
    given = {
        "versions": [],
        "pip": False,
        "virtualenv": False,
        "packages": PACKAGES,
        **options,
    }
    facts = {"installations": list(installations), "commands": commands}
    return plan_venv_support(facts, VenvSupportOptions(**given))


def test_nothing_is_missing_where_venv_works() -> None:
    found = plan(python("3.13.5"))
    assert (found.missing, found.errors, [row["version"] for row in found.pythons]) == (
        [],
        [],
        ["3.13.5"],
    )


@pytest.mark.parametrize(
    ("installations", "missing"),
    [
        ([python("3.11.2", lacks="python3.11-venv"), python("3.13.5", lacks="python3.13-venv")],
         ["python3-venv", "python3.11-venv"]),
        ([python("3.11.2", lacks="python3.11-venv"), python("3.13.5")], ["python3.11-venv"]),
        ([python("3.13.5", "rpm", lacks="python-pip-wheel")], ["python-pip-wheel"]),
    ],
    ids=["the system's own first", "another minor", "the name that python_facts gives"],
)  # fmt: skip
def test_packages_that_venv_lacks(
    installations: List[Dict[str, Any]], missing: List[str]
) -> None:
    assert plan(*installations).missing == missing


def test_only_the_requested_versions_count() -> None:
    rows = [
        python("3.11.2", lacks="python3.11-venv"),
        python("3.13.5", lacks="python3.13-venv"),
    ]
    found = plan(*rows, versions=["3.11"])
    assert (found.missing, [row["version"] for row in found.broken]) == (
        ["python3.11-venv"],
        ["3.11.2"],
    )


def test_a_version_is_no_prefix_of_another() -> None:
    found = plan(python("3.1.5"), python("3.13.5"), versions=["3.1"])
    assert [row["version"] for row in found.pythons] == ["3.1.5"]


@pytest.mark.parametrize(
    ("manager", "present", "missing"),
    [
        ("dpkg", [], ["python3-pip", "python3-virtualenv"]),
        ("dpkg", ["pip"], ["python3-virtualenv"]),
        ("pacman", ["pip", "virtualenv"], []),
    ],
)
def test_tools_are_installed_where_they_are_not(
    manager: str, present: List[str], missing: List[str]
) -> None:
    packages = [{"name": name, "version": "1"} for name in present]
    row = python("3.13.5", manager, packages=packages)
    assert plan(row, pip=True, virtualenv=True).missing == missing


def test_homebrew_has_pip_already_and_no_virtualenv() -> None:
    row = python("3.13.5", "homebrew")
    assert plan(row, pip=True).errors == []
    assert plan(row, virtualenv=True).errors == [
        "This role has no package of virtualenv for homebrew: remove venv_support_virtualenv."
    ]


ERRORS: List[Tuple[List[Dict[str, Any]], Dict[str, Any], str]] = [
    ([], {}, "No package manager that this role supports (apk, dpkg, homebrew, pacman, rpm) has installed a Python"),
    ([python("3.13.5", "uv")], {}, "No package manager that this role supports"),
    ([python("2.7.18")], {}, "No package manager that this role supports"),
    ([python("3.13.5")], {"versions": ["3.99"]}, "has installed Python 3.99 on this host, which has 3.13"),
    ([python("3.13.5", venv={"usable": False, "because": "ensurepip is damaged", "missing_package": ""})], {},
     "`/usr/bin/python3.13 -m venv` fails, and no package that is missing would repair it: ensurepip is damaged."),
    ([python("3.13.5", venv={"usable": False, "because": "python3.13-venv is installed: reinstall it",
                             "missing_package": "python3.13-venv"})], {}, "reinstall it"),
]  # fmt: skip


@pytest.mark.parametrize(("installations", "options", "message"), ERRORS)
def test_errors(
    installations: List[Dict[str, Any]], options: Dict[str, Any], message: str
) -> None:
    (error,) = plan(*installations, **options).errors
    assert message in error


def test_unknown_is_not_broken() -> None:
    row = python(
        "3.13.5",
        venv={"usable": None, "because": "not readable", "missing_package": ""},
    )
    assert plan(row).missing == plan(row).errors == []


def test_what_is_missing_is_told_with_what_fails() -> None:
    text = describe_missing(plan(python("3.13.5", lacks="python3.13-venv")))
    assert text == "`/usr/bin/python3.13 -m venv` fails: python3-venv is not installed."


def test_a_python_that_others_can_alter_is_named() -> None:
    row = python("3.13.5", trusted=False, trusted_because=["/usr is writable"])
    assert list(find_untrusted(plan(row))) == [
        "/usr/bin/python3.13 is not run, as others can alter it: /usr is writable."
    ]
