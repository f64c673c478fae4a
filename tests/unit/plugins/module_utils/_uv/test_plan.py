# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of an install directory, over real trees, and what is planned from it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._uv.plan import (
    UvPlan,
    describe,
    links_to_update,
    needs_downloads,
    plan_pythons,
    python_path,
)
from ansible_collections.pyfleet.python.plugins.module_utils._uv.spec import (
    UvPythonSpec,
    parse_request,
)
from ansible_collections.pyfleet.python.plugins.module_utils._uv.state import (
    PythonName,
    UvState,
    parse_name,
    read_uv_state,
)

PLATFORM = "linux-x86_64-gnu"


def name(version: str, variant: str = "") -> PythonName:
    minor = ".".join(version.split(".")[:2])
    return PythonName(minor, version, variant, PLATFORM)


def install(directory: Path, *versions: str, link: str = "") -> UvState:
    """Make directories as uv does, and read them."""
    for version in versions:
        prefix = directory / name(version).format()
        (prefix / "bin").mkdir(parents=True)
        (prefix / "bin" / ("python" + name(version).minor)).write_text("")
    if link:
        target = directory / name(link).format()
        (directory / name(link).link().format()).symlink_to(target)
    return read(directory)


def read(directory: Path) -> UvState:
    return read_uv_state(os.path.realpath(directory))


def plan(
    state: UvState, *versions: str, want: str = "present", offer: Sequence[str] = ()
) -> UvPlan:
    requests = [parse_request(version) for version in versions]
    spec = UvPythonSpec(
        tuple(request for request in requests if request is not None), want
    )
    assert needs_downloads(spec, state) or not offer
    return plan_pythons(spec, state, [name(version) for version in offer])


def actions(made: UvPlan) -> List[Tuple[str, str]]:
    return [(row.action, row.name.version if row.name else "") for row in made.pythons]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cpython-3.13.5-linux-x86_64-gnu", name("3.13.5")),
        ("cpython-3.13-linux-x86_64-gnu", name("3.13.5").link()),
        ("cpython-3.15.0rc1-linux-x86_64-gnu", name("3.15.0rc1")),
        ("cpython-3.13.5+freethreaded-linux-x86_64-gnu", name("3.13.5", "t")),
        (
            "cpython-3.13.5-macos-aarch64-none",
            name("3.13.5")._replace(platform="macos-aarch64-none"),
        ),
        ("cpython-3.13.5+debug-linux-x86_64-gnu", None),
        ("pypy-3.11.13-linux-x86_64-gnu", None),
        (".temp", None),
    ],
)
def test_names(text: str, expected: Optional[PythonName]) -> None:
    assert parse_name(text) == expected
    if expected is not None:
        assert expected.format() == text


def test_a_directory_that_does_not_exist(tmp_path: Path) -> None:
    state = read(tmp_path / "none")
    assert (state.uid, state.pythons, state.links) == (None, (), ())


def test_a_link_that_leads_out_of_the_directory_or_nowhere(tmp_path: Path) -> None:
    state = install(tmp_path, "3.13.5")
    other = tmp_path / "other" / name("3.13.5").format()
    other.mkdir(parents=True)
    link = tmp_path / "cpython-3.13-linux-x86_64-gnu"
    for target in (other, tmp_path / name("3.13.4").format()):
        link.symlink_to(target)
        assert read(tmp_path).links == ((name("3.13.5").link(), ""),)
        link.unlink()
    assert state.links == ()


def test_what_is_installed_needs_nothing_but_reading(tmp_path: Path) -> None:
    state = install(tmp_path, "3.13.4", "3.13.5", link="3.13.5")
    made = plan(state, "3.13", "3.13.4")
    assert not made.changed
    assert made.after == state
    assert [
        os.path.relpath(python_path(state, row), state.directory)
        for row in made.pythons
    ] == [
        "cpython-3.13-linux-x86_64-gnu/bin/python3.13",
        "cpython-3.13.4-linux-x86_64-gnu/bin/python3.13",
    ]


def test_the_newest_final_release_is_installed(tmp_path: Path) -> None:
    state = read(tmp_path)
    made = plan(state, "3.13", offer=["3.13.9", "3.13.10", "3.13.11rc1", "3.12.1"])
    assert made.install == (name("3.13.10"),)
    assert dict(made.after.links) == {name("3.13.10").link(): name("3.13.10").format()}
    assert describe(made.after) == (
        "cpython-3.13-linux-x86_64-gnu -> cpython-3.13.10-linux-x86_64-gnu\n"
        "cpython-3.13.10-linux-x86_64-gnu\n"
    )


def test_a_prerelease_where_there_is_nothing_else(tmp_path: Path) -> None:
    made = plan(read(tmp_path), "3.15", offer=["3.15.0a1", "3.15.0rc2", "3.15.0b3"])
    assert made.install == (name("3.15.0rc2"),)


def test_what_uv_does_not_have(tmp_path: Path) -> None:
    made = plan(read(tmp_path), "3.13", "3.99", offer=["3.13.1"])
    assert [request.text for request in made.unavailable] == ["3.99"]


@pytest.mark.parametrize(
    ("offer", "action"),
    [(["3.13.6"], "upgraded"), (["3.13.5"], ""), (["3.13.4"], ""), ([], "")],
)
def test_latest(tmp_path: Path, offer: List[str], action: str) -> None:
    state = install(tmp_path, "3.13.5", link="3.13.5")
    made = plan(state, "3.13", want="latest", offer=offer)
    assert actions(made) == [(action, "3.13.6" if action else "3.13.5")]
    assert made.pythons[0].previous == "3.13.5"
    assert made.changed == made.needs_uv == bool(action)


def test_an_interpreter_that_is_gone_is_reinstalled(tmp_path: Path) -> None:
    install(tmp_path, "3.13.5", link="3.13.5")
    (tmp_path / name("3.13.5").format() / "bin/python3.13").unlink()
    state = read(tmp_path)
    made = plan(state, "3.13")
    assert actions(made) == [("repaired", "3.13.5")]
    assert made.repair == (name("3.13.5"),)
    assert "(broken)" in describe(state)
    assert "(broken)" not in describe(made.after)


@pytest.mark.parametrize("link", ["", "3.13.4"])
def test_a_link_that_is_missing_or_old_is_updated_without_uv(
    tmp_path: Path, link: str
) -> None:
    state = install(tmp_path, "3.13.4", "3.13.5", link=link)
    made = plan(state, "3.13")
    assert actions(made) == [("linked", "3.13.5")]
    assert not made.needs_uv
    assert list(links_to_update(state, made.after)) == [
        (name("3.13.5").link(), name("3.13.5").format())
    ]
    assert not plan(state, "3.13.4").changed


def test_removal_of_a_minor_version_and_of_one_release(tmp_path: Path) -> None:
    state = install(tmp_path, "3.12.1", "3.13.4", "3.13.5", link="3.13.5")
    made = plan(state, "3.13", "3.11", want="absent")
    assert made.remove == (name("3.13.4"), name("3.13.5"))
    assert [row.action for row in made.pythons] == ["removed", ""]
    assert made.after.links == ()
    assert [python.name.version for python in made.after.pythons] == ["3.12.1"]
    made = plan(state, "3.13.5", want="absent")
    assert dict(made.after.links) == {name("3.13.4").link(): name("3.13.4").format()}
