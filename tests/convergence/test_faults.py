# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A full disk, a read-only file system, a build or an installation that fails half-way, an index that goes away.

Each time the current release stays in use, nothing is left behind, a message names the error, and the next run works.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, Iterator

import pytest

from convergence.area import Area, need
from convergence.client import Client
from convergence.drift import listing, say
from convergence.module import Answer, can_trace
from convergence.packages import write_application, write_source, write_wheel
from convergence.server import Index

INSTALLERS = ("pip", "uv")


class Spot:
    """An environment with alpha 1.0 in a directory of its own."""

    def __init__(self, area: Area, root: Path, installer: str, **more: Any) -> None:
        self.area, self.root, self.installer = area, root, installer
        self.venv = root / "venv"
        self.more = {"find_links": [str(area.wheels)], "no_index": True, **more}

    def run(
        self,
        *packages: str,
        check: bool = False,
        trace: Path | None = None,
        **more: Any,
    ) -> Answer:
        options = {
            "path": str(self.venv),
            "packages": list(packages),
            "installer": self.installer,
            **self.more,
            **more,
        }
        return self.area.runner.run(options, check=check, trace=trace)

    def converge(self, *packages: str, **more: Any) -> None:
        answer = self.run(*packages, **more)
        assert not answer.result.get("failed"), str(answer)
        assert not self.run(*packages, **more).result["changed"]

    def fail(self, *packages: str, **more: Any) -> dict[str, Any]:
        """A run that fails in one sentence, after which alpha 1.0 is current as before, and nothing is left."""
        before = sorted(os.listdir(self.root / ".venv.releases"))
        ways = [
            [self.venv / "bin" / "alpha"],
            [self.venv / "bin" / "python", "-m", "alpha"],
        ]
        # Nothing is switched here; that starts meet no moment of a switch is for the test of crashes to show.
        with Client(ways, 0.2, 1, pause=0.2) as client:
            answer = self.run(*packages, **more)
        assert answer.result.get("failed"), f"it should have failed: {answer}"
        problem = answer.result["problem"]
        assert problem["code"] not in ("internal", "child-died"), problem
        assert "\n" not in problem["message"]
        assert client.faults == []
        assert set(client.seen) == {"1.0"}
        assert sorted(os.listdir(self.root / ".venv.releases")) == before
        return dict(problem)


@pytest.fixture
def small(area: Area) -> Iterator[Path]:
    """A small file system of its own."""
    need(os.geteuid() == 0, "root")
    target = area.root / "small"
    target.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m,mode=755", "small", str(target)],
        check=False,
    )
    need(mounted.returncode == 0, "the right to mount a tmpfs")
    try:
        yield target
    finally:
        subprocess.run(["umount", "--lazy", str(target)], check=True)
        target.rmdir()


@pytest.mark.parametrize("installer", INSTALLERS)
def test_a_full_disk(area: Area, small: Path, installer: str) -> None:
    spot = Spot(area, small, installer)
    spot.converge("alpha==1.0")
    spot.converge(
        "alpha==1.0", "delta"
    )  # a whole release of its size, to measure what one takes
    files = [path.lstat() for path in Path(os.path.realpath(spot.venv)).rglob("*")]
    used = sum(
        info.st_blocks * 512 for info in files if info.st_nlink == 1
    )  # others are shared with releases to come
    ballast = small / "ballast"
    for share in (0.0, 0.2, 0.6, 0.95):
        free = os.statvfs(small)
        size = free.f_bavail * free.f_frsize - int(used * share)
        with open(ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)
        problem = spot.fail("alpha==2.0", "delta")
        assert "space" in problem["message"] or "full" in problem["message"], problem
        ballast.unlink()
    spot.converge("alpha==2.0", "delta")


@pytest.mark.parametrize("installer", INSTALLERS)
def test_a_read_only_file_system(area: Area, small: Path, installer: str) -> None:
    spot = Spot(area, small, installer)
    spot.converge("alpha==1.0")
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    try:
        assert not spot.run("alpha==1.0").result["changed"]
        assert spot.run("alpha==2.0", check=True).result["upgraded"]
        problem = spot.fail("alpha==2.0")
        assert "read-only" in problem["message"].lower(), problem
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small)], check=True)
    spot.converge("alpha==2.0")


