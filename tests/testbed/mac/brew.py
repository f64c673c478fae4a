# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for Homebrew: answers as Homebrew 5 does the commands that tests use, from the Cellar itself."""

import json
import os
import shutil
import sys
from pathlib import Path

PREFIX = Path("/opt/homebrew")
CELLAR, OPT, BIN, BOTTLES = (
    PREFIX / "Cellar",
    PREFIX / "opt",
    PREFIX / "bin",
    PREFIX / "Library/Bottles",
)
MARKERS = "Frameworks/Python.framework/Versions/*/lib/python3*"


def kegs():
    """Return the versions that are installed, by formula."""
    return {
        formula.name: sorted(keg.name for keg in formula.iterdir())
        for formula in sorted(CELLAR.iterdir())
    }


def describe(name):
    """Return what ``brew info --json=v2`` says of a formula, as far as anyone here reads it."""
    versions = kegs().get(name, [])
    bottles = [path.name.rpartition("--")[2] for path in BOTTLES.glob(f"{name}--*")]
    return {
        "name": name,
        "full_name": name,
        "tap": "homebrew/core",
        "versions": {"stable": (versions or bottles)[-1], "bottle": True},
        "installed": [
            {
                "version": version,
                "installed_on_request": True,
                "poured_from_bottle": True,
            }
            for version in versions
        ],
        "linked_keg": versions[-1] if versions else None,
        "pinned": False,
        "outdated": False,
    }


def install(name):
    """Pour a bottle that lies ready, and link its commands."""
    if name in kegs():
        print(
            f"Warning: {name} {kegs()[name][-1]} is already installed and up-to-date.",
            file=sys.stderr,
        )
        return
    bottle = next(BOTTLES.glob(f"{name}--*"), None)
    if bottle is None:
        sys.exit(f'Warning: No available formula with the name "{name}".')
    keg = CELLAR / name / bottle.name.rpartition("--")[2]
    shutil.copytree(bottle, keg, symlinks=True)
    (OPT / name).symlink_to(os.path.relpath(keg, OPT))
    for command in (keg / "bin").iterdir():
        (BIN / command.name).symlink_to(os.path.relpath(command, BIN))


def uninstall(name):
    """Remove a formula and every link to it."""
    if name not in kegs():
        sys.exit(f"Error: No such keg: {CELLAR / name}")
    shutil.rmtree(CELLAR / name)
    (OPT / name).unlink()
    for link in BIN.iterdir():
        if link.is_symlink() and not link.exists():
            link.unlink()


def reinstall(name):
    """Put back what the bottle brings: for Python that is its marker, for others all of it."""
    if not name.startswith("python@"):
        uninstall(name)
        install(name)
        return
    for stdlib in (CELLAR / name).glob(f"*/{MARKERS}"):
        shutil.copy(BOTTLES / "EXTERNALLY-MANAGED", stdlib / "EXTERNALLY-MANAGED")


def main(arguments):
    """Answer one command line."""
    options = [word for word in arguments if word.startswith("-")]
    words = [word for word in arguments if not word.startswith("-")]
    if "--version" in options:
        print("Homebrew 5.0.0 (a stand-in for tests)")
    elif options[:1] == ["--prefix"] or options[:1] == ["--cellar"]:
        place = CELLAR
        if options[0] == "--prefix":
            place = OPT if words else PREFIX
        print(Path(place, *words[:1]))
    elif words[:1] == ["list"]:
        found = {
            name: versions
            for name, versions in kegs().items()
            if name in words[1:] or not words[1:]
        }
        for name, versions in found.items():
            print(f"{name} {' '.join(versions)}" if "--versions" in options else name)
        return 0 if found else 1
    elif words[:1] == ["info"] and "--json=v2" in options:
        names = list(kegs()) if "--installed" in options else words[1:]
        print(json.dumps({"formulae": [describe(name) for name in names], "casks": []}))
    elif words[:1] in (["install"], ["uninstall"], ["reinstall"]):
        for name in words[1:]:
            {"install": install, "uninstall": uninstall, "reinstall": reinstall}[
                words[0]
            ](name)
    elif words[:1] not in (["update"], ["outdated"]):
        sys.exit(f"Error: this stand-in for brew does not know: {' '.join(arguments)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
