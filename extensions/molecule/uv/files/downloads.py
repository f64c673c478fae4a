# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pack this Python as python-build-standalone packs its own (`install_only`), and list it as a download for uv.

downloads.py DIRECTORY

Writes python.tar.gz and downloads.json, which has this version; newer.json, in which the same archive is also the next
patch release; and wrong.json, with another checksum. Prints the version.
"""

import hashlib
import json
import os
import platform
import sys
import sysconfig
import tarfile

LEFT_OUT = (
    "__pycache__",
    "test",
    "site-packages",
    "dist-packages",
    "EXTERNALLY-MANAGED",
    "sitecustomize.py",
)


def pack(archive):
    """Write the archive: bin, lib, and lib64 as a link for those that look there."""
    name = "python%d.%d" % sys.version_info[:2]
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        tar.add(os.path.realpath(sys.executable), "python/bin/" + name)
        for path, target in (
            ("bin/python3", name),
            ("bin/python", name),
            ("lib64", "lib"),
        ):
            link = tarfile.TarInfo("python/" + path)
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)
        tar.add(
            sysconfig.get_path("stdlib"),
            "python/lib/" + name,
            filter=lambda entry: (
                None if os.path.basename(entry.name) in LEFT_OUT else entry
            ),
        )


def machine():
    """Return the processor that this Python was built for, by its ELF header: a host that acts as a Mac names another."""
    with open(os.path.realpath(sys.executable), "rb") as file:
        return {0x3E: "x86_64", 0xB7: "aarch64"}[file.read(20)[18]]


def describe(archive, patch, checksum):
    """Return an item of the list of downloads."""
    major, minor = sys.version_info[:2]
    return {
        "name": "cpython",
        "arch": {"family": machine(), "variant": None},
        "os": "linux",
        "libc": "gnu",
        "major": major,
        "minor": minor,
        "patch": patch,
        "prerelease": "",
        "url": "file://" + archive,
        "sha256": checksum,
        "variant": None,
        "build": None,
    }


def main(directory):
    """Write all files."""
    os.makedirs(directory, exist_ok=True)
    archive = os.path.join(directory, "python.tar.gz")
    pack(archive)
    with open(archive, "rb") as file:
        checksum = hashlib.sha256(file.read()).hexdigest()
    patch = sys.version_info[2]
    lists = {
        "downloads": [(patch, checksum)],
        "newer": [(patch, checksum), (patch + 1, checksum)],
        "wrong": [(patch, checksum), (patch + 1, "0" * 64)],
    }
    for name, rows in lists.items():
        items = {
            "cpython-%d.%d.%d-linux-%s-gnu"
            % (*sys.version_info[:2], number, machine()): describe(
                archive, number, text
            )
            for number, text in rows
        }
        with open(os.path.join(directory, name + ".json"), "w") as file:
            json.dump(items, file)
    sys.stdout.write(platform.python_version())


if __name__ == "__main__":
    main(sys.argv[1])
