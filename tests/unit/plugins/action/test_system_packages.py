# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How roles install packages: through Ansible's modules, with a prediction in check mode and a reason for a failure."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any, Dict, List, Tuple
from unittest.mock import MagicMock

import pytest

if sys.version_info < (3, 11):
    pytest.skip("this runs on a controller's Python", allow_module_level=True)
pytest.importorskip("ansible.plugins.action", reason="needs a whole ansible-core")

from ansible.errors import AnsibleActionFail
from ansible.playbook.block import Block
from ansible.playbook.play import Play
from ansible.playbook.task import Task
from ansible.plugins.action.package import ActionModule as PackageAction

from ansible_collections.pyfleet.python.plugins.action import system_packages
from ansible_collections.pyfleet.python.plugins.modules import (
    system_packages as documented,
)

yaml = pytest.importorskip("yaml", reason="checked on a controller's Python")

Ran = List[Tuple[str, Dict[str, Any]]]

NO_BINDINGS = (
    "python3-apt must be installed to use check mode. If run normally this module can auto-install it, "
    "see the auto_install_module_deps option."
)
NO_LISTS = "No package matching 'pipx' is available"
APT_LOCKED = {
    "failed": True,
    "msg": "'/usr/bin/apt-get -y install 'pipx'' failed: E: Could not get lock /var/lib/dpkg/lock-frontend. "
    "It is held by process 7 (python3)",
    "rc": 100,
    "stderr": "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (python3)\n",
    "stdout": "",
}
PACMAN_LOCKED = {
    "failed": True,
    "msg": "Failed to install package(s)",
    "rc": 1,
    "stderr": "error: failed to init transaction (unable to lock database)\n"
    "error: could not lock database: File exists\n  if you're sure a package manager is not already\n"
    "  running, you can remove /var/lib/pacman/db.lck\n",
    "stdout": "",
}
DPKG_INTERRUPTED = {
    "failed": True,
    "msg": "'/usr/bin/apt-get -y install 'pipx'' failed: E: dpkg was interrupted, you must manually run "
    "'dpkg --configure -a' to correct the problem. \n",
    "rc": 100,
    "stderr": "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem. \n",
}


def play(
    monkeypatch: pytest.MonkeyPatch,
    arguments: Dict[str, Any],
    answer: Dict[str, Any],
    *,
    check: bool = False,
    detected: str = "pacman",
    modules: Tuple[str, ...] = ("apt", "dnf5", "pacman"),
) -> Tuple[Dict[str, Any], Ran]:
    """Return the action's result, and the modules that ran on the host, with their options."""
    ran: Ran = []

    def execute(_self: Any, **given: Any) -> Dict[str, Any]:
        ran.append((given["module_name"], given["module_args"]))
        return dict(answer)

    def get_action(name: str, **given: Any) -> PackageAction:
        assert name == "ansible.builtin.package"
        action = PackageAction(**given)
        action._shared_loader_obj = loaders
        return action

    loaders = SimpleNamespace(
        action_loader=SimpleNamespace(get=get_action),
        module_loader=SimpleNamespace(
            has_plugin=modules.__contains__,
            find_plugin_with_context=lambda name, **_options: SimpleNamespace(
                resolved_fqcn="ansible.builtin." + name
            ),
        ),
    )
    monkeypatch.setattr(PackageAction, "_execute_module", execute)
    # Task.load would look up an action, which needs the loader of collections.
    task = Task(block=Block(play=Play()))
    task.args = arguments
    task.check_mode = check
    connection = MagicMock()
    connection._shell.tmpdir = None
    templar = MagicMock()
    templar.template = lambda value, **_options: value
    action = system_packages.ActionModule(
        task=task,
        connection=connection,
        play_context=MagicMock(),
        loader=MagicMock(),
        templar=templar,
    )
    action._shared_loader_obj = loaders
    try:
        result = action.run(task_vars={"ansible_facts": {"pkg_mgr": detected}})
    except AnsibleActionFail as error:
        # As Ansible does.
        result = {"msg": error.message, **error.result, "failed": True}
    return result, ran


