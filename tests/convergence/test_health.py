# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`health_check`: a release that fails it is never current, and leaves nothing behind."""

from __future__ import annotations

import os
import pwd
import time
from pathlib import Path
from typing import Any

import pytest

from convergence.area import Area, need
from convergence.module import Answer

PASSES = {"command": ["alpha"]}


class Spot:
    """An environment that is to serve alpha."""

    def __init__(self, area: Area, root: Path) -> None:
        self._area = area
        self._venv = root / "venv"
        self.releases = root / ".venv.releases"

    def run(
        self, version: str, check: dict[str, Any] | None, dry: bool = False, **more: Any
    ) -> Answer:
        requested = {
            "packages": [f"alpha=={version}"],
            "find_links": [str(self._area.wheels)],
            "no_index": True,
        }
        options = {
            "path": str(self._venv),
            "installer": "pip",
            "health_check": check,
            **requested,
            **more,
        }
        return self._area.runner.run(options, check=dry)

    def go_back(self, release: str, check: dict[str, Any]) -> Answer:
        return self._area.runner.run(
            {"path": str(self._venv), "release": release, "health_check": check}
        )

    def current_version(self) -> str:
        names = [
            path.name
            for path in self._venv.glob("lib/python3*/site-packages/alpha-*.dist-info")
        ]
        return names[0][len("alpha-") : -len(".dist-info")] if names else ""


@pytest.fixture
def spot(area: Area, tmp_path: Path) -> Spot:
    root = area.root / f"health-{tmp_path.name}"
    root.mkdir()
    return Spot(area, root)


def test_what_fails_never_serves(spot: Spot) -> None:
    first = spot.run("1.0", {"command": ["sh", "-c", "echo no database; exit 3"]})
    assert first.result["problem"]["code"] == "health-check"
    assert spot.current_version() == ""
    assert not spot.releases.exists()
    repeated = spot.run("1.0", PASSES)
    assert repeated.result["changed"], str(repeated)
    kept = os.listdir(spot.releases)
    failed = spot.run("2.0", {"command": ["sh", "-c", "echo no database >&2; exit 3"]})
    assert failed.result["failed"]
    assert "no database" in failed.result["problem"]["output"]
    assert (
        failed.result["problem"]["message"]
        == "the new release is not healthy: sh ended with status 3"
    )
    assert spot.current_version() == "1.0"
    assert os.listdir(spot.releases) == kept


def test_the_command_is_that_of_the_new_release(spot: Spot) -> None:
    spot.run("1.0", None)
    told = "import sys, os; sys.exit(0 if os.environ['VIRTUAL_ENV'] == sys.prefix and os.environ['TOLD'] == '5' else 1)"
    answer = spot.run(
        "2.0", {"command": ["python", "-c", told], "environment": {"TOLD": 5}}
    )
    assert answer.result["upgraded"], str(answer)
    shows = spot.run(
        "1.0", {"command": ["sh", "-c", "alpha; command -v alpha; exit 1"]}
    )
    assert "1.0" in shows.result["problem"]["output"]
    assert str(spot.releases) in shows.result["problem"]["output"]
    assert spot.current_version() == "2.0"


def test_a_late_one_is_ended_with_all_that_it_started(
    spot: Spot, tmp_path: Path
) -> None:
    mark = "sleep 7654.%d" % os.getpid()
    started = time.monotonic()
    answer = spot.run(
        "1.0", {"command": ["sh", "-c", f"{mark} & {mark}"], "timeout": 1}
    )
    assert (
        answer.result["problem"]["message"]
        == "the new release is not healthy: sh took longer than 1 s"
    )
    assert time.monotonic() - started < 60
    commands = [
        path.read_bytes()
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if path.exists()
    ]
    assert mark.replace(" ", "\0").encode() not in b"\n".join(commands)


def test_it_runs_only_before_a_switch_to_what_is_new(
    spot: Spot, tmp_path: Path
) -> None:
    witness = tmp_path / "ran"
    check = {"command": ["touch", str(witness)]}
    assert spot.run("1.0", check, dry=True).result["changed"]
    assert not witness.exists()
    first = spot.run("1.0", check).result["release"]
    assert witness.exists()
    witness.unlink()
    assert not spot.run("1.0", check).result["changed"]
    spot.run("2.0", None)
    assert spot.go_back(first, check).result["changed"]
    assert spot.current_version() == "1.0"
    assert not witness.exists()


def test_another_user_runs_it(spot: Spot, tmp_path: Path) -> None:
    need(os.geteuid() == 0, "root")
    answer = spot.run(
        "1.0", {"command": ["sh", "-c", "id -un; id -u; exit 1"], "user": "nobody"}
    )
    assert answer.result["problem"]["output"].split()[:2] == [
        "nobody",
        str(pwd.getpwnam("nobody").pw_uid),
    ]
    missing = spot.run("1.0", {"command": ["true"], "user": "nobody-at-all"})
    assert missing.result["problem"]["code"] == "no-such-user"


@pytest.mark.parametrize("command", ["/nonexistent/check", "nonexistent-check"])
def test_a_command_that_is_not_there(spot: Spot, command: str) -> None:
    problem = spot.run("1.0", {"command": [command]}).result["problem"]
    assert problem["code"] == "health-check"
    assert "No such file" in problem["message"]
