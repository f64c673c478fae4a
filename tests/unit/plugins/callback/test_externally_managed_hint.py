# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of pip and venv are recognised in results of tasks, and the hint names the cure for the host."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("ansible", reason="runs on a controller")

from ansible_collections.pyfleet.python.plugins.callback.externally_managed_hint import (
    CallbackModule,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.failure_hint.cures import (
    System,
    describe_cure,
    read_system,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.failure_hint.problems import (
    Problem,
    find_problem,
)

# Texts of pip 23.0.1, uv 0.13, venv of Debian 12 and ansible.builtin.pip of 2.21.
PIP = "error: externally-managed-environment\n\n× This environment is externally managed\n╰─> To install"
UV = (
    "error: The interpreter at /usr is externally managed, and indicates the following:"
)
VENV = "The virtual environment was not created successfully because ensurepip is not\navailable.  On Debian/Ubuntu"
DEBIAN = {
    "distribution": "Debian",
    "distribution_version": "12.7",
    "os_family": "Debian",
    "python_version": "3.11.2",
}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (
            {
                "msg": PIP,
                "invocation": {
                    "module_args": {"name": ["docker", "six>=1"], "requirements": None}
                },
            },
            Problem("externally-managed", ("docker", "six>=1")),
        ),
        (
            {
                "msg": PIP,
                "invocation": {
                    "module_args": {
                        "name": None,
                        "requirements": "/srv/requirements.txt",
                    }
                },
            },
            Problem("externally-managed", (), "/srv/requirements.txt"),
        ),
        (
            {
                "msg": "non-zero return code",
                "stderr": PIP,
                "cmd": ["pip3", "install", "-q", "docker"],
            },
            Problem("externally-managed", ("docker",)),
        ),
        (
            {"stderr": PIP, "cmd": "sudo python3 -m pip install -r a.txt black"},
            Problem("externally-managed", ("black",), "a.txt"),
        ),
        (
            {"stderr": UV, "cmd": "uv pip install --system 'a b"},
            Problem("externally-managed"),
        ),
        (
            {
                "msg": "One or more items failed",
                "results": [
                    {"msg": "x"},
                    {"failed": True, "msg": PIP, "name": ["six"]},
                ],
            },
            Problem("externally-managed", ("six",)),
        ),
        (
            {"stdout": VENV, "rc": 1, "cmd": "python3 -m venv /srv/a"},
            Problem("ensurepip-missing"),
        ),
        (
            {
                "msg": 'Failed to find required executable "virtualenv" in paths: /usr/bin'
            },
            Problem("venv-missing"),
        ),
        ({"stderr": "/usr/bin/python3: No module named venv"}, Problem("venv-missing")),
        ({"stderr": "/usr/bin/python3: No module named pip"}, Problem("pip-missing")),
        (
            {"msg": "Unable to find any of pip3 to use.  pip needs to be installed."},
            Problem("pip-missing"),
        ),
        (
            {
                "msg": "Failed to import the required Python library (packaging) on web1's Python /usr/bin/python3.11."
            },
            Problem("packaging-missing"),
        ),
        ({"msg": "No matching distribution found for six"}, None),
        ({"stderr": "No module named 'pipeline'"}, None),
        ({}, None),
    ],
)
def test_problems(result: dict[str, Any], expected: Problem | None) -> None:
    assert find_problem(result) == expected


def test_systems() -> None:
    assert read_system(DEBIAN) == System("Debian 12.7", "Debian", "3.11")
    assert read_system(
        {f"ansible_{name}": value for name, value in DEBIAN.items()}
    ) == read_system(DEBIAN)
    assert (
        read_system({"distribution": "MacOSX", "os_family": "Darwin"}).family
        == "Darwin"
    )
    assert read_system({}) == System()


def test_cures_are_those_of_the_host() -> None:
    debian = read_system(DEBIAN)
    text = "\n".join(
        describe_cure(Problem("externally-managed", ("docker>=7",)), debian)
    )
    assert "the Python of Debian 12.7" in text
    assert "packages: [docker>=7]" in text
    assert "distro_packages_names: [docker]" in text
    assert "ansible_python_interpreter" in text
    mac = "\n".join(
        describe_cure(
            Problem("externally-managed"), System("MacOSX 15.1", "Darwin", "3.13")
        )
    )
    assert "Homebrew" in mac and "distro_packages" not in mac
    assert "python3.11-venv" in describe_cure(Problem("ensurepip-missing"), debian)[0]
    assert "requirements: [/srv/a.txt]" in "\n".join(
        describe_cure(Problem("pip-missing", (), "/srv/a.txt"), System())
    )
    assert "needs none" in describe_cure(Problem("packaging-missing"), debian)[0]
    quoted = "\n".join(
        describe_cure(Problem("externally-managed", ("a[b]>=1,<2",)), debian)
    )
    assert 'packages: ["a[b]>=1,<2"]' in quoted
    assert "uv" in describe_cure(Problem("venv-missing"), System())[-1]


def failure(host: str, result: dict[str, Any]) -> Any:
    return SimpleNamespace(
        result=result,
        host=SimpleNamespace(get_name=lambda: host),
        task=SimpleNamespace(get_name=lambda: "Install docker"),
    )


def test_hosts_with_the_same_failure_share_a_hint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    callback = CallbackModule()
    shown: list[str] = []
    monkeypatch.setattr(
        callback._display, "display", lambda text, **_options: shown.append(text)
    )
    facts = {"web1": DEBIAN, "web2": DEBIAN}
    manager = SimpleNamespace(
        get_vars=lambda play, host: {"ansible_facts": facts.get(host.get_name(), {})}
    )
    callback.v2_playbook_on_play_start(
        SimpleNamespace(get_variable_manager=lambda: manager)
    )
    result = {"msg": PIP, "invocation": {"module_args": {"name": ["docker"]}}}
    for host in ("web2", "web1", "unknown"):
        callback.v2_runner_on_failed(failure(host, result))
    callback.v2_runner_on_failed(failure("ignored", result), ignore_errors=True)
    callback.v2_runner_on_failed(failure("other", {"msg": "no space left on device"}))
    callback.v2_playbook_on_stats(None)
    headings = [line.strip() for line in shown if "HINT" in line]
    assert headings == [
        "HINT for the task 'Install docker' on web1, web2:",
        "HINT for the task 'Install docker' on unknown:",
    ]


def test_nothing_is_printed_without_such_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    callback = CallbackModule()
    monkeypatch.setattr(
        callback._display, "display", lambda text, **_options: pytest.fail(text)
    )
    callback.v2_runner_on_failed(failure("web1", {"msg": "no space left on device"}))
    callback.v2_playbook_on_stats(None)
