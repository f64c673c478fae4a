# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs at the same time on one path: all succeed, and one of them installs."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from convergence.area import Area
from convergence.drift import say
from convergence.module import Answer, payload, read_answer


def _options(
    area: Area, root: Path, installer: str, *packages: str, **more: Any
) -> dict[str, Any]:
    return {"path": str(root / "venv"), "packages": list(packages), "installer": installer,
            "find_links": [str(area.wheels)], "no_index": True, **more}  # fmt: skip


def _all_at_once(area: Area, programs: list[bytes]) -> list[Answer]:
    running = [area.runner.start({}, program=program) for program in programs]
    return [read_answer(*process.communicate(timeout=300)) for process in running]


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_eight_at_once_make_one_release(area: Area, installer: str) -> None:
    root = area.root / f"eight-{installer}"
    root.mkdir()
    for version in ("1.0", "2.0"):  # making it, and changing it
        answers = _all_at_once(
            area, [payload(_options(area, root, installer, f"alpha=={version}"))] * 8
        )
        assert [
            answer.result["msg"] for answer in answers if answer.result.get("failed")
        ] == []
        assert sum(answer.result["changed"] for answer in answers) == 1
        assert len({answer.result["release"] for answer in answers}) == 1
        assert say(root / "venv" / "bin" / "alpha") == " ".join([version] * 3)
    assert len(os.listdir(root / ".venv.releases")) == 2
    assert sorted(os.listdir(root)) == [".venv.releases", "venv"]


def test_two_that_ask_for_different_things_come_one_after_the_other(area: Area) -> None:
    root = area.root / "two"
    root.mkdir()
    programs = [
        payload(_options(area, root, "uv", f"alpha=={version}"))
        for version in ("1.0", "2.0", "1.1")
    ]
    answers = _all_at_once(area, programs)
    assert [
        answer.result["msg"] for answer in answers if answer.result.get("failed")
    ] == []
    last = max(answers, key=lambda answer: answer.result["release"])
    current = os.path.basename(os.path.realpath(root / "venv"))
    assert current in {answer.result["release"] for answer in answers}
    assert last.result["changed"]
    assert len(set(say(root / "venv" / "bin" / "alpha").split())) == 1


def test_one_that_waits_too_long_says_for_whom(area: Area) -> None:
    root = area.root / "late"
    root.mkdir()
    first = area.runner.start(_options(area, root, "pip", "alpha==1.0"))
    deadline = time.monotonic() + 30
    while not (root / ".venv.releases").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    second = area.runner.run(
        _options(area, root, "pip", "alpha==1.0", lock_timeout=0.1)
    )
    first.communicate(timeout=120)
    assert second.result.get("failed"), str(second)
    assert second.result["problem"]["code"] == "locked"
    assert (
        str(first.pid)
        in second.result["problem"]["message"] + second.result["problem"]["hint"]
    )
