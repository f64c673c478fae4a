# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entrance to the builder container: ``python3 -m testbed.repack KIND DONOR WORK WHEELS VERSION``, archives in WORK."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from . import mac, pacman, rpm


def pack(root: Path, archive: Path) -> None:
    """Write the root file system at ``root`` as a tar archive."""
    subprocess.run(
        [
            "tar",
            "-C",
            root,
            "--numeric-owner",
            "--exclude=./proc/*",
            "--exclude=./dev/*",
            "-cf",
            archive,
            ".",
        ],
        check=True,
    )


def main() -> None:
    """Build what was asked for; an error ends it with its own words."""
    kind, version = sys.argv[1], sys.argv[5]
    archive, out, wheels = map(Path, sys.argv[2:5])
    # What is built lies in the container's own file system and goes with it; only archives come out.
    work, donor = Path("/build"), Path("/build/donor")
    donor.mkdir(parents=True)
    subprocess.run(
        ["tar", "-C", donor, "--exclude=./dev/*", "-xf", archive], check=True
    )
    if kind == "fedora":
        rpm.assemble(donor, work, wheels, version)
        for name, marked in (("plain", False), ("marked", True)):
            rpm.install(work, work / "root", version, marked=marked)
            pack(work / "root", out / f"{name}.tar")
    elif kind == "mac":
        mac.assemble(donor, work / "root", wheels)
        pack(work / "root", out / "plain.tar")
    else:
        pacman.assemble(donor, work, wheels)
        pacman.install(work, work / "root")
        pack(work / "root", out / "plain.tar")


if __name__ == "__main__":
    main()
