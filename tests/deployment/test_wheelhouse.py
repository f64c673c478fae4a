# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wheels for another Python than the controller's, fetched here, shipped once, and installed without a network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from convergence.packages import write_lock, write_source, write_wheel
from testbed.containers import REPOSITORY, Container

from deployment.conftest import Played, need_image, play, role

FILES = REPOSITORY / "roles/app_venv/files"
HOUSE = "/var/lib/pyfleet/wheelhouse"
VENV = "/opt/web/venv"
COPY = "Copy missing and changed wheels"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the controller's pip finds files; `web` needs different ones on different Pythons, one of them compiled."""
    root = tmp_path_factory.mktemp("index")
    needs = [
        "MarkupSafe",
        'old-only; python_version < "3.12"',
        'new-only; python_version >= "3.12"',
    ]
    for version in ("1.0", "2.0"):
        write_wheel(root, "web", version, needs, scripts={"web": "web:VERSION.title"})
    for name in ("old-only", "new-only"):
        write_wheel(root, name, "1.0")
    write_source(root, "source", "1.0", root / "scratch")
    # Compiled wheels: one that fits, and two that a host of another C library, or another Python, cannot use.
    for tag in (
        "cp313-cp313-manylinux_2_28_x86_64",
        "cp313-cp313-manylinux_2_99_x86_64",
        "cp311-cp311-manylinux2014_x86_64",
    ):
        wheel = write_wheel(root, "MarkupSafe", "3.0" if "99" in tag else "2.0")
        wheel.rename(root / wheel.name.replace("py3-none-any", tag))
    return root


class Host:
    """A container without a network, and the play that ships wheels to it."""

    def __init__(self, container: Container, directory: Path, index: Path) -> None:
        self.container, self.directory = container, directory
        self.variables: dict[str, Any] = {
            "app_venv_wheelhouse_directory": HOUSE, "app_venv_wheelhouse_python": "{{ ansible_playbook_python }}",
            "app_venv_wheelhouse_cache": str(directory / "cache"), "app_venv_wheelhouse_max_age": 0,
            "app_venv_wheelhouse_versions": [],
            "app_venv_wheelhouse_environment": {
                "PIP_FIND_LINKS": str(index), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null",
            },
        }  # fmt: skip

    def ship(self, *packages: str, check: bool = False) -> Played:
        environment = {"path": VENV, "packages": list(packages)}
        application = {
            "name": "web",
            "gone": False,
            "environment": environment,
            "sources": [],
        }
        variables = {
            **self.variables,
            "app_venv_apps": [{"name": "web", "packages": list(packages)}],
        }
        plan = {"applications": [application]}
        options = ["--check"] if check else []
        return play(
            self.container,
            self.directory,
            [role("wheelhouse")],
            *options,
            __app_venv_plan=plan,
            **variables,
        )

    def install(self, *packages: str) -> Played:
        options = {
            "path": VENV,
            "packages": list(packages),
            "no_index": True,
            "find_links": [HOUSE],
            "pip": False,
        }
        return play(
            self.container,
            self.directory,
            [{"name": "Install", "pyfleet.python.venv": options}],
        )

    def wheels(self) -> list[str]:
        return sorted(self.container.run("ls", HOUSE, check=False).stdout.split())


@pytest.fixture
def hosts(tmp_path: Path, index: Path, uv: Path) -> Iterator[Callable[[str], Host]]:
    with ExitStack() as stack:

        def make(release: str) -> Host:
            container = stack.enter_context(
                Container(need_image(f"localhost/pyfleet/debian:{release}"))
            )
            container.copy_in(uv, "/usr/local/bin/uv")
            return Host(container, tmp_path, index)

        yield make


def test_what_an_old_host_needs_is_not_what_the_controller_would(
    hosts: Callable[[str], Host],
) -> None:
    """Debian 12 has another Python and glibc; markers of dependencies are the host's as well."""
    host = hosts("12")
    shipped = host.ship("web==1.0")
    assert shipped.status == 0, shipped.output
    assert host.wheels() == [
        "MarkupSafe-2.0-cp311-cp311-manylinux2014_x86_64.whl",
        "old_only-1.0-py3-none-any.whl",
        "web-1.0-py3-none-any.whl",
    ]
    installed = host.install("web==1.0")
    assert installed.status == 0, installed.output


def test_wheels_are_shipped_once_and_kept_for_as_long_as_they_are_needed(
    hosts: Callable[[str], Host],
) -> None:
    host = hosts("13")
    predicted = host.ship("web==1.0", check=True)
    assert predicted.status == 0, predicted.output
    assert host.wheels() == []
    shipped = host.ship("web==1.0")
    assert shipped.changed == predicted.changed == ["Create the wheelhouse", COPY]
    assert host.wheels() == [
        "MarkupSafe-2.0-cp313-cp313-manylinux_2_28_x86_64.whl",
        "new_only-1.0-py3-none-any.whl",
        "web-1.0-py3-none-any.whl",
    ]
    installed = host.install("web==1.0")
    assert installed.status == 0, installed.output
    # One that was altered is sent again. An old one stays for as long as a release that is kept needs it.
    host.container.shell(f"echo altered > {HOUSE}/new_only-1.0-py3-none-any.whl")
    assert host.ship("web==2.0").changed == [COPY]
    assert host.install("web==2.0").status == 0
    assert host.ship("web==2.0").changed == []
    assert "web-1.0-py3-none-any.whl" in host.wheels()
    host.container.shell("rm -r $(ls -d /opt/web/.venv.releases/* | head -1)")
    assert host.ship("web==2.0").changed == ["Remove wheels that no release needs"]
    assert [name for name in host.wheels() if name.startswith("web-")] == [
        "web-2.0-py3-none-any.whl"
    ]
    refused = host.ship("web==2.0", "source")
    assert refused.status == 2
    assert "source, for web, has no wheel for Python 3.13" in " ".join(
        refused.output.split()
    )


def test_a_lock_is_fetched_by_its_hashes_and_once(tmp_path: Path, index: Path) -> None:
    """As the role asks for it, for this machine, from wheels that are copied beside the lock."""
    beside = tmp_path / "wheels"
    beside.mkdir()
    wheel = write_wheel(beside, "web", "1.0")
    lock = write_lock(tmp_path / "pylock.toml", [wheel])
    target = json.loads(
        subprocess.run(
            [sys.executable, FILES / "wheel_target.py"], check=True, capture_output=True
        ).stdout
    )
    request = {
        "name": "web",
        "version": target["version"],
        "packages": [],
        "requirements": [],
        "constraints": [],
    }
    requests = [{**request, "lock": str(lock), "find_links": [str(beside)]}]
    cache = tmp_path / "cache"
    job = {
        "python": sys.executable,
        "cache": str(cache),
        "max_age": 0,
        "target": target,
        "requests": requests,
    }
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}

    def fetch() -> dict[str, Any]:
        command = [sys.executable, "-I", FILES / "wheelhouse.py"]
        done = subprocess.run(
            command,
            input=json.dumps(job),
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    assert list(fetch()["wheels"]) == [wheel.name]
    write_wheel(beside, "web", "1.0", mark="altered")
    assert list(fetch()["wheels"]) == [wheel.name], (
        "what is locked is not fetched again"
    )
    shutil.rmtree(cache)
    assert "could not be fetched" in fetch()["failed"]
