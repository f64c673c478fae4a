# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed at any moment: the application stays on one release, and the next run cleans up.

The moments are seeded and spread over a run that was measured; parent, child, or both are killed.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Iterator, Mapping, NamedTuple

import pytest
from testbed.figures import FIGURES

from convergence.area import Area
from convergence.client import Client, descendants
from convergence.drift import Place, listing, plain, say
from convergence.module import read_answer

VICTIMS = ("parent", "child", "both")
RELEASE = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")


class Kill(NamedTuple):
    """One of the kills: whom, and when, as a share of a whole run."""

    victim: str
    share: float


def spread_kills(number: int, seed: int) -> Iterator[Kill]:
    """Yield seeded kills, one in each of as many parts of a run."""
    chance = random.Random(seed)
    order = list(range(number))
    chance.shuffle(order)
    for count, part in enumerate(order):
        yield Kill(VICTIMS[count % 3], (part + chance.random()) / number * 1.02)


class Application:
    """An environment with `alpha` that is upgraded and downgraded in turns."""

    def __init__(self, area: Area, installer: str, **more: Any) -> None:
        self.area, self.installer, self.more = area, installer, more
        self.root = Path(
            area.root / f"crash-{installer}-{len(list(area.root.glob('crash-*')))}"
        )
        (self.root / "bin").mkdir(parents=True)
        self.venv = self.root / "venv"
        self.cut_short = 0

    def options(self, version: str) -> dict[str, Any]:
        options = {
            "path": str(self.venv),
            "packages": [f"alpha=={version}"],
            "installer": self.installer,
        }
        return {
            **options,
            "find_links": [str(self.area.wheels)],
            "no_index": True,
            **self.more,
        }

    def converge(self, version: str) -> float:
        """Run to the end and give the seconds that it took."""
        started = time.monotonic()
        answer = self.area.runner.run(self.options(version))
        assert not answer.result.get("failed"), f"it does not converge: {answer}"
        assert listing(self.venv)["alpha"] == version
        assert say(self.venv / "bin" / "python", "-m", "alpha") == " ".join(
            [version] * 3
        )
        return time.monotonic() - started

    def kill_a_run(self, version: str, kill: Kill, seconds: float) -> None:
        process = self.area.runner.start(self.options(version))
        time.sleep(kill.share * seconds)
        below = descendants(process.pid)
        victims = {
            "parent": [process.pid],
            "child": below[:1],
            "both": [process.pid, *below],
        }[kill.victim]
        for pid in victims or [process.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        output, errors = process.communicate(timeout=120)
        self.cut_short += process.returncode == -signal.SIGKILL or bool(
            output and read_answer(output, errors).result.get("failed")
        )

    def check_leftovers(self, kill: object) -> None:
        """Nothing but releases with a record, the current one and those that are kept."""
        assert sorted(os.listdir(self.root)) == [".venv.releases", "bin", "venv"], kill
        releases = self.root / ".venv.releases"
        names = sorted(os.listdir(releases))
        assert all(RELEASE.fullmatch(name) for name in names), names
        assert [
            name for name in names if not (releases / name / ".pyfleet.json").is_file()
        ] == [], "unfinished"
        assert len(names) <= 3, names


def try_kills(app: Application, kills: list[Kill], seed: int) -> Client:
    """Kill runs, and converge after each, while a client starts the application."""
    app.converge("2.0")
    app.converge("1.0")
    measured = statistics.median(
        [app.converge("2.0"), app.converge("1.0"), app.converge("2.0")]
    )
    ways = [[app.venv / "bin" / "alpha"], [app.venv / "bin" / "python", "-m", "alpha"]]
    versions = ["1.0", "2.0"]
    with Client(ways, 0.4, seed) as client:
        for kill in kills:
            app.kill_a_run(versions[0], kill, measured)
            # What a killed parent leaves behind must not disturb the next run, which starts at once.
            app.converge(versions[0])
            app.check_leftovers(kill)
            assert client.faults == [], (kill, client.faults[:2])
            versions.reverse()
    assert client.faults == []
    assert set(client.seen) == {"1.0", "2.0"}, client.seen
    FIGURES.append(
        f"crash, {app.installer}: {len(kills)} kills over runs of {measured:.2f} s, {app.cut_short} of them cut short;"
        f" {client.starts} starts, 0 failed, 0 mixed"
    )
    return client


def test_killed_while_it_changes(area: Area, request: pytest.FixtureRequest) -> None:
    number, seed = (
        request.config.getoption("--kills"),
        request.config.getoption("--seed"),
    )
    apps = {kind: Application(area, kind) for kind in ("pip", "uv")}
    kills = {
        "pip": list(spread_kills((number + 1) // 2, seed)),
        "uv": list(spread_kills(number // 2, seed + 1)),
    }
    with ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(try_kills, apps[kind], kills[kind], seed)
            for kind in apps
            if kills[kind]
        ]
        for run in runs:
            run.result()
    assert sum(app.cut_short for app in apps.values()) > number // 3, (
        "most kills came too late to be any"
    )


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_killed_while_it_is_made(
    area: Area, request: pytest.FixtureRequest, installer: str
) -> None:
    number, seed = (
        request.config.getoption("--kills"),
        request.config.getoption("--seed"),
    )
    app = Application(area, installer, pip=False)
    measured = app.converge("1.0")
    for kill in spread_kills(max(number // 7, 2), seed + 2):
        area.runner.run({"path": str(app.venv), "state": "absent"})
        assert os.listdir(app.root) == ["bin"]
        app.kill_a_run("1.0", kill, measured)
        if os.path.lexists(app.venv):
            assert say(app.venv / "bin" / "alpha") == "1.0 1.0 1.0", (
                "the current release stays intact until the switch"
            )
        app.converge("1.0")
        app.check_leftovers(kill)


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_killed_while_it_adopts(
    area: Area, request: pytest.FixtureRequest, installer: str
) -> None:
    """The application stays at one version, as what was started before is not pinned to a release yet."""
    number, seed = (
        request.config.getoption("--kills"),
        request.config.getoption("--seed"),
    )
    app = Application(area, installer, pip=False)
    _make_plain(app)
    measured = app.converge("1.0")
    for kill in spread_kills(max(number // 7, 2), seed + 3):
        area.runner.run({"path": str(app.venv), "state": "absent"})
        _make_plain(app)
        with Client(
            [[app.venv / "bin" / "python", "-m", "alpha"]], 0.2, seed
        ) as client:
            app.kill_a_run("1.0", kill, measured)
            app.converge("1.0")
        assert client.faults == [], (kill, client.faults[:2])
        assert app.venv.is_symlink()
        app.check_leftovers(kill)


def _make_plain(app: Application) -> None:
    plain("alpha-1.0", "part-1.0", pip=False)(
        Place(app.root, app.area.wheels, app.area.python, "")
    )


def test_what_a_killed_parent_leaves_writes_only_into_its_own_release(
    area: Area,
) -> None:
    """The installer goes on as an orphan, or dies with its parent; the current release never changes."""
    app = Application(area, "pip")
    app.converge("1.0")
    current = os.path.realpath(app.venv)
    before = _contents(current)
    process = app.area.runner.start(app.options("2.0"))
    deadline = time.monotonic() + 60
    while (
        not any("install" in _command(pid) for pid in descendants(process.pid))
        and time.monotonic() < deadline
    ):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    time.sleep(3)
    assert _contents(current) == before
    assert os.path.realpath(app.venv) == current
    app.converge("2.0")
    app.check_leftovers("parent")


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_killed_while_it_rebuilds_in_place(area: Area, installer: str) -> None:
    """What was set aside is found by the next run, which restores it where it cannot finish."""
    app = Application(area, installer, strategy="in_place")
    app.converge("1.0")
    config = app.venv / "pyvenv.cfg"
    config.write_text(config.read_text().replace("home = ", "home = /nonexistent"))
    broken = _contents(str(app.venv))
    process = app.area.runner.start(app.options("2.0"))
    deadline = time.monotonic() + 60
    while not (app.venv / ".pyfleet-aside").exists() and time.monotonic() < deadline:
        time.sleep(0.002)
    for pid in [process.pid, *descendants(process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate()
    assert (app.venv / ".pyfleet-aside" / "pyvenv.cfg").is_file(), (
        "it was killed too late"
    )
    checked = area.runner.run(app.options("2.0"), check=True)
    assert checked.result["changed"] and "killed" in checked.result["unresolved"], str(
        checked
    )
    failed = area.runner.run({**app.options("2.0"), "packages": ["no-such-project"]})
    assert failed.result["failed"] and failed.result["problem"]["code"] != "internal", (
        str(failed)
    )
    assert _contents(str(app.venv)) == broken
    app.converge("2.0")
    assert not list(app.venv.glob(".pyfleet-aside*"))


def _command(pid: int) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode(errors="replace")
        )
    except OSError:
        return ""


def _contents(prefix: str) -> Mapping[str, bytes | str]:
    """Return the bytes of every file of a release but the bytecode that the interpreter itself adds."""
    found: dict[str, bytes | str] = {}
    for top, names, files in os.walk(prefix):
        names[:] = [name for name in names if name != "__pycache__"]
        for name in files:
            path = os.path.join(top, name)
            found[path] = (
                os.readlink(path) if os.path.islink(path) else Path(path).read_bytes()
            )
    return found


@pytest.fixture(autouse=True)
def _tidy(area: Area) -> Iterator[None]:
    yield
    for path in area.root.glob("crash-*"):
        shutil.rmtree(path, ignore_errors=True)
