# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for conda and micromamba: their command line and JSON, with the solver and installer of py-rattler.

Neither program is on PyPI or in Debian. py-rattler is the library of pixi: real packages of a real channel are solved,
and a real prefix is written. What is not here is what conda itself would add, such as its other commands.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import rattler
from rattler.exceptions import SolverError


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("create", "install", "update", "remove"):
        command = commands.add_parser(name, allow_abbrev=False)
        command.add_argument("--prefix", required=True)
        command.add_argument("--channel", action="append", default=[])
        for flag in (
            "--yes",
            "--json",
            "--quiet",
            "--dry-run",
            "--all",
            "--offline",
            "--override-channels",
        ):
            command.add_argument(flag, action="store_true")
        command.add_argument("specs", nargs="*")
    return parser.parse_args(arguments)


def find_channels(names: list[str]) -> list[str]:
    """Return the URLs of channels, those of custom_multichannels in $CONDARC included."""
    file = os.environ.get("CONDARC", "")
    known = (
        json.loads(Path(file).read_text()).get("custom_multichannels", {})
        if file
        else {}
    )
    return [url for name in names for url in known.get(name, [name])]


def read_history(prefix: Path) -> list[str]:
    """Return the specs that were requested of a prefix, the newest of each name."""
    found: dict[str, str] = {}
    file = prefix / "conda-meta/history"
    for line in file.read_text().splitlines() if file.is_file() else ():
        action, _separator, words = line.partition(" specs: ")
        for spec in json.loads(words) if words else ():
            found.pop(name_of(spec), None)
            if action != "# remove":
                found[name_of(spec)] = spec
    return list(found.values())


def write_history(prefix: Path, command: str, specs: list[str]) -> None:
    with (prefix / "conda-meta/history").open("a") as file:
        file.write("==> %s <==\n" % time.strftime("%Y-%m-%d %H:%M:%S"))
        action = "remove" if command == "remove" else "update"
        file.write("# cmd: %s\n# %s specs: %s\n" % (command, action, json.dumps(specs)))


def name_of(spec: str) -> str:
    return str(rattler.MatchSpec(spec).name.normalized)


def describe(record: Any) -> tuple[str, str, str]:
    return record.name.normalized, str(record.version), str(record.build)


async def solve(
    arguments: argparse.Namespace, prefix: Path, installed: list[Any]
) -> list[Any]:
    """Return the records that the prefix shall have: what was ever requested of it counts, as in conda."""
    removed = arguments.specs if arguments.command == "remove" else []
    kept = [each for each in installed if each.name.normalized not in removed]
    if arguments.command == "remove":
        return kept
    specs = {name_of(spec): spec for spec in read_history(prefix)}
    specs.update((name_of(spec), spec) for spec in arguments.specs)
    for record in kept:
        specs.setdefault(record.name.normalized, record.name.normalized)
    try:
        solved = await rattler.solve(
            sources=[rattler.Channel(url) for url in find_channels(arguments.channel)],
            specs=list(specs.values()),
            locked_packages=[] if arguments.command == "update" else kept,
            platforms=["linux-64", "noarch"],
            gateway=rattler.Gateway(cache_dir=cache_of(prefix)),
        )
    except SolverError as exc:  # as micromamba says it
        raise RuntimeError("Could not solve for environment specs: %s" % exc) from exc
    return list(solved)


def cache_of(prefix: Path) -> Path:
    return prefix.parent / ".rattler-cache"


async def change(arguments: argparse.Namespace) -> dict[str, Any]:
    prefix = Path(arguments.prefix)
    meta = prefix / "conda-meta"
    if arguments.command != "create" and not (meta / "history").is_file():
        raise RuntimeError("Not a conda environment: %s" % prefix)
    installed = [
        rattler.PrefixRecord.from_path(path) for path in sorted(meta.glob("*.json"))
    ]
    solved = await solve(arguments, prefix, installed)
    before, after = set(map(describe, installed)), set(map(describe, solved))
    if not arguments.dry_run:
        meta.mkdir(parents=True, exist_ok=True)
        await rattler.install(
            solved,
            target_prefix=prefix,
            show_progress=False,
            cache_dir=cache_of(prefix),
        )
        write_history(prefix, arguments.command, arguments.specs)
    fields = ("name", "version", "build_string")
    actions = {
        "LINK": [dict(zip(fields, row)) for row in sorted(after - before)],
        "UNLINK": [dict(zip(fields, row)) for row in sorted(before - after)],
    }
    return {"success": True, "dry_run": arguments.dry_run, "actions": actions}


def main() -> int:
    arguments = parse_arguments(sys.argv[1:])
    calls = Path(sys.argv[0]).with_name("calls")
    if calls.exists():  # tests count them
        with calls.open("a") as file:
            file.write(" ".join(sys.argv[1:]) + "\n")
    status = 0
    try:
        answer = asyncio.run(change(arguments))
    except Exception as exc:
        status = 1
        answer = {
            "success": False,
            "message": str(exc),
            "exception_name": type(exc).__name__,
        }
    print(json.dumps(answer), flush=True)
    return status


if __name__ == "__main__":
    os._exit(main())  # threads of the library may still run
