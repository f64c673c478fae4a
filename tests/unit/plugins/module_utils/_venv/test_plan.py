# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a new state of an environment is built upon, and how two states differ."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.select import (
    Interpreter,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.plan import (
    Difference,
    FoundEnvironment,
    Plan,
    compare,
    is_empty,
    plan_environment,
    why_outdated,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import (
    EnvironmentSpec,
)

PYTHON = Interpreter(
    "/usr/bin/python3.11", "3.11.2", "cpython", True, True, "/usr/bin/python3.11"
)
OTHER = PYTHON._replace(
    path="/usr/bin/python3.13", canonical="/usr/bin/python3.13", version="3.13.5"
)
SOUND = FoundEnvironment("release", PYTHON.canonical, PYTHON.version)
SPEC = EnvironmentSpec("/srv/app/venv")


def test_nothing_there_is_made_fresh_and_is_no_rebuild() -> None:
    assert plan_environment(SPEC, FoundEnvironment("absent"), None) == Plan("fresh")


def test_what_is_sound_is_built_upon() -> None:
    assert plan_environment(SPEC, SOUND, None) == Plan("copy")
    assert plan_environment(SPEC._replace(python="3.11"), SOUND, PYTHON) == Plan("copy")
    assert plan_environment(SPEC._replace(python=PYTHON.path), SOUND, PYTHON) == Plan(
        "copy"
    )


@pytest.mark.parametrize("wanted", ["3.13", ">=3.12", OTHER.path])
def test_another_python_is_a_reason_to_rebuild_it(wanted: str) -> None:
    plan = plan_environment(SPEC._replace(python=wanted), SOUND, OTHER)
    assert plan.base == "fresh"
    assert len(plan.because) == 1
    assert "3.11" in plan.because[0]


@pytest.mark.parametrize(
    ("variant", "wanted", "base"),
    [
        ("", "3.11t", "fresh"),
        ("t", "3.11t", "copy"),
        ("t", "3.11", "fresh"),
        ("", "3.11", "copy"),
        ("d", "3.11", "copy"),
        ("t", ">=3.10", "copy"),
        (None, "3.11t", "copy"),
        ("t", "3.12t", "fresh"),
    ],
)
def test_a_t_requests_the_free_threaded_build(
    variant: str | None, wanted: str, base: str
) -> None:
    plan = plan_environment(
        SPEC._replace(python=wanted), SOUND._replace(variant=variant), PYTHON
    )
    assert plan.base == base


def test_what_is_broken_is_rebuilt_and_says_why() -> None:
    broken = SOUND._replace(
        problems=(("interpreter-missing", "Its interpreter is gone."),)
    )
    assert plan_environment(SPEC, broken, None) == Plan(
        "fresh", ("Its interpreter is gone.",)
    )


def test_a_flaw_that_breaks_nothing_is_no_reason() -> None:
    flawed = SOUND._replace(problems=(("unreadable", "A file could not be read."),))
    assert plan_environment(SPEC, flawed, None) == Plan("copy")


def test_a_plain_directory_is_adopted_unless_it_is_to_stay_one() -> None:
    plain = SOUND._replace(kind="directory")
    assert plan_environment(SPEC, plain, None) == Plan("copy", adopt=True)
    assert plan_environment(SPEC._replace(strategy="in_place"), plain, None) == Plan(
        "copy"
    )


def test_two_states_are_compared_by_version() -> None:
    before = {"a": "1.0", "b": "1.9", "c": "2.0", "d": "1.0", "e": "1"}
    after = {"b": "1.10", "c": "2.0rc1", "d": "1.0", "e": "1", "f": "3"}
    assert compare(before, after, ["e"]) == Difference(
        added=(("f", "", "3"),),
        removed=(("a", "1.0", ""),),
        upgraded=(("b", "1.9", "1.10"),),
        downgraded=(("c", "2.0", "2.0rc1"),),
        reinstalled=(("e", "1", "1"),),
    )
    assert is_empty(compare(before, before))


RECORD = {"inputs": "i", "digest": "d"}


@pytest.mark.parametrize(
    ("kind", "strategy", "record", "inputs", "digest", "is_up_to_date"),
    [
        ("release", "atomic", RECORD, "i", "d", True),
        ("directory", "in_place", RECORD, "i", "d", True),
        ("directory", "atomic", RECORD, "i", "d", False),
        ("absent", "atomic", {}, "i", "d", False),
        ("release", "atomic", {}, "i", "d", False),
        ("release", "atomic", RECORD, "other", "d", False),
        ("release", "atomic", RECORD, "i", "other", False),
    ],
)
def test_up_to_date_is_only_what_was_requested_and_found_before(
    *,
    kind: str,
    strategy: str,
    record: dict[str, str],
    inputs: str,
    digest: str,
    is_up_to_date: bool,
) -> None:
    spec = SPEC._replace(strategy=strategy)
    assert (why_outdated(spec, kind, record, inputs, digest) == "") is is_up_to_date
