# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures `pyenv_python`, `uv_python` and `conda_env` with nothing to do, beside what users have instead.

    python bench/separate_pythons.py [--rounds 15] [--image localhost/pyfleet/debian:13]

The target is a Debian container with an SSH server, reached over SSH with pipelining. It has Debian's pyenv with two
versions, uv with one Python, and an environment of conda. The peers are `community.general.uv_python`, the tasks of
pyenv's best-known role that run each time, and `pyenv versions` as a command. Nothing of the community manages
environments of conda: there the floor, `ping`, is all there is. Rounds are interleaved in one play. Then the modules
run as Ansible sends them, without SSH, and the target's processor time is taken, which other work on the machine
disturbs less.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "tests")]

from results import keep, tabulate
from target import PACKAGES, open_target
from tasks import run_tasks
from testbed.containers import Container
from testbed.payload import build_apart
from testbed.wheelhouse import WHEELHOUSE

DOWNLOADS = BENCH.parent / "extensions/molecule/uv/files/downloads.py"
#: The versions are links: without a change, nothing here builds or starts a Python of pyenv's.
SETUP = """
set -eu
cd /tmp
apt-get download -qq pyenv 2>/dev/null
dpkg --extract pyenv_*.deb /
for version in 3.12.1 3.13.2; do
    mkdir -p /opt/pyenv/versions/$version/bin
    ln -s /usr/bin/python3 /opt/pyenv/versions/$version/bin/python
done
echo 3.13.2 >/opt/pyenv/version
echo 'export PYENV_ROOT=/opt/pyenv' >/opt/pyenv/.pyenvrc
python3 -m zipfile -e /srv/wheels/uv-0.13.9-*.whl uv
install -m 0755 uv/uv-0.13.9.data/scripts/uv /usr/local/bin/uv
python3 /tmp/downloads.py /srv/pythons >/dev/null
mkdir -p /opt/conda/bin /opt/conda/envs/web/conda-meta
printf '#!/bin/sh\\nexit 1\\n' >/opt/conda/bin/conda
chmod 0755 /opt/conda/bin/conda
touch /opt/conda/envs/web/conda-meta/history
for number in $(seq 60); do
    printf '{"name": "package%d", "version": "1.%d", "build_string": "0", "channel": "conda-forge", "depends": []}' \\
        "$number" "$number" >/opt/conda/envs/web/conda-meta/package$number-1.$number-0.json
done
"""
UV_VARIABLES = {
    "UV_PYTHON_INSTALL_DIR": "/opt/uv/python",
    "UV_PYTHON_DOWNLOADS_JSON_URL": "/srv/pythons/downloads.json",
}
PING = "ping"
PYENV, UV, CONDA = "pyenv_python", "uv_python", "conda_env"
ROLE, COMMAND = "tasks of a role", "pyenv versions"
UV_PEER = "community.general.uv_python"
PYENV_ROWS = (PING, PYENV, COMMAND, ROLE)
UV_ROWS = (PING, UV, UV_PEER)
CONDA_ROWS = (PING, CONDA)
ROWS = tuple(dict.fromkeys((*PYENV_ROWS, *UV_ROWS, *CONDA_ROWS)))
INSTALL = ". /opt/pyenv/.pyenvrc && pyenv install %s"
PYTHON = "/opt/pyenv/versions/%s/bin/python"
VERSIONS = ("3.12.1", "3.13.2")
ROLE_TASKS: tuple[dict[str, Any], ...] = (
    {
        "ansible.builtin.shell": {
            "cmd": INSTALL % "{{ item }}",
            "creates": PYTHON % "{{ item }}",
        },
        "loop": list(VERSIONS),
    },
    {"ansible.builtin.stat": {"path": "/opt/pyenv/version"}},
    {"ansible.builtin.slurp": {"src": "/opt/pyenv/version"}},
)
MODULES: dict[str, dict[str, Any]] = {
    PING: {"ansible.builtin.ping": {}},
    PYENV: {
        "pyfleet.python.pyenv_python": {
            "root": "/opt/pyenv",
            "versions": ["3.12", "3.13"],
            "global": ["3.13"],
        }
    },
    COMMAND: {
        "ansible.builtin.command": {"argv": ["/usr/bin/pyenv", "versions", "--bare"]},
        "environment": {"PYENV_ROOT": "/opt/pyenv"},
    },
    UV: {
        "pyfleet.python.uv_python": {
            "versions": ["3.13"],
            "python_downloads_json_url": "/srv/pythons/downloads.json",
        }
    },
    UV_PEER: {UV_PEER: {"version": "3.13"}, "environment": UV_VARIABLES},
    CONDA: {
        "pyfleet.python.conda_env": {
            "prefix": "/opt/conda/envs/web",
            "executable": "/opt/conda/bin/conda",
            "packages": ["package1=1.1", "package60>=1"],
        }
    },
}
#: Runs each list of commands in turn, and prints the processor seconds of each.
RUNNER = """
import json, resource, subprocess, sys

def spent():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

commands = json.load(open("/srv/payloads/commands.json"))
seconds = {name: [] for name in commands}
for _round in range(int(sys.argv[1])):
    for name, lines in commands.items():
        before = spent()
        for line in lines:
            subprocess.run(line, shell=True, check=True, stdout=subprocess.DEVNULL)
        seconds[name].append(spent() - before)
print(json.dumps(seconds))
"""


