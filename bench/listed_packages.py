# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures an audit that searches for listed packages beside a plain one, in interleaved rounds.

    python bench/listed_packages.py [--rounds 7] [--environments 50] [--distributions 5000] [--listed 100]

The host measured is this one, with that many environments and distributions more in a temporary directory: METADATA,
RECORD and INSTALLER of each, as pip writes them. Printed are medians, ranges and ratios.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY / "bench")]

from module_utils._host.host import Host
from module_utils._scan.audit_pipeline import scan_for_audit
from module_utils._scan.judge.verdict import judge_audit, needed
from module_utils._scan.model import Request
from module_utils._scan.rules.registry import BY_KEY
from module_utils._scan.specifier import parse_specifier
from module_utils._scan.verdicts import Audit, ListedPackage, Policy
from results import keep, tabulate

METADATA = (
    "Metadata-Version: 2.1\nName: project-{number}\nVersion: 1.{number}\n\n"
    + "A long description.\n" * 200
)
PLAIN = tuple(key for key in BY_KEY if key not in ("listed-package", "startup-hook"))
TODAY = "2026-11-28"


def make_environments(directory: Path, environments: int, distributions: int) -> None:
    """Write the environments; each has its part of the distributions."""
    for number in range(environments):
        environment = directory / ("app%d" % number) / "venv"
        site = environment / "lib/python3.13/site-packages"
        (environment / "bin").mkdir(parents=True)
        (environment / "bin/python").symlink_to(sys.executable)
        (environment / "pyvenv.cfg").write_text(
            "home = /usr/bin\ninclude-system-site-packages = false\n"
        )
        for each in range(distributions // environments):
            place = site / ("project_%d-1.%d.dist-info" % (each, each))
            place.mkdir(parents=True)
            (place / "METADATA").write_text(METADATA.format(number=each))
            (place / "INSTALLER").write_text("pip\n")
            (place / "RECORD").write_text(
                "project_%d/__init__.py,sha256=x,1\n" % each * 100
            )
        (site / "distutils-precedence.pth").write_text("import os\n")


def make_list(count: int) -> tuple[ListedPackage, ...]:
    """Return listed packages of which the last is installed everywhere, in a version that the specifier has."""
    clauses = parse_specifier(">=1,<2")
    names = ["absent-%d" % number for number in range(count - 1)] + ["project-7"]
    return tuple(
        ListedPackage(
            name=name,
            versions=">=1,<2",
            clauses=clauses or (),
            reason="bench",
            severity="high",
        )
        for name in names
    )


def timed(rows: dict[str, Callable[[], Audit]], rounds: int) -> dict[str, list[float]]:
    """Run each row once a round, in turn; the first round is not counted."""
    times: dict[str, list[float]] = {name: [] for name in rows}
    for number in range(rounds + 1):
        for name, run in rows.items():
            started = time.perf_counter()
            run()
            if number:
                times[name].append(time.perf_counter() - started)
    return times


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--environments", type=int, default=50)
    parser.add_argument("--distributions", type=int, default=5000)
    parser.add_argument("--listed", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-listed-") as name:
        make_environments(Path(name), options.environments, options.distributions)

        def audit(rules: tuple[str, ...], listed: int = 0) -> Audit:
            policy = Policy(
                rules=rules, listed_packages=make_list(listed) if listed else ()
            )
            with Host() as host:
                request = Request(subset=needed(rules), environment_roots=(name,))
                scanned, more = scan_for_audit(host, request, rules)
                return judge_audit(scanned, policy, TODAY, more)

        rows: dict[str, Callable[[], Audit]] = {
            "plain audit": lambda: audit(PLAIN),
            "with %d listed packages" % options.listed: lambda: audit(
                (*PLAIN, "listed-package"), options.listed
            ),
            "with startup-hook": lambda: audit((*PLAIN, "startup-hook")),
            "listed-package alone": lambda: audit(("listed-package",), options.listed),
        }
        found = [
            row
            for row in audit(("listed-package",), options.listed).findings
            if row.subject.startswith(name)
        ]
        times = timed(rows, options.rounds)
    rounds = "%d environments and %d distributions more, %d rounds, %d findings" % (
        options.environments,
        options.distributions,
        options.rounds,
        len(found),
    )
    table = tabulate("one machine", times, floor="plain audit")
    keep("listed_packages", [table], rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
