# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line of the test hosts: ``python3 -m testbed images [--images auto|registry|built] [PLATFORM …]``."""

from __future__ import annotations

import argparse
import sys
from typing import Sequence

from . import images, wheelhouse
from .containers import TestbedError, say
from .platforms import PLATFORMS


def chosen(names: Sequence[str]) -> list[str]:
    """Return the platforms asked for (names, or lists of names with commas or colons); all when none is."""
    asked = [
        name
        for entry in names
        for name in entry.replace(":", ",").split(",")
        if name and name != "all"
    ]
    unknown = sorted(set(asked) - set(PLATFORMS))
    if unknown:
        raise TestbedError(
            f"no such platform: {', '.join(unknown)}; there are {', '.join(PLATFORMS)}"
        )
    return asked or list(PLATFORMS)


def show(outcomes: Sequence[images.Outcome]) -> None:
    """Print which image each platform has, and from where, as one table for the person who waits."""
    for outcome in outcomes:
        what = (
            f"{outcome.origin:9} {outcome.platform.image}"
            if outcome.origin
            else f"none      {outcome.problem}"
        )
        say(f"  {outcome.platform.name:20} {what} ({outcome.seconds:.1f} s)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when every platform asked for by name has its image."""
    parser = argparse.ArgumentParser(prog="testbed", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser(
        "images",
        help="get or build the images; print the names of the platforms that are there",
    )
    make.add_argument("--images", choices=("auto", "registry", "built"), default="auto")
    make.add_argument("platforms", nargs="*", metavar="PLATFORM")
    commands.add_parser(
        "wheelhouse", help="fetch the packages that tests install; print the directory"
    )
    commands.add_parser(
        "clean", help="remove the images, and the containers that use them"
    )
    commands.add_parser(
        "lock", help="write the hashes of the pinned packages, after a pin was changed"
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "lock":
            wheelhouse.lock()
            return 0
        if options.command == "clean":
            images.clean()
            return 0
        if options.command == "wheelhouse":
            print(wheelhouse.ensure())
            return 0
        outcomes = images.ensure(chosen(options.platforms), options.images)
    except TestbedError as error:
        say(str(error))
        return 2
    show(outcomes)
    print(",".join(outcome.platform.name for outcome in outcomes if outcome.origin))
    asked = any(name != "all" for name in options.platforms)
    broken = [
        outcome
        for outcome in outcomes
        if not outcome.origin and (asked or outcome.tried)
    ]
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
