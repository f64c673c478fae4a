# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A channel of conda in a directory, with small packages made here: repodata.json and archives, as a mirror has them."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import NamedTuple


class Package(NamedTuple):
    """One package of a channel."""

    name: str
    version: str
    build: str = "0"
    depends: tuple[str, ...] = ()
    subdir: str = "noarch"

    @property
    def file_name(self) -> str:
        return "%s-%s-%s.tar.bz2" % self[:3]


#: Two applications that share a library, with an older and a newer release each.
PACKAGES = (
    Package("tinylib", "1.0"),
    Package("tinylib", "1.1"),
    Package("tinylib", "2.0"),
    Package("tinyapp", "1.0", depends=("tinylib >=1.0,<2",)),
    Package("tinyapp", "2.0", "py312_0", ("tinylib >=2.0",), "linux-64"),
    Package("tinytool", "0.9"),
    Package("tinytool", "1.0", "py312_0", subdir="linux-64"),
)


def write_channel(directory: Path, packages: tuple[Package, ...] = PACKAGES) -> Path:
    """Write the packages and their index, and return the directory."""
    for subdir in ("noarch", "linux-64", "linux-aarch64"):
        place = directory / subdir
        place.mkdir(parents=True, exist_ok=True)
        rows = {
            each.file_name: _write_package(place, each)
            for each in packages
            if each.subdir == subdir
        }
        index = {
            "info": {"subdir": subdir},
            "packages": rows,
            "packages.conda": {},
            "repodata_version": 1,
        }
        (place / "repodata.json").write_text(json.dumps(index))
    return directory


def _write_package(place: Path, package: Package) -> dict[str, object]:
    name = "share/%s/version" % package.name
    data = ("%s %s\n" % package[:2]).encode()
    index = {
        "name": package.name,
        "version": package.version,
        "build": package.build,
        "build_number": 0,
        "depends": list(package.depends),
        "subdir": package.subdir,
        "license": "MIT",
    }
    if package.subdir == "noarch":
        index["noarch"] = "generic"
    path = {
        "_path": name,
        "path_type": "hardlink",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size_in_bytes": len(data),
    }
    files = {
        "info/index.json": json.dumps(index).encode(),
        "info/files": (name + "\n").encode(),
        "info/paths.json": json.dumps({"paths": [path], "paths_version": 1}).encode(),
        name: data,
    }
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:bz2") as tar:
        for member, content in files.items():
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    content = archive.getvalue()
    (place / package.file_name).write_bytes(content)
    return {
        **index,
        "sha256": hashlib.sha256(content).hexdigest(),
        "md5": hashlib.md5(content).hexdigest(),  # conda's own index names it too
        "size": len(content),
    }
