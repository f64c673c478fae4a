# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures whole Ansible tasks against their floor, `ping`, and against their peers, in interleaved rounds.

    python bench/tasks.py [--rounds 15] [--image localhost/pyfleet/debian:13]

The target is a Debian container with an SSH server, reached over SSH with pipelining. Every round runs each task once,
in one play, so that the machine's moods fall on all alike. Printed are medians, ranges, ratios to `ping`, the size of
each module's payload, and what the scan itself took on the target.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "tests")]

from results import Table, keep, tabulate
from target import open_target, playbook
from testbed.payload import build_apart

TASKS = (
    "ansible.builtin.ping",
    "ansible.builtin.setup",
    "ansible.builtin.package_facts",
    "community.general.pip_package_info",
    "pyfleet.python.python_facts",
    "pyfleet.python.audit",
)
CHOSEN = {"community.general.pip_package_info": {"clients": ["/usr/bin/pip3"]}}


def tasks_of(rounds: int) -> list[dict[str, object]]:
    """Return the tasks: an untimed first round, then each once a round."""
    tasks = [
        {
            "name": "%s %s" % ("warm-up" if number == 0 else "timed", task),
            task: CHOSEN.get(task, {}),
        }
        for number in range(rounds + 1)
        for task in TASKS
    ]
    for task in tasks:
        if "pyfleet" in task["name"]:
            task["register"] = "answer"
    return tasks


def run_tasks(
    address: str, directory: Path, tasks: list[dict[str, object]]
) -> dict[str, list[float]]:
    """Run tasks against the container in one play; give the seconds of each named `timed …`, by what follows."""
    book, times = directory / "play.json", directory / "times.jsonl"
    play = {
        "name": "Tasks beside each other",
        "hosts": "all",
        "gather_facts": False,
        "tasks": tasks,
    }
    book.write_text(json.dumps([play]), encoding="utf-8")
    plugins = {
        "ANSIBLE_CALLBACK_PLUGINS": str(BENCH / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "task_times",
    }
    playbook(directory, [address], book, TASK_TIMES=str(times), **plugins)
    seconds = defaultdict(list)
    for line in times.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        phase, _space, task = entry["task"].partition(" ")
        if phase == "timed":
            seconds[task].append(entry["seconds"])
    return seconds


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--image", default="localhost/pyfleet/debian:13")
    options = parser.parse_args()
    with open_target(options.image) as target:
        target.container.shell(
            "for number in $(seq 5); do python3 -m venv --without-pip /srv/app$number; done"
        )
        seconds = run_tasks(target.address, target.directory, tasks_of(options.rounds))
    table = tabulate("one host", seconds, floor="ansible.builtin.ping")
    sizes = {
        task: f"{len(build_apart(task, CHOSEN.get(task, {}))) / 1024:.0f}"
        for task in TASKS
    }
    rows = [(*row, sizes[row[0]]) for row in table.rows]
    columns = (*table.columns, "payload, KiB")
    keep("tasks", [Table(table.title, columns, rows)], f"{options.rounds} rounds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