def tasks(rounds: int) -> list[dict[str, Any]]:
    """Return the tasks: an untimed first round, in which uv installs its Python, then each once a round."""
    found: list[dict[str, Any]] = []
    for number in range(rounds + 1):
        phase = "timed" if number else "warm-up"
        rows = list(MODULES.items())
        rows += [("%s %d" % (ROLE, n), task) for n, task in enumerate(ROLE_TASKS)]
        found += [{"name": "%s %s" % (phase, name), **task} for name, task in rows]
        if number:
            found[-len(rows) :] = [
                {**task, "register": "answer", "failed_when": "answer is changed"}
                if "pyfleet" in str(list(task))
                else task
                for task in found[-len(rows) :]
            ]
    return found


def sum_of_role(seconds: dict[str, list[float]]) -> list[float]:
    """Return the times of all tasks of the role, by round."""
    parts = [seconds["%s %d" % (ROLE, n)] for n in range(len(ROLE_TASKS))]
    return [sum(row) for row in zip(*parts)]


def payloads_of(name: str) -> list[tuple[str, dict[str, Any], dict[str, str]]]:
    """Return what runs on the target for a row: modules with their arguments and variables."""
    if name != ROLE:
        task = MODULES[name]
        module, arguments = next(iter(task.items()))
        return [(module, arguments, task.get("environment", {}))]
    shells = [
        {
            "_raw_params": INSTALL % version,
            "_uses_shell": True,
            "creates": PYTHON % version,
        }
        for version in VERSIONS
    ]
    return [
        *(("ansible.builtin.command", shell, {}) for shell in shells),
        *((*next(iter(task.items())), {}) for task in ROLE_TASKS[1:]),
    ]


def measure_processor(container: Container, rounds: int) -> dict[str, list[float]]:
    """Return the processor seconds of each row on the target, without SSH."""
    commands: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for row in ROWS:
            commands[row] = []
            for module, arguments, variables in payloads_of(row):
                path = directory / ("%d.py" % len(list(directory.iterdir())))
                path.write_bytes(build_apart(module, arguments))
                words = ["env", *("%s=%s" % item for item in variables.items())]
                words += ["python3", "-B", "/srv/payloads/" + path.name]
                commands[row].append(shlex.join(words))
        (directory / "commands.json").write_text(json.dumps(commands), encoding="utf-8")
        (directory / "runner.py").write_text(RUNNER, encoding="utf-8")
        container.shell("mkdir /srv/payloads")
        container.copy_in(directory, "/srv/payloads")
    answer = container.shell("python3 /srv/payloads/runner.py %d" % rounds)
    found: dict[str, list[float]] = json.loads(answer.stdout)
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--image", default="localhost/pyfleet/debian:13")
    options = parser.parse_args()
    packages = (*PACKAGES, "python3-packaging")
    with open_target(options.image, packages, (WHEELHOUSE,)) as target:
        target.container.copy_in(DOWNLOADS, "/tmp/downloads.py")
        target.container.shell(SETUP)
        seconds = run_tasks(target.address, target.directory, tasks(options.rounds))
        processor = measure_processor(target.container, options.rounds)
    seconds[ROLE] = sum_of_role(seconds)
    tables = [
        table
        for title, found in (("tasks", seconds), ("processor time", processor))
        for table in (
            tabulate(title + ", pyenv", pick(found, PYENV_ROWS), peer=ROLE, floor=PING),
            tabulate(title + ", uv", pick(found, UV_ROWS), peer=UV_PEER, floor=PING),
            tabulate(title + ", conda", pick(found, CONDA_ROWS), floor=PING),
        )
    ]
    keep("separate_pythons", tables, f"{options.rounds} rounds with nothing to do")
    return 0


def pick(
    seconds: Mapping[str, list[float]], rows: Sequence[str]
) -> dict[str, list[float]]:
    """Return some of the rows."""
    return {name: seconds[name] for name in rows}


if __name__ == "__main__":
    sys.exit(main())
