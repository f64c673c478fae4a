# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What root runs on a timer: no Python that another user can write to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("ansible.errors", reason="needs ansible-core")

from ansible.errors import AnsibleFilterError

from ansible_collections.pyfleet.python.plugins.filter.root_python_problem import (
    root_python_problem,
)

ROLES = Path(__file__).resolve().parents[4] / "roles"
INSTALLATIONS: list[dict[str, Any]] = [
    {
        "path": "/usr/bin/python3.13",
        "names": [{"path": "/usr/bin/python3"}],
        "trusted": True,
        "trusted_because": [],
    },
    {
        "path": "/home/bob/python",
        "names": [{"path": "/home/bob/python"}, {"path": "/usr/local/bin/python3"}],
        "trusted": False,
        "trusted_because": ["/home/bob belongs to bob"],
    },
]
FACTS = {"installations": INSTALLATIONS}


@pytest.mark.parametrize("path", ["/usr/bin/python3", "/usr/bin/python3.13"])
def test_root_may_run_what_only_root_can_write(path: str) -> None:
    assert root_python_problem(FACTS, path) == ""


@pytest.mark.parametrize("path", ["/home/bob/python", "/usr/local/bin/python3"])
def test_root_runs_nothing_of_another_user_by_whatever_name(path: str) -> None:
    problem = root_python_problem(FACTS, path)
    assert "/home/bob belongs to bob" in problem
    assert "/usr/bin/python3" in problem


def test_what_is_no_python_that_was_found_is_not_run() -> None:
    assert "/home/bob/wrapper is not a Python that root can run" in root_python_problem(
        FACTS, "/home/bob/wrapper"
    )


def test_the_systems_own_is_run_also_where_it_only_starts_another() -> None:
    assert root_python_problem({"installations": []}, "/usr/bin/python3") == ""


def test_an_untrusted_one_in_the_place_of_the_systems_own_is_not_run() -> None:
    row = {**INSTALLATIONS[1], "path": "/usr/bin/python3"}
    assert root_python_problem({"installations": [row]}, "/usr/bin/python3")


def test_facts_without_installations_are_an_error() -> None:
    with pytest.raises(AnsibleFilterError, match="python_facts"):
        root_python_problem({}, "/usr/bin/python3")


@pytest.mark.parametrize(
    "tasks", ["python_audit/tasks/schedule_present.yml", "app_venv/tasks/rebuild.yml"]
)
def test_roles_judge_the_python_before_they_run_it(tasks: str) -> None:
    names = [str(task) for task in yaml.safe_load((ROLES / tasks).read_text())]
    judged = [n for n, text in enumerate(names) if "python_problem" in text]
    runs = [n for n, text in enumerate(names) if "zipapp" in text]
    assert judged
    assert runs
    assert max(judged) < min(runs)
