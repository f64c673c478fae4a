# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures `pyenv_python`, `uv_python` and `conda_env` with nothing to do, beside what users have instead.

    python bench/separate_pythons.py [--rounds 15] [--image localhost/pyfleet/debian:13]

The target is a Debian container with an SSH server, reached over SSH with pipelining. It has Debian's pyenv with two
versions, uv with one Python, and an environment of conda. The peers are `community.general.uv_python`, the tasks of
pyenv's best-known role that run each time, and `pyenv versions` as a command. Nothing of the community manages
environments of conda: there the floor, `ping`, is all there is. Rounds are interleaved in one play.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "tests")]

from target import PACKAGES, open_target
from tasks import run_tasks
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
ROLE_TASKS: tuple[dict[str, Any], ...] = (
    {
        "ansible.builtin.shell": {
            "cmd": ". /opt/pyenv/.pyenvrc && pyenv install {{ item }}",
            "creates": "/opt/pyenv/versions/{{ item }}/bin/python",
        },
        "loop": ["3.12.1", "3.13.2"],
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
PEERS = {PYENV: (ROLE, COMMAND), UV: (UV_PEER,), CONDA: ()}


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
    seconds[ROLE] = sum_of_role(seconds)
    floor = statistics.median(seconds[PING])
    print("nothing to do; medians, ranges")
    for name in (PING, PYENV, ROLE, COMMAND, UV, UV_PEER, CONDA):
        values = seconds[name]
        middle = statistics.median(values)
        line = (name, middle, min(values), max(values), middle / floor)
        print("  %-30s %6.3f s (%.3f to %.3f)  %5.2f x ping" % line)
    for name, peers in PEERS.items():
        own = statistics.median(seconds[name])
        for peer in peers:
            ratio = statistics.median(seconds[peer]) / own
            print("  %s is %.1f times as fast as %s" % (name, ratio, peer))
    for name in (UV, PYENV, CONDA):
        module, arguments = next(iter(MODULES[name].items()))
        size = len(build_apart(module, arguments)) / 1024
        print("  payload of %s: %.0f KiB" % (name, size))
    print(json.dumps({name: [round(value, 3) for value in values] for name, values in sorted(seconds.items())}))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
