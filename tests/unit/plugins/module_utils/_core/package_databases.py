# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small databases of package managers, in the formats that the real ones write, for fixture trees."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import sqlite3
import struct
import tempfile
from typing import Mapping, NamedTuple, Sequence


class Package(NamedTuple):
    """One installed package: the absolute paths that it ships, with the content of those whose digest matters."""

    name: str
    version: str
    files: Sequence[str]
    contents: Mapping[str, bytes] = {}


def _md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def dpkg(*packages: Package) -> dict:
    """Give /var/lib/dpkg: dpkg-query(1), deb-md5sums(5)."""
    files = {}
    status = []
    for name, version, paths, contents in packages:
        package, _colon, architecture = name.partition(":")
        status.append(
            f"Package: {package}\nStatus: install ok installed\nArchitecture: {architecture or 'all'}\n"
            f"{'Multi-Arch: same' + chr(10) if architecture else ''}Version: {version}\nDescription: a package\n"
        )
        files[f"var/lib/dpkg/info/{name}.list"] = "/.\n" + "".join(f"{path}\n" for path in paths)
        files[f"var/lib/dpkg/info/{name}.md5sums"] = "".join(
            f"{_md5(contents.get(path, b''))}  {path[1:]}\n" for path in paths
        )
    return {"var/lib/dpkg/status": "\n".join(status), **files}


def pacman(*packages: Package) -> dict:
    """Give /var/lib/pacman/local: libalpm's be_local.c, version 9."""
    files = {"var/lib/pacman/local/ALPM_DB_VERSION": "9\n"}
    for name, version, paths, contents in packages:
        place = f"var/lib/pacman/local/{name}-{version}/"
        files[place + "desc"] = f"%NAME%\n{name}\n\n%VERSION%\n{version}\n\n"
        files[place + "files"] = "%FILES%\n" + "".join(f"{path[1:]}\n" for path in paths)
        digests = {path: hashlib.sha256(contents.get(path, b"")).hexdigest() for path in paths}
        entries = "".join(f".{path} time=1.0 size=1 sha256digest={digests[path]}\n" for path in paths)
        files[place + "mtree"] = gzip.compress(("#mtree\n/set type=file uid=0 gid=0 mode=644\n" + entries).encode())
    return files


def apk(*packages: Package) -> dict:
    """Give /lib/apk/db/installed: records of P: V: F: R: Z: lines, Z: being the SHA-1 in base64 after Q1."""
    records = []
    for name, version, paths, contents in packages:
        lines = [f"P:{name}", f"V:{version}"]
        for path in paths:
            directory, _slash, base = path[1:].rpartition("/")
            digest = base64.b64encode(hashlib.sha1(contents.get(path, b"")).digest()).decode()
            lines += [f"F:{directory}", f"R:{base}", f"Z:Q1{digest}"]
        records.append("\n".join(lines) + "\n")
    return {"lib/apk/db/installed": "\n".join(records) + "\n"}


def portage(*packages: Package, links: Mapping[str, str] | None = None) -> dict:
    """Give /var/db/pkg: portage(5), CONTENTS."""
    links = links or {}
    files = {}
    for name, version, paths, contents in packages:
        lines = [
            f"sym {path} -> {links[path]} 1700000000" if path in links
            else f"obj {path} {_md5(contents.get(path, b''))} 1700000000"
            for path in paths
        ]  # fmt: skip
        files[f"var/db/pkg/{name}-{version}/CONTENTS"] = "".join(f"{line}\n" for line in lines)
    return files


