# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a play of the role `app_venv` on many hosts beside loops of builtin modules that do the same, and `ping`.

    python bench/fleet.py [--hosts 20] [--rounds 3] [--forks 5,20] [--image localhost/pyfleet/debian:13]

Targets are Debian containers with an SSH server, reached over SSH with pipelining; wheels come from a directory. Each
host has three applications with a user, an environment file and a link each. Plays are interleaved; what an empty play
takes, Ansible's own start, is taken off, and the rest divided by the hosts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "tests")]

from results import Table, keep, tabulate
from target import open_target, playbook, serve
from testbed.containers import Container, podman
from testbed.wheelhouse import WHEELHOUSE

IMAGE = "localhost/pyfleet/bench-fleet"
SETS = {
    "shop": ["requests", "click", "six"],
    "blog": ["packaging", "idna", "certifi"],
    "report": ["cowsay==6.0"],
}
LINKS = {"shop": "normalizer", "blog": "python", "report": "cowsay"}
VARIABLES = {"DATABASE": "postgresql:///x", "WORKERS": "4"}


def role() -> list[dict[str, Any]]:
    """Return the task that plays the role."""
    apps = [
        {
            "name": name,
            "user": name,
            "create_user": True,
            "packages": packages,
            "environment_file": {"variables": VARIABLES},
            "links": [{"name": LINKS[name], "as": "role-" + name}],
        }
        for name, packages in SETS.items()
    ]
    variables = {
        "app_venv_apps": apps,
        "app_venv_root": "/srv/role",
        "app_venv_no_index": True,
        "app_venv_find_links": ["/srv/wheels"],
        "app_venv_installer": "pip",
    }
    return [
        {
            "ansible.builtin.import_role": {"name": "pyfleet.python.app_venv"},
            "vars": variables,
        }
    ]


def loops() -> list[dict[str, Any]]:
    """Return the tasks that do the same with builtin modules, as users write them."""
    names = list(SETS)
    content = "".join('%s="%s"\n' % pair for pair in VARIABLES.items())
    top = "/srv/loops/{{ item }}"
    return [
        {
            "ansible.builtin.group": {"name": "loops-{{ item }}", "system": True},
            "loop": names,
        },
        {
            "ansible.builtin.user": {
                "name": "loops-{{ item }}",
                "group": "loops-{{ item }}",
                "system": True,
            },
            "loop": names,
        },
        {
            "ansible.builtin.file": {"path": top, "state": "directory", "mode": "0755"},
            "loop": names,
        },
        {
            "ansible.builtin.copy": {
                "content": content,
                "dest": top + "/environment",
                "group": "loops-{{ item }}",
                "mode": "0640",
            },
            "loop": names,
        },
        {
            "ansible.builtin.pip": {
                "name": "{{ item.value }}",
                "virtualenv": "/srv/loops/{{ item.key }}/venv",
                "virtualenv_command": "/usr/bin/python3 -m venv",
                "extra_args": "--no-index --find-links /srv/wheels",
            },
            "loop": [{"key": key, "value": value} for key, value in SETS.items()],
        },
        {
            "ansible.builtin.file": {
                "src": "/srv/loops/{{ item.key }}/venv/bin/{{ item.value }}",
                "dest": "/usr/local/bin/loops-{{ item.key }}",
                "state": "link",
            },
            "loop": [{"key": key, "value": value} for key, value in LINKS.items()],
        },
    ]


PLAYS: dict[str, list[dict[str, Any]]] = {
    "empty": [{"ansible.builtin.meta": "noop"}],
    "ping": [{"ansible.builtin.ping": {}}],
    "app_venv": role(),
    "builtin loops": loops(),
}


def play(directory: Path, name: str, addresses: list[str], forks: int) -> float:
    """Run one of the plays on all hosts and return its seconds."""
    book = directory / "play.json"
    book.write_text(
        json.dumps([{"hosts": "all", "gather_facts": False, "tasks": PLAYS[name]}]),
        encoding="utf-8",
    )
    began = time.monotonic()
    playbook(directory, addresses, book, "-f", str(forks))
    return time.monotonic() - began


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--forks", default="5,20")
    parser.add_argument("--image", default="localhost/pyfleet/debian:13")
    options = parser.parse_args()
    with open_target(
        options.image, wheels=(WHEELHOUSE,)
    ) as first, ExitStack() as stack:
        directory = first.directory
        for each in ("app_venv", "builtin loops"):
            print(
                "first converge of one host, %s: %.1f s"
                % (each, play(directory, each, [first.address], 1)),
                flush=True,
            )
        # What is measured is a fleet with nothing to do: the others are copies of one that is done.
        podman("commit", "--quiet", first.container.id, IMAGE)
        stack.callback(podman, "rmi", "--force", IMAGE)
        targets = [
            stack.enter_context(Container(IMAGE, network=True))
            for _number in range(options.hosts)
        ]
        addresses = [serve(each) for each in targets]
        play(directory, "ping", addresses, 20)  # opens the connections
        tables = []
        for forks in map(int, options.forks.split(",")):
            seconds: dict[str, list[float]] = {each: [] for each in PLAYS}
            for _round in range(options.rounds):
                for each in PLAYS:
                    seconds[each].append(play(directory, each, addresses, forks))
            tables.append(fleet_table(seconds, forks, options.hosts))
        keep("fleet", tables, f"{options.rounds} rounds")
    return 0


def fleet_table(seconds: dict[str, list[float]], forks: int, hosts: int) -> Table:
    """Return the table of what the plays took for each host, without the start of Ansible."""
    start = statistics.median(seconds["empty"])
    own = {
        each: [(value - start) / hosts for value in values]
        for each, values in seconds.items()
        if each != "empty"
    }
    return tabulate(
        f"{hosts} hosts, {forks} forks",
        own,
        peer="builtin loops",
        floor="ping",
        unit="s a host",
    )


if __name__ == "__main__":
    sys.exit(main())
