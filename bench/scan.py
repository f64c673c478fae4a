# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a scan inside the process against starting every interpreter once, and against uv, in interleaved rounds.

    python bench/scan.py [--rounds 15] [--interpreters 12] [--environments 50]

The host measured is this one: its interpreters, filled up to the number asked for with copies, and that many fresh
environments in a temporary directory. uv is measured where it is on PATH. Printed are medians, ranges and ratios.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY / "bench")]

from module_utils._host.host import Host
from module_utils._scan.model import Request
from module_utils._scan.pipeline import scan
from module_utils._scan.verdicts import Scan
from results import keep, tabulate

PROBE = "import sys, sysconfig, os; print(sys.version_info, sys.prefix, sysconfig.get_path('stdlib'))"
PEAK = """
import resource, sys
sys.path.insert(0, {rooms!r})
from module_utils._host.host import Host
from module_utils._scan.model import Request
from module_utils._scan.pipeline import scan
{more}
# getrusage counts what the process was before exec, too; Linux's own record of this program does not.
try:
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak)
"""


def interpreters_of(result: Scan) -> list[str]:
    """Return the executables that a scan found and that start."""
    found = [item.reading.path for item in result.classified.installations]
    return [
        path
        for path in found
        if subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode
        == 0
    ]


def fill_up(found: list[str], wanted: int, directory: Path) -> None:
    """Copy self-contained installations until there are as many interpreters as wanted."""
    spare = [path for path in found if not path.startswith("/usr/")]
    for number in range(wanted - len(found)):
        source = Path(spare[number % len(spare)]).parents[1]
        shutil.copytree(source, directory / ("copy%d" % number), symlinks=True)


def make_environments(directory: Path, count: int) -> None:
    """Make real environments: one in five with pip, the others without."""
    for number in range(count):
        options = [] if number % 5 == 0 else ["--without-pip"]
        subprocess.run(
            [
                sys.executable,
                "-m",
                "venv",
                *options,
                str(directory / ("app%d" % number) / "venv"),
            ],
            check=True,
        )


def timed(rows: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Run each row once a round, in turn, so that the machine's moods fall on all alike."""
    times: dict[str, list[float]] = {name: [] for name in rows}
    for _round in range(rounds + 1):
        for name, run in rows.items():
            started = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - started)
    return {name: values[1:] for name, values in times.items()}


def peak_of(more: str) -> int:
    """Return the peak resident memory, in KiB, of a fresh process that imports the scan and does ``more``."""
    code = PEAK.format(rooms=str(REPOSITORY / "plugins"), more=more)
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True
    )
    return int(done.stdout) // (1024 if sys.platform == "darwin" else 1)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--interpreters", type=int, default=12)
    parser.add_argument("--environments", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-scan-") as name:
        directory = Path(name)
        copies, apps = directory / "pythons", directory / "apps"
        copies.mkdir()
        with Host() as host:
            fill_up(
                interpreters_of(scan(host, Request(subset=("installations",)))),
                options.interpreters,
                copies,
            )
        make_environments(apps, options.environments)
        paths = tuple(str(path / "bin") for path in copies.iterdir())
        request = Request(
            subset=("installations", "environments"),
            paths=paths,
            environment_roots=(str(apps),),
        )

        def scan_once() -> Scan:
            with Host() as host:
                return scan(host, request)

        result = scan_once()
        executables = interpreters_of(result)

        def start_each() -> None:
            for path in executables:
                subprocess.run(
                    [path, "-I", "-c", PROBE]
                    if "2.7" not in path
                    else [path, "-c", PROBE],
                    capture_output=True,
                    check=False,
                )

        rows: dict[str, Callable[[], object]] = {
            "scan, in process": scan_once,
            "start each interpreter once": start_each,
        }
        uv = shutil.which("uv")
        if uv:
            environment = dict(
                os.environ,
                PATH=os.pathsep.join(paths) + os.pathsep + os.environ["PATH"],
            )
            command = [
                uv,
                "python",
                "list",
                "--only-installed",
                "--no-python-downloads",
            ]
            rows["uv python list, its cache warm"] = lambda: subprocess.run(
                command, env=environment, capture_output=True, check=False
            )
            rows["uv python list, no cache"] = lambda: subprocess.run(
                [*command, "--no-cache"],
                env=environment,
                capture_output=True,
                check=False,
            )
        times = timed(rows, options.rounds)
        rounds = "%d interpreters (%d started), %d environments, %d rounds" % (
            len(result.classified.installations),
            len(executables),
            len(result.classified.environments),
            options.rounds,
        )
        table = tabulate("one machine", times, floor="scan, in process")
        call = "with Host() as host: scan(host, Request(subset=%r, paths=%r, environment_roots=%r))"
        call %= (request.subset, paths, request.environment_roots)
        rounds += "; peak memory: %.1f MB with the scan, %.1f MB for the imports alone"
        keep("scan", [table], rounds % (peak_of(call) / 1024, peak_of("") / 1024))
    return 0


if __name__ == "__main__":
    sys.exit(main())
