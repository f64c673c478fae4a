# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each static answer about an interpreter equals its own: on this machine and in Debian containers, cell by cell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping, Sequence

import pytest
from testbed import wheelhouse
from testbed.containers import Container, TestbedError, podman
from testbed.platforms import PLATFORMS

from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.python_version import (
    WANTED,
)

sys.path.insert(0, str(Path(__file__).parent))

from cells import Cell, Ledger
from hosts import CORE, HERE, image, missing, mounts, packages

PLAIN = (
    "version",
    "implementation",
    "prefix",
    "stdlib",
    "site_directories",
    "user_site",
    "marker",
)
UNKNOWN_AT_MOST = 0.02


def squeeze(text: str) -> str:
    """Return a text with each run of white space as one blank: pip wraps what it prints."""
    return " ".join(text.split())


def compare(
    place: str, static: Mapping[str, Any], real: Mapping[str, Any]
) -> Iterator[Cell]:
    """Yield the cells of all interpreters that were found."""
    for path, answer in real.items():
        if "error" in answer:
            raise AssertionError(f"{place}: {path} does not run: {answer['error']}")
        said = static[path]
        because = said["because"]
        for field in PLAIN:
            yield Cell(place, path, field, said[field], answer[field], because)
        if answer["build"] is not None:
            wanted = {
                key: answer["build"][key] for key in WANTED if key in answer["build"]
            }
            yield Cell(place, path, "build", said["build"], wanted, because)
        yield Cell(place, path, "pip", said["pip"], answer["pip"] or "", because)
        if answer["purelib"] is not None:  # else no pip runs there at all
            yield Cell(
                place, path, "purelib", said["purelib"], answer["purelib"], because
            )
        if answer["pip_refuses"] is not None:
            yield Cell(
                place,
                path,
                "pip_refuses",
                said["pip_refuses"],
                answer["pip_refuses"],
                because,
            )
        if answer["pip_refuses"]:
            told = squeeze(said["pip_message"]) in squeeze(
                answer["pip_output"]
            ) and bool(said["pip_message"])
            yield Cell(place, path, "pip_message", told, True, because)


def judge(
    ledger: Ledger, place: str, static: Mapping[str, Any], real: Mapping[str, Any]
) -> None:
    """Enter the cells and fail on the first disagreement."""
    cells = list(compare(place, static, real))
    ledger.add(*cells)
    wrong = [cell for cell in cells if cell.verdict == "disagrees"]
    assert not wrong, "\n".join(
        f"{c.subject} {c.field}: {c.static!r}, really {c.real!r}" for c in wrong
    )


def ask(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Any:
    """Run a program that answers in JSON; its complaint is the test's."""
    done = subprocess.run(
        [str(word) for word in command],
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_this_machine(ledger: Ledger) -> None:
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PIP_", "VIRTUAL_ENV"))
    }
    static = ask([sys.executable, HERE / "scan_host.py", CORE.parent, "/"], env)[
        "installations"
    ]
    real = ask(
        [sys.executable, HERE / "interpreter_probe.py", wheelhouse.ensure(), *static],
        env,
    )
    judge(ledger, "this machine", static, real)
    own = os.path.realpath(sys.executable)
    assert any(
        os.path.samefile(path, own) or os.path.dirname(path) == os.path.dirname(own)
        for path in static
    ), f"{own}, which runs this test, was not found"


class Place:
    """A running host, its name in the report, and what its interpreters said when they were asked."""

    def __init__(self, name: str, container: Container) -> None:
        self.name = name
        self.container = container
        self._answers: dict[str, Any] = {}

    def ask(self, paths: Iterable[str]) -> dict[str, Any]:
        """Return each interpreter's own answers; none is asked twice."""
        paths = list(paths)
        new = [path for path in paths if path not in self._answers]
        if new:
            probe = [
                "python3",
                "/conformance/tests/interpreter_probe.py",
                "/conformance/wheels",
                *new,
            ]
            self._answers.update(json.loads(self.container.run(*probe).stdout))
        return {path: self._answers[path] for path in paths}


# Those that can be had everywhere; Alpine's image is only where a registry is. The interpreters of macos-like are Linux
# programs in macOS's layout, started by a stub: what they say of themselves is not what a Mac's would.
HOSTS = [
    (row.name, False)
    for row in PLATFORMS.values()
    if row.recipe and row.name != "macos-like"
]
HOSTS += [(name, True) for name, _full in HOSTS if name.startswith("debian-")]


@pytest.fixture(
    scope="module", params=HOSTS, ids=[name + "-full" * full for name, full in HOSTS]
)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    name, full = request.param
    if shutil.which("podman") is None:
        missing("podman is not installed: run tests/testbed/prepare_host.sh")
    try:
        with Container(image(name, full), mounts=mounts(name, full)) as container:
            yield Place(name + (f" with {packages(name)}" if full else ""), container)
    except TestbedError as error:
        missing(str(error))


@pytest.mark.containers
def test_inside(ledger: Ledger, place: Place) -> None:
    answer = place.container.run(
        "python3", "/conformance/tests/scan_host.py", "/conformance/collection", "/"
    )
    static = json.loads(answer.stdout)["installations"]
    own = place.container.run(
        "python3", "-c", "import os, sys; print(os.path.realpath(sys.executable))"
    ).stdout.strip()
    assert own in static
    assert ("pypy" in place.name) == any("pypy" in path for path in static)
    judge(ledger, place.name, static, place.ask(static))


@pytest.mark.containers
@pytest.mark.skipif(
    os.geteuid() != 0,
    reason="only root can look into a container's file system from outside",
)
def test_from_outside(ledger: Ledger, place: Place) -> None:
    """The same host as a directory: nothing of it runs, and this machine's own Pythons are not mistaken for its."""
    root = podman("mount", place.container.id).stdout.strip()
    try:
        static = ask([sys.executable, HERE / "scan_host.py", CORE.parent, root])[
            "installations"
        ]
    finally:
        podman("unmount", place.container.id)
    assert static, "nothing was found"
    assert all(path.startswith("/usr/") for path in static), (
        "a mount of this machine, or its own Python, was taken in"
    )
    judge(ledger, place.name + ", from outside", static, place.ask(static))


def test_unknown_cells_are_few(ledger: Ledger) -> None:
    unknown, all_of_them = len(ledger.of("unknown")), len(ledger.cells)
    assert all_of_them, "nothing was compared"
    assert unknown <= UNKNOWN_AT_MOST * all_of_them, ledger.report()
