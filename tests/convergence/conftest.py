# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The place that tests of `venv` work in: a directory that only root, or the caller, can write, with an index."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Iterator

import pytest
from testbed import figures
from testbed.containers import BUILD, REPOSITORY

from convergence.area import Area, need
from convergence.packages import write_index

_MEMORY_KIB = 3 * 1024 * 1024


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kills",
        type=int,
        default=20,
        help="how many runs of the crash test are killed",
    )
    parser.addoption(
        "--seed",
        type=int,
        default=20261125,
        help="of the moments at which they are killed",
    )
    parser.addoption(
        "--python",
        default="",
        help="the Python that stands for Ansible's own on the target",
    )
    parser.addoption(
        "--apart",
        action="store_true",
        help="run each case in a call of the module of its own",
    )
    parser.addoption(
        "--all",
        action="store_true",
        help="try with pip also where it makes no difference what installs",
    )
    parser.addoption(
        "--keep-area",
        action="store_true",
        help="leave the directory that was worked in",
    )


def own_python(named: str) -> str:
    """Return the interpreter below this one's environment, or the one that was named."""
    return os.path.realpath(named or getattr(sys, "_base_executable", sys.executable))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(figures)
    config.addinivalue_line(
        "markers", "alike: what installs makes no difference; only with --all"
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if config.getoption("--all"):
        return
    left_out = [item for item in items if item.get_closest_marker("alike")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def area(request: pytest.FixtureRequest) -> Iterator[Area]:
    # /tmp is everybody's: that its sticky bit protects is for the module to know, and is tested on its own.
    parent = Path("/var/lib") if os.geteuid() == 0 else BUILD
    root = Path(tempfile.mkdtemp(prefix="pyfleet-convergence-", dir=parent))
    mounted = _mount_memory(root)
    root.chmod(0o755)
    try:
        for name in ("home", "tmp", "bin"):
            (root / name).mkdir(mode=0o755)
        (root / "tmp").chmod(0o1777)
        wheels = write_index(root / "wheels", root / "scratch")
        python = own_python(request.config.getoption("--python"))
        _unpack_uv(root / "bin")
        yield Area(root, wheels, python)
    finally:
        if not request.config.getoption("--keep-area"):
            if mounted:
                subprocess.run(["umount", "--lazy", str(root)], check=True)
            shutil.rmtree(root, ignore_errors=True)


def _mount_memory(root: Path) -> bool:
    """Put a file system in memory there, where that can be done: tens of thousands of files are made and removed."""
    memory = Path("/proc/meminfo")
    if os.geteuid() != 0 or not memory.exists():
        return False
    available = next(
        int(line.split()[1])
        for line in memory.read_text().splitlines()
        if "MemAvailable" in line
    )
    if available < 4 * _MEMORY_KIB // 3:
        return False
    command = [
        "mount",
        "-t",
        "tmpfs",
        "-o",
        f"size={_MEMORY_KIB}k,mode=755",
        "pyfleet-convergence",
        str(root),
    ]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _unpack_uv(directory: Path) -> None:
    found = sorted((BUILD / "wheelhouse").glob("uv-*.whl"))
    assert found, "the wheelhouse is missing: make wheelhouse"
    target = directory / "uv"
    with zipfile.ZipFile(found[-1]) as wheel:
        name = next(each for each in wheel.namelist() if each.endswith("/scripts/uv"))
        with wheel.open(name) as source, open(target, "wb") as file:
            shutil.copyfileobj(source, file)
    target.chmod(0o755)


@pytest.fixture(scope="session")
def pythons() -> dict[str, str]:
    """The Pythons of this machine that can make environments, by minor version."""
    done = subprocess.run(
        ["sh", str(REPOSITORY / "dev" / "pythons.sh"), "all"],
        check=True,
        capture_output=True,
        text=True,
    )
    return {
        version: os.path.realpath(path)
        for version, path in (line.split("\t") for line in done.stdout.splitlines())
    }


@pytest.fixture(scope="session")
def public_python() -> str:
    """A Python that every user of this machine can run, and that can make environments."""
    for name in ("/usr/bin/python3", "/usr/local/bin/python3"):
        path = os.path.realpath(name)
        done = subprocess.run(
            [path, "-c", "import venv, ensurepip"], check=False, capture_output=True
        )
        if (
            os.path.exists(path)
            and done.returncode == 0
            and os.stat(path).st_mode & stat.S_IXOTH
        ):
            return path
    need(False, "a Python for every user (with its venv package)")
    raise AssertionError
