# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that contradict each other, or can't be meant so, are refused with a sentence that says what to do."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import (
    EnvironmentSpec,
    HealthCheck,
    Link,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.validate import (
    validate_environment,
    validate_together,
)

PATH = "/srv/app/venv"


@pytest.mark.parametrize(
    "spec",
    [
        EnvironmentSpec("/srv/a", python="3.13", python_source="uv"),
        EnvironmentSpec("/srv/a", python="3.14.1t", python_source="uv"),
        EnvironmentSpec(PATH),
        EnvironmentSpec(
            PATH,
            packages=(
                "requests[socks]>=2 ; python_version > '3.8'",
                "a @ https://example.com/a.whl",
            ),
        ),
        EnvironmentSpec(PATH, state="absent", packages=("six",)),
        EnvironmentSpec(PATH, lock="/srv/app/pylock.toml"),
        EnvironmentSpec(PATH, release="20261125T120000-0a1b2c"),
        EnvironmentSpec(
            PATH, mode="0750", links=(Link("app", "/usr/local/bin", "shop"),)
        ),
        EnvironmentSpec(
            PATH, packages=("my-app",), packages_absent=("my", "app", "Six")
        ),
        EnvironmentSpec(PATH, packages_absent=("pip",), pip=False),
        EnvironmentSpec(PATH, no_index=True, find_links=("/srv/wheels",)),
    ],
)
def test_what_makes_sense_passes(spec: EnvironmentSpec) -> None:
    assert list(validate_environment(spec)) == []


@pytest.mark.parametrize(
    ("spec", "option"),
    [
        (
            EnvironmentSpec("/srv/a", python=">=3.11", python_source="uv"),
            "python_source",
        ),
        (EnvironmentSpec("/srv/a", python_source="uv"), "python_source"),
        (EnvironmentSpec(PATH, packages_absent=("requests>=2",)), "packages_absent"),
        (EnvironmentSpec(PATH, packages_absent=("-r",)), "packages_absent"),
        (EnvironmentSpec(PATH, packages_absent=("six", "")), "packages_absent"),
        (
            EnvironmentSpec(
                PATH, packages=("My.App[dev]>=2",), packages_absent=("my_app",)
            ),
            "packages_absent",
        ),
        (EnvironmentSpec(PATH, packages_absent=("PIP",)), "packages_absent"),
        (
            EnvironmentSpec(PATH, packages_absent=("six",), lock="/srv/pylock.toml"),
            "packages_absent",
        ),
        (
            EnvironmentSpec(
                PATH, packages_absent=("six",), release="20261125T120000-0a1b2c"
            ),
            "packages_absent",
        ),
        (EnvironmentSpec("venv"), "path"),
        (EnvironmentSpec(""), "path"),
        (EnvironmentSpec("/"), "path"),
        (EnvironmentSpec("/usr/local"), "path"),
        (EnvironmentSpec(PATH, requirements=("requirements.txt",)), "requirements"),
        (EnvironmentSpec(PATH, lock="lock.txt"), "lock"),
        (EnvironmentSpec(PATH, lock="/l", packages=("six",)), "lock"),
        (EnvironmentSpec(PATH, lock="/l", requirements=("/r",)), "lock"),
        (EnvironmentSpec(PATH, lock="/l", constraints=("/c",)), "lock"),
        (EnvironmentSpec(PATH, lock="/l", state="latest"), "lock"),
        (
            EnvironmentSpec(PATH, release="20261125T120000-0a1b2c", state="latest"),
            "release",
        ),
        (
            EnvironmentSpec(PATH, release="20261125T120000-0a1b2c", packages=("six",)),
            "release",
        ),
        (
            EnvironmentSpec(
                PATH, release="20261125T120000-0a1b2c", strategy="in_place"
            ),
            "release",
        ),
        (EnvironmentSpec(PATH, release="../../etc"), "release"),
        (
            EnvironmentSpec(PATH, require_hashes=True, packages=("six",)),
            "require_hashes",
        ),
        (
            EnvironmentSpec(
                PATH, no_index=True, index_url="https://example.com/simple"
            ),
            "no_index",
        ),
        (EnvironmentSpec(PATH, packages=("-e /srv/app",)), "packages"),
        (
            EnvironmentSpec(PATH, packages=("--index-url=https://example.com",)),
            "packages",
        ),
        (EnvironmentSpec(PATH, packages=("six\n-e .",)), "packages"),
        (EnvironmentSpec(PATH, packages=(" ",)), "packages"),
        (EnvironmentSpec(PATH, mode="u+x"), "mode"),
        (EnvironmentSpec(PATH, mode="493"), "mode"),
        (EnvironmentSpec(PATH, keep=-1), "keep"),
        (EnvironmentSpec(PATH, health_check=HealthCheck(())), "health_check"),
        (EnvironmentSpec(PATH, health_check=HealthCheck(("",))), "health_check"),
        (
            EnvironmentSpec(PATH, health_check=HealthCheck(("true",), timeout=0)),
            "health_check",
        ),
        (
            EnvironmentSpec(
                PATH, health_check=HealthCheck(("true",)), strategy="in_place"
            ),
            "health_check",
        ),
        (EnvironmentSpec(PATH, links=(Link("../app", "/usr/local/bin"),)), "links"),
        (EnvironmentSpec(PATH, links=(Link("app", "/usr/local/bin", "a/b"),)), "links"),
        (EnvironmentSpec(PATH, links=(Link("app", "bin"),)), "links"),
        (EnvironmentSpec(PATH, links=(Link("app", "/usr/local/../bin"),)), "links"),
    ],
)
def test_what_makes_no_sense_is_refused(spec: EnvironmentSpec, option: str) -> None:
    found = list(validate_environment(spec))
    assert {row.option for row in found} == {option}
    assert all(row.message and row.hint.endswith(".") for row in found)


def test_one_environment_is_named_once_and_lies_in_no_other() -> None:
    assert (
        list(validate_together([EnvironmentSpec("/srv/a"), EnvironmentSpec("/srv/ab")]))
        == []
    )
    assert [
        row.option
        for row in validate_together(
            [EnvironmentSpec("/srv/a"), EnvironmentSpec("/srv/a")]
        )
    ] == ["path"]
    assert [
        row.option
        for row in validate_together(
            [EnvironmentSpec("/srv/a/b"), EnvironmentSpec("/srv/a")]
        )
    ] == ["path"]
