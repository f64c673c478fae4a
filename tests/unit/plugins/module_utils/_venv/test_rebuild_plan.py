# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for so that an environment is as it was."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._venv.rebuild_plan import (
    pin_versions,
    recorded_versions,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import (
    EnvironmentSpec,
)

RECORD = {"packages": {"beta": "1.0+local.1", "alpha": "2!1.0rc1", "pip": "23.0"}}
SPEC = EnvironmentSpec(
    "/opt/a",
    packages=("alpha", "/srv/beta-1.0-py3-none-any.whl"),
    requirements=("/srv/r.txt",),
    constraints=("/c",),
)


def test_versions_are_those_on_record_and_pip_is_the_new_pythons() -> None:
    pinned = pin_versions(SPEC, RECORD, unchanged=False)
    assert pinned.packages == (
        "/srv/beta-1.0-py3-none-any.whl",
        "alpha==2!1.0rc1",
        "beta==1.0+local.1",
    )
    assert pinned.requirements == pinned.constraints == ()


def test_what_was_asked_for_is_asked_again_where_it_is_the_same() -> None:
    """The files say where a local project lies, which a version does not."""
    pinned = pin_versions(SPEC, RECORD, unchanged=True)
    assert pinned.packages == (*SPEC.packages, "alpha==2!1.0rc1", "beta==1.0+local.1")
    assert pinned.requirements == SPEC.requirements


def test_a_pip_that_is_a_package_like_others_is_kept() -> None:
    assert recorded_versions(RECORD, pip=False)["pip"] == "23.0"


@pytest.mark.parametrize(
    "more", [{"lock": "/srv/pylock.toml"}, {"require_hashes": True}]
)
def test_hashes_are_not_given_up_for_versions(more: dict[str, Any]) -> None:
    spec = EnvironmentSpec("/opt/a", **more)
    assert pin_versions(spec, RECORD, unchanged=True) == spec


@pytest.mark.parametrize(
    "packages",
    [
        {"--index-url=https://evil.example": "1"},
        {"alpha @ https://evil.example/a.whl": "1"},
        {"alpha": "1.0 --index-url https://evil.example"},
        {"alpha": "1.0\n-r /etc/shadow"},
        {"alpha": "1.0,>0 @ /tmp/x"},
        {"alpha": "*"},
        {"alpha": ""},
        {"alpha": None},
        {"Alpha": "1.0"},
        {"": "1.0"},
    ],
)
def test_a_record_says_names_and_versions_or_nothing(packages: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="it contains an invalid"):
        pin_versions(SPEC, {"packages": packages}, unchanged=False)
