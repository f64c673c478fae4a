# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every measurement in a few rounds, and writes docs/benchmarks.md from what they kept.

    python bench/summary.py [--only environments,fleet] [--page]

With --page nothing is measured: the page is written from the results in .build/bench. A section without results there stays
as it is on the page.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

BENCH = Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH))

from results import RESULTS

PAGE = BENCH.parent / "docs/benchmarks.md"
INTRODUCTION = """\
# Benchmarks

<!-- Written by bench/summary.py (make bench-summary); change the text there. -->

The speed of this collection compared with alternatives, measured in interleaved rounds on one machine. Compare the
ratios, not the seconds: controller and targets share the cores, and seconds differ by a factor of two from day to day.
Each section names its rounds, its versions, and how busy the machine was: if the load is above the number of cores, other
work ran at the same time, and ratios below two mean nothing.
`make bench-summary` repeats all of it, with `ARGS="--only fleet"` a part; the scripts in `bench` take more rounds.
"""


class Section(NamedTuple):
    """A measurement, the options for the page, and what a reader has to know of it."""

    name: str
    options: str
    heading: str
    text: str
    interpreter: str = sys.executable


SECTIONS = (
    Section(
        "environments",
        "--rounds 3 --first 3 --environments 5",
        "Virtual environments",
        "`pyfleet.python.venv` compared with a loop over `ansible.builtin.pip` and with bare uv: environments of three or four "
        "requirements, and one with about 60 pins. The target is a Debian 13 with an SSH server; wheels come from a directory. "
        "A first converge writes thousands of files; a single measurement depends on other disk activity.",
    ),
    Section(
        "applications",
        "--rounds 2 --first 1",
        "pipx applications",
        "`pyfleet.python.pipx_app` with ten applications, compared with a loop over `community.general.pipx`; both use the "
        "distribution's pipx.",
    ),
    Section(
        "fleet",
        "--hosts 5 --rounds 2 --forks 5",
        "A fleet with nothing to do",
        "The role `app_venv` with three applications on each host, compared with loops over builtin modules that do the same, "
        "and `ping`. The time of an empty play is subtracted, and the rest divided by the number of hosts.",
    ),
    Section(
        "separate_pythons",
        "--rounds 7",
        "Separate Pythons",
        "`pyenv_python`, `uv_python` and `conda_env` with nothing to do, compared with the tasks of pyenv's best-known role that "
        "run each time, `pyenv versions` as a command, and `community.general.uv_python`. Processor time is the target's own.",
    ),
    Section(
        "tasks",
        "--rounds 7",
        "Facts and audit",
        "Whole tasks on one host over SSH, compared with `ping`; the payload is what Ansible sends for the module.",
    ),
    Section(
        "scan",
        "--rounds 7",
        "A scan without Ansible",
        "The scan reads files; the others start interpreters. uv's list has another scope: what is on `PATH`, and its own.",
    ),
    Section(
        "listed_packages",
        "--rounds 3",
        "A search for packages",
        "An audit that searches all environments for listed packages, compared with a plain one, without Ansible.",
    ),
    Section(
        "audit_play",
        "--hosts 50 --rounds 2 --containers localhost/pyfleet/debian:13",
        "An audit of a fleet",
        "A play of the role `python_audit` on 50 containers, each with 20 environments of 40 packages, compared with `ping` and "
        "`debug`. The time of an empty play is subtracted, and the rest divided by the number of hosts. Memory is the peak of "
        "the main process of `ansible-playbook`, which holds registered results.",
    ),
    Section(
        "report",
        "",
        "Reports",
        "From generated results, without Ansible; each host has 400 packages in five environments.",
    ),
    Section(
        "page",
        "--rounds 5",
        "The page of a report",
        "In Chromium, from the start of the navigation: the first paint, and the first rows of the table of hosts after a click.",
        str(BENCH.parent / ".build/envs/unit-3.13/bin/python"),
    ),
)


def measure(section: Section) -> int:
    """Run one of the measurements and return its status."""
    command = [section.interpreter, str(BENCH / f"{section.name}.py")]
    print(f"== bench/{section.name}.py {section.options}", flush=True)
    return subprocess.run([*command, *section.options.split()], check=False).returncode


def write_section(section: Section, found: dict[str, Any]) -> str:
    """Return a section of the page."""
    versions = ", ".join(f"{name} {value}" for name, value in found["versions"].items())
    lines = [
        f"\n## {section.heading}\n",
        section.text + "\n",
        f"{found['date']}; {found['rounds']}; {versions}; {found['machine']}.",
    ]
    for table in found["tables"]:
        lines += [f"\n{table['title']}:\n"]
        lines += ["| " + " | ".join(table["columns"]) + " |"]
        lines += ["|---" + "|---:" * (len(table["columns"]) - 1) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in table["rows"]]
    return "\n".join(lines) + "\n"


def read_sections(page: str) -> dict[str, str]:
    """Return the sections of a page, each with its heading, by heading."""
    parts = page.split("\n## ")[1:]
    return {
        part.partition("\n")[0]: "\n## " + part.rstrip("\n") + "\n" for part in parts
    }


def main() -> int:
    """Measure what is asked for, and write the page; a measurement that failed keeps its last results."""
    names = [section.name for section in SECTIONS]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(names))
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    chosen = [] if options.page else options.only.split(",")
    failed = [
        section.name
        for section in SECTIONS
        if section.name in chosen and measure(section)
    ]
    present = read_sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    text = INTRODUCTION
    for section in SECTIONS:
        path = RESULTS / f"{section.name}.json"
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
            text += write_section(section, found)
        else:
            text += present.get(section.heading, "")
    PAGE.write_text(text, encoding="utf-8")
    print("written: docs/benchmarks.md; failed: " + (", ".join(failed) or "none"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
