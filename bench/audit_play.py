# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a play of the role `python_audit` on many hosts beside `ping`, and the controller's memory beside `debug`.

    python bench/audit_play.py [--hosts 50] [--rounds 3] [--forks 10] [--containers localhost/pyfleet/debian:13]

Hosts are local: each task runs this machine's Python on a root of its own, with Ansible's connection `local`. So what
is measured is Ansible, the module and the report, and no network. With --containers (needs root) each host is a
container of that image, whose namespaces are entered. Plays are interleaved; what an empty play takes is taken off, and
the rest divided by the hosts. Memory is the peak of the main process of ansible-playbook (resident set, Linux only),
which holds the registered results.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "tests")]

from results import Table, keep, tabulate
from testbed.containers import REPOSITORY, Container

CONNECTION_PLUGINS = REPOSITORY / "extensions/molecule/connection_plugins"
OPTIONS = {"python_audit_inventory": "packages", "python_audit_fail_on": []}
AUDIT_ALONE = {
    "pyfleet.python.audit": {"root": "{{ python_audit_root }}"},
    "register": "found",
}
PLAYS: dict[str, list[dict[str, Any]]] = {
    "empty": [{"ansible.builtin.meta": "noop"}],
    "debug": [{"ansible.builtin.debug": {"msg": "x"}}],
    "ping": [{"ansible.builtin.ping": {}}],
    "audit, registered": [AUDIT_ALONE],
    "python_audit": [
        {
            "ansible.builtin.import_role": {"name": "pyfleet.python.python_audit"},
            "vars": OPTIONS,
        }
    ],
    "python_audit, no inventory": [
        {
            "ansible.builtin.import_role": {"name": "pyfleet.python.python_audit"},
            "vars": {**OPTIONS, "python_audit_inventory": "none"},
        }
    ],
}


class Measured(NamedTuple):
    """One play."""

    seconds: float
    peak: float  # MiB


def make_root(directory: Path, environments: int) -> Path:
    """Return a root with broken environments, which result in findings, and sound ones with packages."""
    root = directory / "root"
    for number in range(environments):
        environment = root / f"opt/app{number}"
        packages = environment / "lib/python3.9/site-packages"
        (environment / "bin").mkdir(parents=True)
        (environment / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.9.2\n")
        (environment / "bin/python").symlink_to("/usr/bin/python3.9")
        for package in range(40):
            metadata = packages / f"package{package}-1.{number}.dist-info"
            metadata.mkdir(parents=True)
            (metadata / "METADATA").write_text(
                f"Metadata-Version: 2.1\nName: package{package}\nVersion: 1.{number}\n"
            )
    return root


def start_containers(directory: Path, hosts: int, image: str, stack: ExitStack) -> None:
    """Start the hosts, with the environments in /opt, and write the numbers of their first processes."""
    mounts = {directory / "root/opt": "/opt"}
    for number in range(hosts):
        options = [f"--pidfile={directory}/host{number}.pid"]
        stack.enter_context(Container(image, mounts=mounts, options=options))


def write_inventory(directory: Path, hosts: int, containers: bool) -> None:
    """Write the inventory of local hosts, or of containers."""
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "python_audit_root": str(directory / "root"),
    }
    if containers:
        variables = {
            "ansible_connection": "container_namespaces",
            "ansible_python_interpreter": "/usr/bin/python3",
            "python_audit_root": "/",
        }
    names = {f"host{number}": None for number in range(hosts)}
    (directory / "hosts.yml").write_text(
        json.dumps({"all": {"hosts": names, "vars": variables}})
    )


def play(directory: Path, name: str, forks: int) -> Measured:
    """Run one of the plays on all hosts; raise RuntimeError if it fails."""
    book, log = directory / "play.json", directory / "log"
    book.write_text(
        json.dumps([{"hosts": "all", "gather_facts": False, "tasks": PLAYS[name]}])
    )
    command = [
        "ansible-playbook",
        "--inventory",
        "hosts.yml",
        "--forks",
        str(forks),
        str(book),
    ]
    environment = {
        **os.environ,
        "ANSIBLE_CONNECTION_PLUGINS": str(CONNECTION_PLUGINS),
        "ANSIBLE_PIPELINING": "1",
        "TESTBED_PID_DIRECTORY": str(directory),
    }
    began = time.monotonic()
    peak = 0.0
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=directory, env=environment, stdout=output, stderr=output
        )
        while process.poll() is None:
            peak = read_peak(process.pid) or peak
            time.sleep(0.02)
    if process.returncode:
        raise RuntimeError(log.read_text()[-3000:])
    return Measured(time.monotonic() - began, peak)


def read_peak(pid: int) -> float:
    """Return the peak of the resident set of one process, without its children, in MiB; 0 once it has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    return int(found.group(1)) / 1024 if found else 0.0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--forks", type=int, default=10)
    parser.add_argument("--environments", type=int, default=20)
    parser.add_argument("--containers", metavar="IMAGE", default="")
    options = parser.parse_args()
    measured: dict[str, list[Measured]] = {name: [] for name in PLAYS}
    with tempfile.TemporaryDirectory() as top, ExitStack() as stack:
        directory = Path(top)
        make_root(directory, options.environments)
        if options.containers:
            start_containers(directory, options.hosts, options.containers, stack)
        write_inventory(directory, options.hosts, bool(options.containers))
        for _round in range(options.rounds):
            for name, rows in measured.items():
                rows.append(play(directory, name, options.forks))
    where = "containers" if options.containers else "local hosts"
    rounds = f"{options.rounds} rounds"
    keep("audit_play", [play_table(measured, options.hosts, where)], rounds)
    return 0


def play_table(measured: dict[str, list[Measured]], hosts: int, where: str) -> Table:
    """Return the table, with the memory beside that of `debug`."""
    start = statistics.median(row.seconds for row in measured["empty"])
    own = {
        name: [(row.seconds - start) / hosts for row in rows]
        for name, rows in measured.items()
        if name != "empty"
    }
    times = tabulate(f"{hosts} {where}", own, floor="ping", unit="s a host")
    peaks = {
        name: statistics.median(row.peak for row in rows)
        for name, rows in measured.items()
    }
    rows = [
        (
            *row,
            f"{peaks[row[0]]:.0f}",
            f"{peaks[row[0]] - peaks['debug']:+.0f}",
        )
        for row in times.rows
    ]
    columns = (*times.columns, "peak, MiB", "beside debug, MiB")
    return Table(times.title, columns, rows)


if __name__ == "__main__":
    sys.exit(main())
