# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each static answer about an environment equals its own, in Debian containers, cell by cell.

The environments are made by make_environments.sh, and here, by the real tools: sound ones and broken.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any, Iterator, Mapping

import pytest
from testbed.containers import Container, TestbedError, podman

sys.path.insert(0, str(Path(__file__).parent))

from cells import Cell, Ledger
from hosts import (
    CORE,
    HERE,
    PIPX,
    image,
    image_with_environments,
    missing,
    mounts,
    pyenv_root,
)

UNKNOWN_AT_MOST = 0.02
#: By path: the kind, and what is wrong with it.
Expected = Mapping[str, "tuple[str, list[str]]"]
MADE: Expected = {
    "/srv/venv": ("venv", []),
    "/srv/without-pip": ("venv", []),
    "/srv/copies": ("venv", []),
    "/srv/pypy": ("venv", []),
    "/srv/uv": ("uv", []),
    "/srv/virtualenv": ("virtualenv", []),
    "/srv/dangling": ("venv", ["interpreter-missing"]),
    "/srv/half-made": ("uv", ["half-made"]),
}
#: By host. With Debian 12's Python, which installs below local/, that release makes bin there, and what is not one.
OLD_VIRTUALENV: Mapping[str, Expected] = {
    "debian-11": {"/srv/old-virtualenv": ("virtualenv", [])},
    "debian-12": {
        "/srv/old-virtualenv": ("virtualenv", ["interpreter-missing", "half-made"])
    },
}
NEWEST_PIPX: Expected = {"/opt/pipx/venvs/cowsay-new": ("pipx", [])}
DEBIANS_PIPX = {
    "debian-12": "/root/.local/pipx",
    "debian-13": "/root/.local/share/pipx",
}
#: Debian without python3-venv: what it can make, and what it leaves when it can't.
BARE: Expected = {
    "/srv/without-pip": ("venv", []),
    "/srv/half-made": ("venv", ["half-made"]),
}
MAKE_BARE = """
cd /srv
python3 -m venv --without-pip without-pip
if python3 -m venv half-made >/dev/null; then exit 1; fi
"""
#: With a Python of pyenv: virtualenv 20.4, of which Debian 13's own is too new, and others.
MAKE_WITH_PYENV = """
export UV_NO_INDEX=1 UV_FIND_LINKS=/conformance/wheels UV_OFFLINE=1 UV_PYTHON_DOWNLOADS=never
mkdir /srv/pyenv
cd /srv/pyenv
/srv/venv/bin/uv venv --quiet --python "$1" uv
"$1" -m venv --without-pip venv
/srv/venv/bin/uv pip install --quiet --python venv/bin/python virtualenv==20.4.7
venv/bin/virtualenv --quiet --no-download --no-periodic-update old-virtualenv
"""
WITH_PYENV: Expected = {
    "/srv/pyenv/uv": ("uv", []),
    "/srv/pyenv/venv": ("venv", []),
    "/srv/pyenv/old-virtualenv": ("virtualenv", []),
}


def python_for_old_virtualenv() -> Path | None:
    """Return the newest Python of pyenv that virtualenv 20.4 runs on."""
    root = pyenv_root()
    names = [f"versions/{minor}.*/bin/python3" for minor in ("3.10", "3.9", "3.8")]
    return (
        next((path for name in names for path in root.glob(name)), None)
        if root is not None
        else None
    )


class Place:
    """A running host with environments: what they should be, and what they said when they were asked."""

    def __init__(self, host: str, full: bool, container: Container) -> None:
        self.host, self.full, self.container = host, full, container
        self.name = host + (
            ", environments" if full else " without python3-venv, environments"
        )
        self.expected = dict(self._make())
        probe = ["python3", "/conformance/tests/environment_probe.py", *self.expected]
        self.real: dict[str, dict[str, Any]] = json.loads(container.run(*probe).stdout)
        self.listed = self._listed() if host in PIPX and full else {}

    def _make(self) -> Expected:
        if not self.full:
            self.container.shell(MAKE_BARE)
            return BARE
        made = dict(MADE)
        made.update(OLD_VIRTUALENV.get(self.host, {}))
        if self.host in PIPX:
            home = DEBIANS_PIPX[self.host]
            made.update(NEWEST_PIPX)
            made.update(
                {f"{home}/venvs/cowsay": ("pipx", []), f"{home}/shared": ("venv", [])}
            )
        python = python_for_old_virtualenv()
        if python is not None and self.host != "debian-11":
            self.container.run("sh", "-eus", str(python), text=MAKE_WITH_PYENV)
            made.update(WITH_PYENV)
        return made

    def _listed(self) -> dict[str, tuple[str, str, list[str]]]:
        """Return name, version and commands by path, as Debian's pipx and the newest list them."""
        assert (
            self.container.run("/usr/bin/pipx", "--version").stdout.strip()
            == PIPX[self.host]
        )
        found = {}
        for command in (
            ["/usr/bin/pipx", "list", "--json"],
            ["/srv/venv/bin/pipx", "list", "--json", "--global"],
        ):
            for venv in json.loads(self.container.run(*command).stdout)[
                "venvs"
            ].values():
                main = venv["metadata"]["main_package"]
                path = PurePosixPath(main["app_paths"][0]["__Path__"]).parent.parent
                commands = sorted(app + main["suffix"] for app in main["apps"])
                found[str(path)] = (main["package"], main["package_version"], commands)
        return found


