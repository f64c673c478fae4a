# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures `pipx_app` with ten applications beside `community.general.pipx` in a loop, as users write it.

    python bench/applications.py [--rounds 5] [--first 2] [--image localhost/pyfleet/debian:13]

The target is a Debian container with an SSH server, reached over SSH with pipelining, and the distribution's pipx.
Both use it, each with a home of its own. Wheels come from a directory, so that no network is measured. Rounds are
interleaved in one play. Times are the tasks', the playbook's start taken off.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "tests")]

from results import keep, tabulate
from target import PACKAGES, open_target
from tasks import run_tasks
from testbed.containers import BUILD
from testbed.wheelhouse import WHEELHOUSE

WHEELS = BUILD / "bench-applications"
NAMES = "black codespell cowsay flake8 httpie isort pycodestyle tox virtualenv yamllint".split()
PEER, OURS, EACH = "community.general.pipx, a loop", "pipx_app", "pipx_app, a loop"


def fetch() -> None:
    """Fetch the wheels of the applications once, for the container's Python, which is the one that runs this."""
    if WHEELS.exists():
        return
    with tempfile.TemporaryDirectory(dir=BUILD) as draft:
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "download",
            "--quiet",
        ]
        subprocess.run(
            [*pip, "--only-binary=:all:", "--dest", draft + "/wheels", *NAMES],
            check=True,
        )
        Path(draft, "wheels").rename(WHEELS)


def place(kind: str) -> dict[str, Any]:
    """Return the variables that tell a pipx where to work and where distributions are."""
    variables = {
        "PIPX_GLOBAL_HOME": "/srv/%s/home" % kind,
        "PIPX_GLOBAL_BIN_DIR": "/srv/%s/bin" % kind,
        "PIPX_GLOBAL_MAN_DIR": "/srv/%s/man" % kind,
        "PIP_FIND_LINKS": "/srv/wheels",
        "PIP_NO_INDEX": "1",
    }
    return {"environment": variables}


CLEAR = {
    "ansible.builtin.shell": {
        "cmd": "rm -rf /srv/peer /srv/ours; mkdir /srv/peer /srv/ours"
    }
}
FIRST: dict[str, dict[str, Any]] = {
    PEER: {
        "community.general.pipx": {"name": "{{ item }}", "global": True},
        "loop": NAMES,
        **place("peer"),
    },
    OURS: {
        "pyfleet.python.pipx_app": {"apps": [{"name": name} for name in NAMES]},
        **place("ours"),
    },
}
AGAIN: dict[str, dict[str, Any]] = {
    "ping": {"ansible.builtin.ping": {}},
    **FIRST,
    EACH: {
        "pyfleet.python.pipx_app": {"name": "{{ item }}"},
        "loop": NAMES,
        **place("ours"),
    },
}


def tasks(rounds: int, first: int) -> list[dict[str, Any]]:
    """Return all tasks: installations, each in an empty directory, then no-ops, whose first round is not timed."""
    found: list[dict[str, Any]] = []
    for number in range(first):
        order = list(FIRST.items())[:: -1 if number % 2 else 1]
        found += [
            {"name": "clear", **CLEAR},
            *({"name": "timed first: " + name, **task} for name, task in order),
        ]
    for number in range(rounds + 1):
        phase = "timed" if number else "warm-up"
        found += [
            {"name": "%s again: %s" % (phase, name), **task}
            for name, task in AGAIN.items()
        ]
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--first", type=int, default=2)
    parser.add_argument("--image", default="localhost/pyfleet/debian:13")
    options = parser.parse_args()
    fetch()
    with open_target(
        options.image, (*PACKAGES, "pipx"), (WHEELHOUSE, WHEELS)
    ) as target:
        version = target.container.shell("pipx --version").stdout.strip()
        seconds = run_tasks(
            target.address, target.directory, tasks(options.rounds, options.first)
        )
    first = {name: seconds["first: " + name] for name in FIRST}
    again = {name: seconds["again: " + name] for name in AGAIN}
    first["ping"] = again["ping"]
    tables = [
        tabulate("first converge", first, peer=PEER, floor="ping"),
        tabulate("nothing to do", again, peer=PEER, floor="ping"),
    ]
    rounds = f"{len(NAMES)} applications; first converges: {options.first}, rounds with nothing to do: {options.rounds}"
    keep("applications", tables, rounds, {"pipx": version})
    return 0


if __name__ == "__main__":
    sys.exit(main())
