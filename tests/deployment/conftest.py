# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers of the test hosts, and playbooks that are played on them from here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Sequence

import pytest
from testbed.containers import (
    BUILD,
    REPOSITORY,
    Container,
    TestbedError,
    environment,
    podman,
)

#: Defaults of the role, for entry points that are played alone.
DEFAULTS = {
    "app_venv_apps": [], "app_venv_python": "", "app_venv_installer": "auto", "app_venv_keep": 2,
    "app_venv_index_url": "", "app_venv_extra_index_urls": [], "app_venv_find_links": [], "app_venv_no_index": False,
    "app_venv_ca_bundle": "", "app_venv_root": "/opt",
}  # fmt: skip


class Played(NamedTuple):
    """What a play did."""

    status: int
    output: str

    @property
    def changed(self) -> list[str]:
        """The tasks that changed something, or would have."""
        tasks = re.split(
            r"^TASK \[(?:[^\]]* : )?(.*)\] \*+$", self.output, flags=re.MULTILINE
        )
        return [
            name
            for name, text in zip(tasks[1::2], tasks[2::2])
            if re.search(r"^changed:", text, re.MULTILINE)
        ]


class Reached(NamedTuple):
    """How Ansible reaches a container: variables of the host, and of Ansible's process."""

    host: dict[str, Any]
    environment: dict[str, str]


def reach(container: Container, directory: Path) -> Reached:
    """Return how Ansible reaches a container: through its namespaces where make says so, else with podman's plugin."""
    connection = os.environ.get("TESTBED_CONNECTION") or "containers.podman.podman"
    pids = directory / "pids"
    pids.mkdir(exist_ok=True)
    number = podman("inspect", "--format={{.State.Pid}}", container.id).stdout
    (pids / f"{container.id}.pid").write_text(number)
    host = {
        "ansible_connection": connection,
        "ansible_host": container.id,
        "ansible_python_interpreter": "/usr/bin/python3",
    }
    variables = {
        **environment(),
        "ANSIBLE_CONNECTION_PLUGINS": str(
            REPOSITORY / "extensions/molecule/connection_plugins"
        ),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PIPELINING": "true",
        "PYTHONWARNINGS": "ignore",
        "TESTBED_PID_DIRECTORY": str(pids),
    }
    return Reached(host, variables)


def play(
    container: Container,
    directory: Path,
    tasks: Sequence[Mapping[str, Any]],
    *options: str,
    **variables: Any,
) -> Played:
    """Play tasks on a container."""
    host, environment_of_ansible = reach(container, directory)
    inventory = {"all": {"hosts": {"target": host}}}
    (directory / "inventory.json").write_text(json.dumps(inventory))
    book = [
        {
            "hosts": "all",
            "gather_facts": False,
            "vars": {**DEFAULTS, **variables},
            "tasks": list(tasks),
        }
    ]
    (directory / "play.yml").write_text(json.dumps(book))
    command = [
        "ansible-playbook",
        "--inventory",
        str(directory / "inventory.json"),
        str(directory / "play.yml"),
        *options,
    ]
    done = subprocess.run(
        command,
        env=environment_of_ansible,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Played(done.returncode, done.stdout + done.stderr)


def role(entry: str) -> dict[str, Any]:
    return {
        "name": entry,
        "ansible.builtin.import_role": {
            "name": "pyfleet.python.app_venv",
            "tasks_from": entry,
        },
    }


def need_image(name: str) -> str:
    """Skip a test whose image is missing; in CI that is an error."""
    try:
        there = podman("image", "exists", name, check=False).returncode == 0
    except TestbedError:
        there = False
    if not there:
        assert not os.environ.get("CI"), name + " is needed here: make images"
        pytest.skip(name + " is needed: make images")
    return name


@pytest.fixture(scope="session")
def uv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The uv of the wheelhouse."""
    found = sorted((BUILD / "wheelhouse").glob("uv-*.whl"))
    assert found, "the wheelhouse is missing: make wheelhouse"
    target = tmp_path_factory.mktemp("uv") / "uv"
    with zipfile.ZipFile(found[-1]) as wheel:
        name = next(each for each in wheel.namelist() if each.endswith("/scripts/uv"))
        target.write_bytes(wheel.read(name))
    target.chmod(0o755)
    return target
