# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would change in an environment: spec, requested packages and state in, steps out."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._conda.match_spec import (
    CondaPackage,
    parse_match_spec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._conda.plan import (
    find_extra,
    plan_environment,
)
from ansible_collections.pyfleet.python.plugins.module_utils._conda.spec import (
    EnvironmentSpec,
    Requested,
)
from ansible_collections.pyfleet.python.plugins.module_utils._conda.state import (
    EnvironmentState,
)

PACKAGES = (
    CondaPackage("numpy", "1.26.4", "0", depends=("python >=3.12", "libblas>=3[x=y]")),
    CondaPackage("libblas", "3.9", "0"),
    CondaPackage("python", "3.12.1", "0", depends=("__glibc >=2.17",)),
    CondaPackage("pip", "25.0", "0", depends=("python",)),
    CondaPackage("scipy", "1.15", "0", depends=("numpy",)),
)
THERE = EnvironmentState("/p", "directory", is_environment=True, packages=PACKAGES)


def steps(
    current: EnvironmentState, words: tuple[str, ...], **options: object
) -> list[str]:
    requested = Requested(tuple(parse_match_spec(word) for word in words))
    plan = plan_environment(EnvironmentSpec(prefix="/p", **options), requested, current)
    return [step.kind for step in plan.steps]


@pytest.mark.parametrize(
    ("words", "options", "expected"),
    [
        (("numpy",), {}, []),
        (("numpy=1.26", "python=3.12"), {}, []),
        (("numpy>=2",), {}, ["install"]),
        (("numpy>=2",), {"state": "latest"}, ["install", "update"]),
        (("numpy",), {"state": "latest"}, ["update"]),
        (("numpy",), {"exact": True}, ["remove"]),
        (("scipy",), {"exact": True}, []),
        ((), {"state": "absent"}, ["delete"]),
    ],
)
def test_steps(
    words: tuple[str, ...], options: dict[str, object], expected: list[str]
) -> None:
    assert steps(THERE, words, **options) == expected


def test_a_missing_environment() -> None:
    missing = EnvironmentState("/p")
    assert steps(missing, ("numpy",), exact=True) == ["create"]
    assert steps(missing, ()) == ["create"]
    assert steps(missing, (), state="absent") == []


def test_pip_comes_with_python_and_is_no_extra_package() -> None:
    assert find_extra([parse_match_spec("numpy")], PACKAGES) == ("scipy",)
    assert find_extra([parse_match_spec("libblas")], PACKAGES) == (
        "numpy",
        "pip",
        "python",
        "scipy",
    )