def test_apt_gets_what_only_apt_has(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {
        "names": ["python3-venv"],
        "manager": "dpkg",
        "update_cache": True,
        "install_recommends": False,
    }
    answer = {"changed": True, "diff": {"prepared": "+pipx"}, "stdout": "Unpacking"}
    result, ran = play(monkeypatch, arguments, answer, detected="apt")
    assert ran == [
        (
            "ansible.legacy.apt",
            {
                "name": ["python3-venv"],
                "state": "present",
                "update_cache": True,
                "cache_valid_time": 3600,
                "install_recommends": False,
            },
        )
    ]
    assert result == answer


def test_another_package_manager_gets_what_all_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = {
        "names": ["python-pipx"],
        "state": "latest",
        "manager": "dnf",
        "update_cache": True,
        "install_recommends": False,
    }
    _result, ran = play(monkeypatch, arguments, {"changed": False}, detected="dnf5")
    assert ran == [
        ("ansible.legacy.dnf5", {"name": ["python-pipx"], "state": "latest"})
    ]


def test_without_names_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    result, ran = play(monkeypatch, {"names": []}, {"changed": True})
    assert ran == []
    assert result["changed"] is False
    assert "failed" not in result


@pytest.mark.parametrize(
    ("manager", "message"),
    [
        ("apt", NO_BINDINGS),
        ("apt", NO_LISTS),
        ("dpkg", NO_LISTS),
        ("dnf", "python3-libdnf5 must be installed to use check mode."),
    ],
)
def test_check_mode_predicts_a_change_where_the_module_cannot_predict(
    monkeypatch: pytest.MonkeyPatch, manager: str, message: str
) -> None:
    result, _ran = play(
        monkeypatch,
        {"names": ["pipx"], "manager": manager},
        {"failed": True, "msg": message, "exception": "what Ansible would display"},
        check=True,
        detected="dnf5",
    )
    assert "exception" not in result
    assert (result["failed"], result["changed"]) == (False, True)
    assert result["msg"].startswith("Would install pipx.")
    assert message in result["msg"]


@pytest.mark.parametrize(
    ("manager", "message", "check"),
    [
        ("dnf", NO_LISTS, True),
        ("apt", "E: Could not get lock /var/lib/dpkg/lock", True),
        ("apt", NO_LISTS, False),
    ],
)
def test_other_failures_fail(
    monkeypatch: pytest.MonkeyPatch, manager: str, message: str, check: bool
) -> None:
    result, _ran = play(
        monkeypatch,
        {"names": ["pipx"], "manager": manager},
        {"failed": True, "msg": message},
        check=check,
        detected="dnf5",
    )
    assert result["failed"] is True
    assert result["msg"].startswith(f"Cannot install pipx: {message}")


@pytest.mark.parametrize(
    ("manager", "answer", "reason", "cure"),
    [
        (
            "apt",
            APT_LOCKED,
            "It is held by process 7 (python3)",
            "Another process uses the package manager",
        ),
        (
            "pacman",
            PACMAN_LOCKED,
            "could not lock database: File exists",
            "remove /var/lib/pacman/db.lck",
        ),
        (
            "apt",
            DPKG_INTERRUPTED,
            "dpkg was interrupted",
            "Run dpkg --configure -a on the host",
        ),
    ],
)
def test_a_failure_says_why_and_keeps_what_the_module_returned(
    monkeypatch: pytest.MonkeyPatch,
    manager: str,
    answer: Dict[str, Any],
    reason: str,
    cure: str,
) -> None:
    result, _ran = play(
        monkeypatch, {"names": ["pipx", "python3-venv"], "manager": manager}, answer
    )
    assert result["msg"].startswith("Cannot install pipx and python3-venv: ")
    assert reason in result["msg"]
    assert cure in result["msg"]
    assert result["module_msg"] == answer["msg"]
    kept = {key: value for key, value in answer.items() if key != "msg"}
    assert {key: result[key] for key in kept} == kept


def test_a_missing_module_of_the_package_manager_is_a_failure_with_a_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result, ran = play(monkeypatch, {"names": ["python-pipx"]}, {}, modules=())
    assert ran == []
    assert result["failed"] is True
    assert result["msg"].startswith("Cannot install python-pipx: Could not find")
    assert "collection community.general on the controller" in result["msg"]


def test_options_are_documented() -> None:
    options = yaml.safe_load(documented.DOCUMENTATION)["options"]
    assert set(options) == set(system_packages._OPTIONS)
    for name, spec in system_packages._OPTIONS.items():
        for key in ("type", "elements", "choices", "default", "required"):
            assert options[name].get(key) == spec.get(key), (name, key)