HOSTS = [
    (f"debian-{release}", full) for release in (11, 12, 13) for full in (False, True)
]


@pytest.fixture(scope="module")
def images() -> Mapping[str, str]:
    """Return the images with environments by host; they are made two at a time."""
    if shutil.which("podman") is None:
        missing("podman is not installed: run tests/testbed/prepare_host.sh")
    names = [host for host, full in HOSTS if full]
    try:
        with ThreadPoolExecutor(max_workers=2) as pool:
            return dict(zip(names, pool.map(image_with_environments, names)))
    except TestbedError as error:
        missing(str(error))
        raise


@pytest.fixture(
    scope="module", params=HOSTS, ids=[name + "-full" * full for name, full in HOSTS]
)
def place(request: pytest.FixtureRequest, images: Mapping[str, str]) -> Iterator[Place]:
    host, full = request.param
    try:
        with Container(
            images[host] if full else image(host, False), mounts=mounts(host, full)
        ) as container:
            yield Place(host, full, container)
    except TestbedError as error:
        missing(str(error))


def works(path: str, answer: Mapping[str, Any], sites: list[str]) -> bool:
    """Return whether an environment does its work: starts, as itself, with its ``sites``, and its pip acts on it."""
    itself = (
        answer["runs"]
        and answer["prefix"] == path
        and set(sites) <= set(answer["path"])
    )
    own_pip = answer["pip"].startswith(path + "/")
    return itself and (
        not own_pip or (answer["pip_status"] == 0 and path + "/" in answer["script"])
    )


def compare(
    where: str, path: str, static: Mapping[str, Any], place: Place
) -> Iterator[Cell]:
    """Yield the cells of one environment."""
    answer, (kind, problems), because = (
        place.real[path],
        place.expected[path],
        static["because"],
    )
    sites = [
        each
        for each in answer["path"]
        if each.startswith(path + "/") and each.endswith("/site-packages")
    ]
    real = {"kind": kind, "problems": problems, "runs": answer["runs"]}
    if answer["runs"]:
        real.update(
            prefix=answer["prefix"],
            base_prefix=answer["base"],
            version=answer["version"],
        )
        # What is the base's, with --system-site-packages, is not the environment's.
        real.update(
            site_packages=sites,
            pip=bool(answer["pip"])
            and not answer["pip"].startswith(answer["base"] + "/lib"),
        )
    if problems != ["half-made"]:  # that one runs, and is of no use
        real["sound"] = works(path, answer, static["site_packages"])
    for field, value in real.items():
        yield Cell(where, path, field, static[field], value, because)
    if path in place.listed:
        record = static["pipx"]
        said = (record["application"], record["version"], sorted(record["commands"]))
        for field, one, other in zip(
            ("name", "version", "commands"), said, place.listed[path]
        ):
            yield Cell(where, path, "pipx " + field, one, other, record["error"])


def judge(
    ledger: Ledger, where: str, static: Mapping[str, Any], place: Place, paths: set[str]
) -> None:
    """Enter the cells; fail on what was not found, on what is none, and on the first disagreement."""
    assert set(static) == paths
    cells = [
        cell
        for path in sorted(paths)
        for cell in compare(where, path, static[path], place)
    ]
    ledger.add(*cells)
    wrong = [cell for cell in cells if cell.verdict == "disagrees"]
    assert not wrong, "\n".join(
        f"{c.subject} {c.field}: {c.static!r}, really {c.real!r}" for c in wrong
    )


@pytest.mark.containers
def test_inside(ledger: Ledger, place: Place) -> None:
    told = place.container.run(
        "python3", "/conformance/tests/scan_host.py", "/conformance/collection", "/"
    ).stdout
    static = json.loads(told)["environments"]
    assert {
        path for path in place.expected if static.get(path, {}).get("kind") == "pipx"
    } == set(place.listed)
    judge(ledger, place.name, static, place, set(place.expected))


@pytest.mark.containers
@pytest.mark.skipif(
    os.geteuid() != 0,
    reason="only root can look into a container's file system from outside",
)
def test_from_outside(ledger: Ledger, place: Place) -> None:
    """The same environments in a directory, but those on a Python that is mounted into the container only."""
    root = podman("mount", place.container.id).stdout.strip()
    try:
        scan = [sys.executable, str(HERE / "scan_host.py"), str(CORE.parent), root]
        static = json.loads(
            subprocess.run(scan, check=True, capture_output=True, text=True).stdout
        )["environments"]
    finally:
        podman("unmount", place.container.id)
    paths = set(place.expected) - set(WITH_PYENV)
    static = {path: said for path, said in static.items() if path not in WITH_PYENV}
    judge(ledger, place.name + ", from outside", static, place, paths)


@pytest.mark.containers
def test_unknown_cells_are_few(ledger: Ledger) -> None:
    unknown, all_of_them = len(ledger.of("unknown")), len(ledger.cells)
    assert all_of_them, "nothing was compared"
    assert unknown <= UNKNOWN_AT_MOST * all_of_them, ledger.report()
