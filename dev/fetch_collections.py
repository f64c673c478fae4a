# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpack the collections that the tests use from the PyPI package `ansible`; no Galaxy server is needed for that."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

NAMES = ("community.general", "containers.podman")


def download(requirements: Path, directory: Path) -> Path:
    """Let pip fetch the one wheel that the requirements file pins, without what it depends on."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
    ]
    subprocess.run(
        [
            *command,
            "--only-binary=:all:",
            "-d",
            str(directory),
            "-r",
            str(requirements),
        ],
        check=True,
    )
    (wheel,) = directory.glob("*.whl")
    return wheel


def unpack(wheel: Path, collections: Path) -> None:
    """Put each wanted collection of the wheel below the folder, in place of what was there."""
    prefixes = {
        name: f"ansible_collections/{name.replace('.', '/')}/" for name in NAMES
    }
    with zipfile.ZipFile(wheel) as archive:
        members = archive.namelist()
        for name, prefix in prefixes.items():
            shutil.rmtree(collections / prefix, ignore_errors=True)
            wanted = [member for member in members if member.startswith(prefix)]
            if not wanted:
                sys.exit(f"{wheel.name} holds no {name}")
            archive.extractall(collections, wanted)
            print(f"==> {name}: {len(wanted)} files, from {wheel.name}")


def main() -> None:
    """Do the one after the other; the wheel is not kept."""
    if len(sys.argv) != 3:
        sys.exit("usage: fetch_collections.py REQUIREMENTS COLLECTIONS")
    requirements, collections = map(Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as scratch:
        unpack(download(requirements, Path(scratch)), collections)


if __name__ == "__main__":
    main()
