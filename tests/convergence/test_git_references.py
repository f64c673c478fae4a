# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A branch that has not moved changes nothing: no new release, and the same answer in check mode."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from convergence.area import Area, need
from convergence.git_server import commit_all
from convergence.module import Answer
from convergence.packages import write_project

EDITABLE = "-e git+file://{url}@main#egg=tool\n"
PLAIN = "tool @ git+file://{url}\n"


class Tool:
    """A repository, and an environment that is installed from its branch."""

    def __init__(self, area: Area, name: str, line: str, installer: str) -> None:
        self.area = area
        self.root = area.root / name
        self.project = write_project(self.root / "repository", "tool")
        commit_all(self.project)
        self.requirements = self.root / "requirements.txt"
        self.requirements.write_text(line.format(url=self.project))
        self.options: dict[str, Any] = {
            "path": str(self.root / "venv"),
            "requirements": [str(self.requirements)],
            "installer": installer,
            "find_links": [str(area.wheels)],
            "no_index": True,
        }

    def commit(self, text: str) -> None:
        write_project(self.project, "tool", text=text)
        commit_all(self.project)

    def run(self, **more: Any) -> Answer:
        """Run the check and then the run itself, which agree."""
        options = {**self.options, **more}
        predicted, answer = (
            self.area.runner.run(options, check=True),
            self.area.runner.run(options),
        )
        assert not answer.result.get("failed"), str(answer)
        for key in ("changed", "added", "removed", "upgraded", "reinstalled"):
            assert predicted.result.get(key) == answer.result.get(key), (
                key,
                str(predicted),
                str(answer),
            )
        return answer


@pytest.mark.parametrize(
    ("name", "line", "installer"),
    [
        ("git-plain-pip", PLAIN, "pip"),
        ("git-plain-uv", PLAIN, "uv"),
        ("git-editable-pip", EDITABLE, "pip"),
        ("git-editable-auto", EDITABLE, "auto"),
    ],
)
def test_a_branch_that_has_not_moved_changes_nothing(
    area: Area, name: str, line: str, installer: str
) -> None:
    need(shutil.which("git"), "git")
    tool = Tool(area, name, line, installer)
    first = tool.run()
    assert first.result["changed"] and [
        row["name"] for row in first.result["added"] if row["name"] == "tool"
    ]
    if installer == "auto":
        assert first.result["installer"] == "pip"
    second = tool.run()
    assert (
        not second.result["changed"]
        and second.result["release"] == first.result["release"]
    ), str(second)

    tool.requirements.write_text(tool.requirements.read_text() + "delta==1.0\n")
    third = tool.run()
    assert [row["name"] for row in third.result["added"]] == ["delta"]
    assert not third.result.get("reinstalled"), str(third)
    assert not tool.run().result["changed"]
    assert not tool.run(state="latest").result["changed"]

    tool.commit("A = 2\n")
    fourth = tool.run()
    assert fourth.result["changed"] and [
        row["name"] for row in fourth.result["reinstalled"]
    ] == ["tool"], str(fourth)
    (installed,) = _files(Path(tool.options["path"]), "tool.py")
    assert installed.read_text() == "A = 2\n"
    assert not tool.run().result["changed"]


def _files(prefix: Path, name: str) -> list[Path]:
    return [
        path
        for path in prefix.resolve().rglob(name)
        if "site-packages" in path.parts or "src" in path.parts
    ]


def test_uv_says_that_it_cannot(area: Area) -> None:
    tool = Tool(area, "git-editable-uv", EDITABLE, "uv")
    answer = area.runner.run(tool.options)
    assert (
        answer.result["problem"]["code"] == "uv-cannot"
        and "installer=pip" in answer.result["msg"]
    ), str(answer)


def test_a_hand_made_change_is_still_seen(area: Area) -> None:
    tool = Tool(area, "git-drift", PLAIN, "pip")
    tool.run()
    (record,) = (
        Path(tool.options["path"])
        .resolve()
        .glob("lib/python*/site-packages/tool-*.dist-info/RECORD")
    )
    record.write_text(record.read_text() + "more.py,,\n")
    assert tool.run().result["changed"]
    assert not tool.run().result["changed"]
