# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy the repository's files, new ones included, to a tree of real directories, as ansible-test needs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def repository_files() -> list[str]:
    """Names relative to the root of all files that git tracks or would track and that are still there."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    names = sorted(
        {
            name.decode("utf-8", "surrogateescape")
            for name in listing.split(b"\0")
            if name
        }
    )
    return [
        name for name in names if (ROOT / name).is_symlink() or (ROOT / name).exists()
    ]


def sync(destination: Path) -> int:
    """Make the destination a copy of the repository's files, nothing else; give their number."""
    if destination.exists():
        shutil.rmtree(destination)
    names = repository_files()
    for name in names:
        target = destination / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    return len(names)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: sync_tree.py DESTINATION")
    print(f"{sync(Path(sys.argv[1]))} files copied to {sys.argv[1]}")
