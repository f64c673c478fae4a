# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures `venv` beside `ansible.builtin.pip` in a loop, as users write it, and beside bare uv and a bare read.

    python bench/environments.py [--rounds 5] [--first 2] [--environments 20] [--image localhost/pyfleet/debian:13]

The target is a Debian container with an SSH server, reached over SSH with pipelining. Wheels come from a directory, so
that no network is measured. Rounds are interleaved in one play. Times are the tasks', the playbook's start taken off.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "tests")]

from results import Table, keep, tabulate
from target import open_target
from tasks import run_tasks
from testbed.containers import BUILD
from testbed.wheelhouse import WHEELHOUSE

WHEELS = BUILD / "bench-wheels"
CONSTRAINTS = BENCH.parent / "dev/requirements/constraints.txt"
PROJECTS = (
    "ansible-lint molecule hypothesis mypy pytest reuse".split()
)  # for the container's Python, 3.13, as here
SETS = (
    ["requests", "click", "six"],
    ["packaging", "platformdirs", "filelock", "click"],
    ["urllib3", "idna", "certifi"],
    ["requests", "packaging", "distlib"],
)
MANY, ONE = "many: ", "one: "  # what the names of tasks begin with
BARE_READ = (
    "import glob,os,sys\n"
    "for d in glob.glob('/srv/uv/*/lib/python3*/site-packages/*.dist-info'):\n"
    "    open(os.path.join(d,'METADATA'),'rb').read(); open(os.path.join(d,'RECORD'),'rb').read()\n"
)


def fetch() -> list[str]:
    """Fetch the wheels of a real environment of some 60 distributions once; give its pins, which are whole."""
    WHEELS.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    report = WHEELS / "report.json"
    if not report.exists():
        command = [
            *pip,
            "install",
            "--quiet",
            "--dry-run",
            "--ignore-installed",
            "--only-binary=:all:",
        ]
        subprocess.run(
            [*command, "--report", str(report), "-c", str(CONSTRAINTS), *PROJECTS],
            check=True,
        )
    rows = json.loads(report.read_text(encoding="utf-8"))["install"]
    pins = [
        "%s==%s" % (row["metadata"]["name"], row["metadata"]["version"]) for row in rows
    ]
    if len(list(WHEELS.glob("*.whl"))) < len(pins):
        subprocess.run(
            [*pip, "download", "--quiet", "--no-deps", "--dest", str(WHEELS), *pins],
            check=True,
        )
    return sorted(pins, key=str.lower)


def rows_of(kind: str, count: int) -> list[dict[str, Any]]:
    """Return the environments and what is in each."""
    return [
        {"path": "/srv/%s/app%d" % (kind, n), "packages": SETS[n % len(SETS)]}
        for n in range(1, count + 1)
    ]


def pip_loop(kind: str, count: int) -> dict[str, Any]:
    """Return the loop over the builtin module, as users write it."""
    return {
        "ansible.builtin.pip": {
            "name": "{{ item.packages }}",
            "virtualenv": "{{ item.path }}",
            "virtualenv_command": "/usr/bin/python3 -m venv",
            "extra_args": "--no-index --find-links /srv/wheels",
        },
        "loop": rows_of(kind, count),
    }


def environments(kind: str, count: int, **options: Any) -> dict[str, Any]:
    """Return the one task that does the same."""
    return {
        "pyfleet.python.venv": {
            "environments": rows_of(kind, count),
            "find_links": ["/srv/wheels"],
            "no_index": True,
            **options,
        }
    }


def one(kind: str, **options: Any) -> dict[str, Any]:
    """Return one environment of 60 pins."""
    where = {"find_links": ["/srv/wheels"], "no_index": True}
    return {
        "pyfleet.python.venv": {
            "path": "/srv/%s/venv" % kind,
            "requirements": ["/srv/pins.txt"],
            **where,
            **options,
        }
    }


ONE_PIP = {
    "ansible.builtin.pip": {
        "requirements": "/srv/pins.txt",
        "virtualenv": "/srv/one-builtin/venv",
        "virtualenv_command": "/usr/bin/python3 -m venv",
        "extra_args": "--no-index --find-links /srv/wheels",
    }
}
UV_EACH = (
    "uv venv -q --clear {path}; printf '%s\\n' {packages} >{path}.in; uv pip install -q --python {path} --compile-bytecode "
    "--no-index --find-links /srv/wheels -r {path}.in; uv pip freeze -q --python {path} >{path}.txt"
)
UV_SYNC = (
    "uv pip sync -q --python {path} --no-index --find-links /srv/wheels {path}.txt"
)
UV_ONE = (
    "set -eu; export UV_NO_PROGRESS=1; uv venv -q --clear /srv/uv/one; "
    "uv pip install -q --python /srv/uv/one --compile-bytecode --no-index --find-links /srv/wheels -r /srv/pins.txt"
)