@pytest.fixture
def more(area: Area, tmp_path: Path) -> Path:
    """Distributions that fail late: one in its build, one in the middle of its installation."""
    directory = area.root / f"more-{tmp_path.name}"
    directory.mkdir()
    write_source(
        directory, "broken", "1.0", tmp_path, fails="the compiler of broken said no"
    )
    write_application(directory, "3.0")
    write_wheel(
        directory,
        "zeta",
        "1.0",
        ["alpha==3.0"],
        files={"alpha/late.py/below.py": "A = 1\n", "zeta.py": "A = 1\n"},
    )
    return directory


@pytest.mark.parametrize("installer", INSTALLERS)
def test_a_build_that_fails(
    area: Area, more: Path, tmp_path: Path, installer: str
) -> None:
    root = _directory(area, f"build-{installer}")
    spot = Spot(area, root, installer, find_links=[str(area.wheels), str(more)])
    spot.converge("alpha==1.0")
    problem = spot.fail("alpha==3.0", "broken")
    assert "broken" in problem["message"] + problem["output"]
    assert "the compiler of broken said no" in problem["output"]
    spot.converge("alpha==3.0")


@pytest.mark.parametrize("installer", INSTALLERS)
def test_an_installation_that_fails_half_way(
    area: Area, more: Path, installer: str
) -> None:
    root = _directory(area, f"half-{installer}")
    spot = Spot(area, root, installer, find_links=[str(area.wheels), str(more)])
    spot.converge("alpha==1.0")
    if spot.run("zeta", check=True).result.get("failed"):
        pytest.fail("the check should not fail: this is to break when it is installed")
    spot.fail("zeta")
    spot.converge("alpha==3.0")


@pytest.mark.parametrize("installer", INSTALLERS)
def test_an_index_that_goes_away(area: Area, installer: str) -> None:
    root = _directory(area, f"lost-{installer}")
    with Index(area.wheels) as index:
        spot = Spot(
            area,
            root,
            installer,
            find_links=[],
            no_index=False,
            index_url=index.url(),
            timeout=1,
        )
        spot.converge("alpha==1.0")
        index.asked.clear()
        home = area.root / "home-of-lost"
        home.mkdir(exist_ok=True)
        # Without what pip and uv keep in their caches, which may do instead of an index.
        once = {
            "UV_NO_CACHE": "1",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_RETRIES": "0",
            "UV_HTTP_RETRIES": "0",
        }
        for requests in (0, 1, 2):
            index.lose_after(requests)
            problem = spot.fail("alpha==2.0", build_environment=once)
            assert "127.0.0.1" in problem["message"] + problem["output"], problem
            index.revive()
        index.lose_after(0)
        check = spot.run("alpha==2.0", check=True, build_environment=once)
        assert check.result["changed"] and check.result["unresolved"], (
            "what the index does not tell is unresolved"
        )
        index.revive()
        spot.converge("alpha==2.0")
        index.lose_after(0)
        assert not spot.run("alpha==2.0").result["changed"], (
            "a run with nothing to do needs no index"
        )


def test_no_process_is_started_where_nothing_is_to_be_done(
    area: Area, tmp_path: Path
) -> None:
    """As the top-level options, with links, a nested file, a constraint and a local project."""
    need(can_trace(), "strace")
    root = _directory(area, "quiet")
    (root / "req.txt").write_text("-r more.txt\n-c held.txt\n")
    (root / "more.txt").write_text("alpha\n")
    (root / "held.txt").write_text("alpha==1.0\n")
    spot = Spot(
        area,
        root,
        "pip",
        requirements=[str(root / "req.txt")],
        links=[{"name": "alpha", "directory": str(root)}],
    )
    spot.converge()
    answer = spot.run(trace=tmp_path / "trace")
    assert not answer.result["changed"]
    assert answer.calls == ()
    assert say(root / "alpha") == "1.0 1.0 1.0"
    assert listing(spot.venv)["alpha"] == "1.0"


def _directory(area: Area, name: str) -> Path:
    root = area.root / name
    root.mkdir(mode=0o755)
    return root
