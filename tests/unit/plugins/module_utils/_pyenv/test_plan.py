# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to each version: spec and state in, plan out."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.plan import (
    PyenvPlan,
    plan_pyenv,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.spec import (
    BuildOptions,
    PyenvSpec,
    build_fingerprint,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.state import (
    InstalledVersion,
    PyenvState,
)

KNOWN = {name: "/d/" + name for name in ("3.12.11", "3.13.4", "3.13.5", "3.15.0b4")}


def state(*names: str, **fields: Any) -> PyenvState:
    rows = tuple(InstalledVersion(name, True) for name in names)
    return PyenvState(
        exists=True, executable="/r/bin/pyenv", installed=rows, definitions=KNOWN
    )._replace(**fields)


def plan(*versions: str, there: PyenvState | None = None, **fields: Any) -> PyenvPlan:
    spec = PyenvSpec(root="/r", versions=versions)._replace(**fields)
    return plan_pyenv(spec, state() if there is None else there)


def actions(found: PyenvPlan) -> list[tuple[str, str]]:
    return [(row.name, row.action) for row in found.versions]


def test_present_builds_the_newest_that_pyenv_knows() -> None:
    assert actions(plan("3.13", "3.12.11")) == [
        ("3.13.5", "built"),
        ("3.12.11", "built"),
    ]


def test_present_is_content_with_an_older_release() -> None:
    found = plan("3.13", there=state("3.13.1"))
    assert actions(found) == [("3.13.1", "none")] and not found.changes()


def test_latest_builds_beside_the_older_release() -> None:
    found = plan("3.13", there=state("3.13.4"), state="latest")
    assert actions(found) == [("3.13.5", "built")]
    assert found.installed_after == ("3.13.4", "3.13.5")


def test_latest_stays_with_a_newer_one_than_pyenv_knows() -> None:
    found = plan("3.13", there=state("3.13.9"), state="latest")
    assert actions(found) == [("3.13.9", "none")]


def test_absent_removes_every_release_and_its_place_among_the_global_ones() -> None:
    there = state("3.13.4", "3.13.5", "3.12.11", global_versions=("3.13.5", "3.12.11"))
    found = plan("3.13", there=there, state="absent")
    assert actions(found) == [("3.13.4", "removed"), ("3.13.5", "removed")]
    assert found.installed_after == ("3.12.11",) == found.global_after


def test_absent_of_what_is_not_there() -> None:
    found = plan("3.8", there=state("3.12.11"), state="absent")
    assert actions(found) == [("3.8", "none")] and not found.changes()


def test_global_is_compared_at_every_run() -> None:
    there = state("3.13.5", global_versions=("3.12.11",))
    found = plan("3.13", there=there, global_versions=("3.13", "system"))
    assert found.global_after == ("3.13.5", "system") and found.changes()
    again = plan(
        "3.13",
        there=there._replace(global_versions=("3.13.5", "system")),
        global_versions=("3.13", "system"),
    )
    assert not again.changes()


def test_global_follows_a_new_release() -> None:
    there = state("3.13.4", global_versions=("3.13.4",))
    found = plan("3.13", there=there, state="latest", global_versions=("3.13",))
    assert found.global_after == ("3.13.5",)


def test_global_left_out_stays_and_an_empty_one_is_removed() -> None:
    there = state("3.13.5", global_versions=("3.13.5",))
    assert plan("3.13", there=there).global_after == ("3.13.5",)
    assert plan("3.13", there=there, global_versions=()).global_after == ()


def test_global_names_what_is_not_installed() -> None:
    found = plan(there=state("3.13.5"), global_versions=("3.12",))
    assert [problem.code for problem in found.problems] == ["global-not-installed"]


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [("3.15", "no-release", "3.15.0b4"), ("3.13.99", "unknown-version", "3.13.5")],
)
def test_what_pyenv_does_not_know(request_: str, code: str, words: str) -> None:
    problem = plan(request_).problems[0]
    assert problem.code == code and words in problem.message + problem.hint


def test_without_pyenv_nothing_can_be_built() -> None:
    problem = plan("3.13", there=PyenvState(exists=True)).problems[0]
    assert problem.code == "no-pyenv" and "role pyfleet.python.pyenv" in problem.hint


def test_what_is_incomplete_or_was_killed_is_built_again() -> None:
    half = state()._replace(installed=(InstalledVersion("3.13.5", False),))
    assert actions(plan("3.13", there=half)) == [("3.13.5", "built")]
    killed = state("3.13.5", interrupted=("3.13.5",))
    found = plan("3.13", there=killed)
    assert actions(found) == [("3.13.5", "built")] and found.recovered == ("3.13.5",)


def test_other_options_rebuild_only_where_that_is_requested() -> None:
    old = build_fingerprint(BuildOptions(cflags="-O0"))
    there = state()._replace(installed=(InstalledVersion("3.13.5", True, old),))
    assert actions(plan("3.13", there=there)) == [("3.13.5", "none")]
    assert actions(plan("3.13", there=there, rebuild="changed")) == [
        ("3.13.5", "rebuilt")
    ]
    same = plan(
        "3.13", there=there, rebuild="changed", build=BuildOptions(cflags="-O0")
    )
    assert actions(same) == [("3.13.5", "none")]
    # What somebody built without this collection has no options to compare.
    assert actions(plan("3.13", there=state("3.13.5"), rebuild="changed")) == [
        ("3.13.5", "none")
    ]