def xbps(*packages: Package) -> dict:
    """Give /var/db/xbps: xbps-pkgdb(1), property lists."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n<dict>\n'
    tail = "</dict>\n</plist>\n"
    database = ""
    files = {}
    for name, version, paths, contents in packages:
        database += f"<key>{name}</key><dict><key>pkgver</key><string>{name}-{version}</string></dict>\n"
        entries = "".join(
            f"<dict><key>file</key><string>{path}</string><key>sha256</key>"
            f"<string>{hashlib.sha256(contents.get(path, b'')).hexdigest()}</string></dict>\n"
            for path in paths
        )
        files[f"var/db/xbps/.{name}-files.plist"] = f"{head}<key>files</key><array>{entries}</array>{tail}"
    return {"var/db/xbps/pkgdb-0.38.plist": head + database + tail, **files}


def conda(prefix: str, *packages: Package) -> dict:
    """Give conda-meta of an environment: conda/models/records.py."""
    place = prefix.strip("/") + "/conda-meta/"
    files = {place + "history": "==> 2026-01-01 00:00:00 <==\n"}
    for name, version, paths, contents in packages:
        relative = [path[len(prefix.rstrip("/")) + 1 :] for path in paths]
        digests = [hashlib.sha256(contents.get(path, b"")).hexdigest() for path in paths]
        files[f"{place}{name}-{version}-h1234_0.json"] = json.dumps(
            {
                "name": name,
                "version": version,
                "build": "h1234_0",
                "channel": "conda-forge",
                "files": relative,
                "paths_data": {
                    "paths": [
                        {"_path": path, "path_type": "hardlink", "sha256": digest, "sha256_in_prefix": digest}
                        for path, digest in zip(relative, digests)
                    ],
                    "paths_version": 1,
                },
            },
            indent=2,
        )
    return files


def _header(package: Package, version: str, release: str) -> bytes:
    """Build an rpm header: rpm's lib/header.c; the index over the store, big-endian."""
    paths = list(package.files)
    directories = sorted({os.path.dirname(path) + "/" for path in paths})
    strings, string_list, int16, int32 = 6, 8, 3, 4
    values = [
        (1000, strings, [package.name]),
        (1001, strings, [version]),
        (1002, strings, [release]),
        (1030, int16, [0o100644] * len(paths)),
        (1035, string_list, [hashlib.sha256(package.contents.get(path, b"")).hexdigest() for path in paths]),
        (1036, string_list, [""] * len(paths)),
        (1116, int32, [directories.index(os.path.dirname(path) + "/") for path in paths]),
        (1117, string_list, [os.path.basename(path) for path in paths]),
        (1118, string_list, directories),
        (5011, int32, [8]),
    ]
    index, store = b"", b""
    for tag, kind, items in values:
        if kind in (int16, int32):
            width = 2 if kind == int16 else 4
            store += b"\0" * (-len(store) % width)
            data = b"".join(item.to_bytes(width, "big") for item in items)
        else:
            data = b"".join(item.encode() + b"\0" for item in items)
        index += struct.pack(">IIII", tag, kind, len(store), len(items))
        store += data
    return struct.pack(">II", len(values), len(store)) + index + store


def rpm(*packages: Package, directory: str = "usr/lib/sysimage/rpm") -> dict:
    """Give rpmdb.sqlite with the tables that a file query needs: rpm's lib/backend/sqlite.c."""
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "rpmdb.sqlite")
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        for table in ("Name", "Basenames", "Dirnames"):
            connection.execute(f"CREATE TABLE {table} (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)")
        for number, package in enumerate(packages, 1):
            version, _dash, release = package.version.partition("-")
            connection.execute("INSERT INTO Packages VALUES (?, ?)", (number, _header(package, version, release)))
            connection.execute("INSERT INTO Name VALUES (?, ?, 0)", (package.name, number))
            for at, file in enumerate(package.files):
                head, tail = os.path.split(file)
                connection.execute("INSERT INTO Basenames VALUES (?, ?, ?)", (tail, number, at))
                connection.execute("INSERT INTO Dirnames VALUES (?, ?, ?)", (head + "/", number, at))
        connection.commit()
        connection.close()
        with open(path, "rb") as stream:
            return {directory + "/rpmdb.sqlite": stream.read()}
