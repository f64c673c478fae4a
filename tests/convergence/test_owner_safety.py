# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user of an application can do to root while root converges the application's environment: nothing."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest
from testbed.figures import FIGURES

from convergence.area import Area
from convergence.drift import say
from convergence.module import Answer, differences, snapshot

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="root is needed, to have something to lose"
)
USER = "nobody"
ATTACKER = Path(__file__).with_name("attacker.py")


class Farm:
    """An application's directory, and a tree of root's that nobody may touch."""

    def __init__(self, area: Area, python: str, name: str, owner: str) -> None:
        self.area, self.python = area, python
        self.runner = area.runner_for_others(python)
        self.root = area.root / name
        self.parent = self.root / "home"
        self.parent.mkdir(parents=True)
        shutil.chown(self.parent, owner)
        self.canary = self.root / "canary"
        site = self.canary / "tree" / "lib" / "python3" / "site-packages"
        site.mkdir(parents=True)
        for path in (
            "tree/pyvenv.cfg",
            "tree/.pyfleet.json",
            "tree/bin/python",
            "tree/bin/alpha",
            "tree/alpha.py",
            "file",
        ):
            (self.canary / path).parent.mkdir(exist_ok=True)
            (self.canary / path).write_text("root's own\n")
        # What a switch, a removal or a clean-up could take for one of ours.
        (self.canary / "tree" / "20260101T000000-abcdef" / "bin").mkdir(parents=True)
        (self.canary / "tree" / "RECORD").write_text("root's own\n")
        self.before = snapshot(self.canary)

    @property
    def path(self) -> Path:
        return self.parent / "venv"

    def run(self, *packages: str, **more: Any) -> Answer:
        options = {
            "path": str(self.path),
            "packages": list(packages),
            "owner": USER,
            "python": self.python,
        }
        options |= {
            "find_links": [str(self.area.wheels)],
            "no_index": True,
            "installer": "uv",
        }
        return self.runner.run({**options, **more})

    def touched(self) -> list[str]:
        return differences(self.before, snapshot(self.canary))

    @contextmanager
    def attack(self, seed: int) -> Iterator[None]:
        stop = self.root / "stop"
        script = self.area.root / "attacker.py"
        shutil.copy(ATTACKER, script)
        command = [
            self.python,
            str(script),
            str(self.path),
            str(self.canary),
            str(stop),
            str(seed),
        ]
        group = pwd.getpwnam(USER).pw_gid
        process = subprocess.Popen(
            command,
            user=USER,
            group=group,
            extra_groups=[],
            env={},
            cwd="/",
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield
        finally:
            stop.touch()
            output, _none = process.communicate(timeout=30)
            stop.unlink()
        assert int(output) > 10, "the attacker did not get to swap anything"
        FIGURES.append(
            f"owner safety: {output.strip()} swaps during runs, nothing of root's touched"
        )


@pytest.mark.parametrize("owner", [USER, "root", "was-theirs"])
@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_swapping_directories_for_links_gains_nothing(
    area: Area, public_python: str, owner: str, installer: str
) -> None:
    farm = Farm(
        area,
        public_python,
        f"farm-{owner}-{installer}",
        USER if owner == "was-theirs" else owner,
    )
    links = (
        [{"name": "alpha", "directory": str(farm.parent / "scripts")}]
        if owner == USER
        else []
    )
    assert not farm.run("alpha==1.0", installer=installer, links=links).result.get(
        "failed"
    )
    if owner == "was-theirs":  # only the directory above has changed hands since
        shutil.chown(farm.parent, "root")
    crashes: list[str] = []
    with farm.attack(7):
        for number in range(6 if installer == "uv" else 3):
            more = {
                "keep": 0,
                "verify": "full" if number % 3 == 2 else "quick",
                "links": links,
            }
            answer = farm.run(
                "alpha==%d.0" % (number % 2 + 1), installer=installer, **more
            )
            crashes += (
                [str(answer)]
                if answer.result.get("problem", {}).get("code") == "internal"
                else []
            )
            assert farm.touched() == []
            farm.run(state="absent", packages=[]) if number == 3 else None
    assert farm.touched() == []
    assert crashes == []
    if owner == USER:
        assert [
            str(path) for path in farm.parent.rglob("*") if path.lstat().st_uid == 0
        ] == [], "root wrote there"
    _tidy_up_after_the_attack(farm)
    answer = farm.run("alpha==2.0", installer=installer)
    if owner == "was-theirs":
        assert answer.result["problem"]["code"] == "unsafe-place"
        return
    assert not answer.result.get("failed"), str(answer)
    assert say(farm.path / "bin" / "python", "-m", "alpha") == "2.0 2.0 2.0"


def _tidy_up_after_the_attack(farm: Farm) -> None:
    """Remove what the attacker could not restore, which the module must not touch."""
    for path in (
        *farm.parent.glob(".venv.releases/*.aside"),
        *farm.parent.glob("*.aside"),
        farm.path,
    ):
        if path.is_symlink():
            path.unlink()
        elif path.name.endswith(".aside"):
            shutil.rmtree(path)


def test_root_runs_no_code_of_an_environment_that_a_user_can_alter(
    area: Area, public_python: str, tmp_path: Path
) -> None:
    """The owner is left out: the run is root's, in an environment that is the user's."""
    farm = Farm(area, public_python, "farm-code", "root")
    assert not farm.run("alpha==1.0").result.get("failed")
    marks = area.root / "marks"
    marks.mkdir()
    marks.chmod(0o1777)
    site = next(Path(os.path.realpath(farm.path)).glob("lib/python*/site-packages"))
    (site / "evil.pth").write_text(
        f"import os; open({str(marks)!r} + '/%d' % os.geteuid(), 'w').close()\n"
    )
    shutil.chown(site / "evil.pth", USER)
    for installer in ("uv", "pip"):
        for options in (
            {},
            {"state": "latest", "packages": ["alpha"]},
            {"verify": "full"},
            {"exact": True},
        ):
            farm.run("alpha==2.0", **{"owner": None, "installer": installer, **options})
            assert os.listdir(marks) in ([], [str(pwd.getpwnam(USER).pw_uid)]), (
                f"root ran the user's code: {options}"
            )
    assert farm.touched() == []


def test_a_module_run_by_a_python_of_root_alone(area: Area, public_python: str) -> None:
    """What the child needs of the standard library is there before it gives up root."""
    if os.stat("/root").st_mode & 0o001 or not area.python.startswith("/root/"):
        pytest.skip("the Python of these tests is not one of root alone")
    farm = Farm(area, public_python, "farm-private", "root")
    farm.runner = area.runner_for_others(area.python)
    for installer in ("uv", "pip"):
        for packages in (["alpha==1.0"], ["alpha==2.0"], ["nowhere"]):
            answer = farm.run(*packages, installer=installer)
            assert bool(answer.result.get("failed")) == (packages == ["nowhere"]), str(
                answer
            )
            assert answer.result.get("problem", {}).get("code") != "internal", str(
                answer
            )


@pytest.mark.parametrize(
    "case", ["no-owner", "another-owner", "sticky", "writable-for-all"]
)
def test_a_place_that_another_can_alter_is_refused(
    area: Area, public_python: str, case: str
) -> None:
    farm = Farm(
        area,
        public_python,
        "farm-" + case,
        {"no-owner": USER, "another-owner": "daemon"}.get(case, "root"),
    )
    if case in ("sticky", "writable-for-all"):
        farm.parent.chmod(0o1777 if case == "sticky" else 0o777)
    owner = {"no-owner": None}.get(case, USER)
    answer = farm.run("alpha==1.0", owner=owner)
    assert answer.result.get("failed"), str(answer)
    assert answer.result["problem"]["code"] != "internal"
    assert os.listdir(farm.parent) == []


@pytest.mark.parametrize("what", ["links", "path"])
@pytest.mark.parametrize("target", ["tree", "home/../tree/bin/.."])
def test_a_link_of_the_user_leads_root_nowhere(
    area: Area, public_python: str, what: str, target: str
) -> None:
    """A directory above what is asked for is a link that the user can turn anywhere, now to a directory of root's."""
    farm = Farm(area, public_python, f"farm-led-{what}", USER)
    (farm.canary / "home").mkdir()
    farm.before = snapshot(farm.canary)
    os.symlink(farm.canary / target, farm.parent / "led")
    os.lchown(farm.parent / "led", pwd.getpwnam(USER).pw_uid, -1)
    (farm.root / "roots").symlink_to(
        farm.parent / "led"
    )  # a link of root's own that leads through it
    for directory in (farm.parent / "led", farm.root / "roots"):
        if what == "links":
            farm.run(
                "alpha==1.0",
                links=[{"name": "alpha", "as": "omega", "directory": str(directory)}],
            )
        else:
            assert farm.run("alpha==1.0", path=str(directory / "venv")).result.get(
                "failed"
            )
        assert farm.touched() == []


def test_a_link_that_waits_for_root_is_not_followed(
    area: Area, public_python: str
) -> None:
    """The user was there first: what is to be the directory of releases leads to root's tree."""
    farm = Farm(area, public_python, "farm-waiting", USER)
    os.symlink(farm.canary / "tree", farm.parent / ".venv.releases")
    os.lchown(farm.parent / ".venv.releases", pwd.getpwnam(USER).pw_uid, -1)
    for state in ("present", "absent"):
        farm.run("alpha==1.0", state=state)
        assert farm.touched() == []
    assert (farm.canary / "tree" / "20260101T000000-abcdef").is_dir()


@pytest.fixture(autouse=True)
def _tidy(area: Area) -> Iterator[None]:
    yield
    for path in (*area.root.glob("farm-*"), area.root / "marks"):
        shutil.rmtree(path, ignore_errors=True)