def uv_script(count: int, line: str) -> str:
    """Return a piece of sh with a line for each environment of bare uv."""
    lines = [
        line.format(path=row["path"], packages=" ".join(row["packages"]))
        for row in rows_of("uv", count)
    ]
    return "\n".join(["set -eu", "export UV_NO_PROGRESS=1", *lines])


PING: dict[str, Any] = {"ansible.builtin.ping": {}}


def first_tasks(count: int) -> dict[str, dict[str, Any]]:
    """Return the tasks that converge on an empty place."""
    many = {
        "builtin pip loop": pip_loop("builtin", count),
        "venv, pip": environments("pip", count, installer="pip"),
        "venv, pip, pip: false": environments(
            "nopip", count, installer="pip", pip=False
        ),
        "venv, uv": environments("uvs", count, installer="uv"),
        "venv, uv, pip: false": environments(
            "uvnopip", count, installer="uv", pip=False
        ),
        "bare uv (command)": {"ansible.builtin.command": {"cmd": "sh /srv/uv.sh"}},
    }
    one_each = {
        "builtin pip": ONE_PIP,
        "venv, pip": one("one-pip", installer="pip"),
        "venv, uv": one("one-uv", installer="uv"),
        "bare uv (command)": {"ansible.builtin.command": {"cmd": "sh /srv/uv-one.sh"}},
    }
    return {
        **{MANY + name: task for name, task in many.items()},
        **{ONE + name: task for name, task in one_each.items()},
    }


def again_tasks(count: int) -> dict[str, dict[str, Any]]:
    """Return the tasks with nothing to do."""
    sync = {"ansible.builtin.command": {"cmd": "sh /srv/sync.sh"}}
    read = {"ansible.builtin.command": {"cmd": "/usr/bin/python3 -I /srv/read.py"}}
    converge = first_tasks(count)
    return {
        "ping": PING,
        **{name: task for name, task in converge.items() if "bare" not in name},
        MANY + "bare uv pip sync (command)": sync,
        MANY + "bare read (command)": read,
    }


CLEAR = {
    "ansible.builtin.shell": {
        "cmd": "for d in builtin pip nopip uvs uvnopip uv one-builtin one-pip one-uv; do "
        "rm -rf /srv/$d; mkdir -p /srv/$d; done"
    }
}


def tasks(rounds: int, first: int, count: int) -> list[dict[str, Any]]:
    """Return all tasks: first converges, each on an empty place, then no-ops, whose first round is not timed."""
    found: list[dict[str, Any]] = []
    for number in range(first):
        order = list(first_tasks(count).items())[:: -1 if number % 2 else 1]
        found.append({"name": "clear", **CLEAR})
        found += [{"name": "timed first: " + name, **task} for name, task in order]
    for number in range(rounds + 1):
        phase = "timed" if number else "warm-up"
        found += [
            {"name": "%s again: %s" % (phase, name), **task}
            for name, task in again_tasks(count).items()
        ]
    return found


def tables(seconds: dict[str, list[float]], count: int) -> list[Table]:
    """Return the tables: many environments and one with the pins, first and with nothing to do."""
    found = []
    for phase, title in (("first: ", "first converge"), ("again: ", "nothing to do")):
        for kind, peer, what in (
            (MANY, "builtin pip loop", f"{count} environments"),
            (ONE, "builtin pip", "one environment with the pins"),
        ):
            rows = {
                name.removeprefix(phase + kind): values
                for name, values in seconds.items()
                if name.startswith(phase + kind)
            }
            rows["ping"] = seconds["again: ping"]
            found.append(tabulate(f"{what}, {title}", rows, peer=peer, floor="ping"))
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--first", type=int, default=2)
    parser.add_argument("--environments", type=int, default=20)
    parser.add_argument("--image", default="localhost/pyfleet/debian:13")
    options = parser.parse_args()
    pins, count = fetch(), options.environments
    texts = {
        "pins.txt": "\n".join(pins) + "\n",
        "uv.sh": uv_script(count, UV_EACH),
        "uv-one.sh": UV_ONE,
        "sync.sh": uv_script(count, UV_SYNC),
    }
    with open_target(options.image, wheels=(WHEELHOUSE, WHEELS)) as target:
        uv = target.directory / "uv"
        with zipfile.ZipFile(next(WHEELHOUSE.glob("uv-*.whl"))) as archive:
            member = next(
                each for each in archive.namelist() if each.endswith("/scripts/uv")
            )
            uv.write_bytes(archive.read(member))
        uv.chmod(0o755)
        target.container.copy_in(uv, "/usr/local/bin/uv")
        version = target.container.run("uv", "--version").stdout
        for name, text in {**texts, "read.py": BARE_READ}.items():
            target.container.run("sh", "-c", "cat > /srv/" + name, text=text)
        seconds = run_tasks(
            target.address,
            target.directory,
            tasks(options.rounds, options.first, count),
        )
    rounds = f"{len(pins)} pins; first converges: {options.first}, rounds with nothing to do: {options.rounds}"
    keep("environments", tables(seconds, count), rounds, {"uv": version.split()[1]})
    return 0


if __name__ == "__main__":
    sys.exit(main())
