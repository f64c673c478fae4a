# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny distributions, written as they are needed: wheels, sources, one that cannot be built, projects, locks.

`alpha` is the application of the crash test. It comes in halves (`alpha` and `part`, of one version each) that it
imports some time apart, and it fails where they are of two releases.
"""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import textwrap
import zipfile
from pathlib import Path
from typing import Mapping, Sequence

_APPLICATION = """
import os, sys, time

VERSION = "{version}"

def main():
    time.sleep(float(os.environ.get("ALPHA_WAIT", "0")))
    import part                  # the other distribution, late
    from alpha import late       # the other half of this one, late
    found = (VERSION, late.VERSION, part.VERSION)
    print(" ".join(found))
    return 0 if len(set(found)) == 1 else 3
"""

#: A build backend that needs nothing and leaves nothing in the source tree; it packs `src/` as it is.
BACKEND = """
import base64, hashlib, os, sys, zipfile

def settings():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "settings.txt"), encoding="utf-8") as file:
        rows = dict(line.split("=", 1) for line in file.read().splitlines())
    return here, rows["name"], rows["version"], rows.get("fails", "")

def metadata(name, version):
    return {
        "METADATA": "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (name, version),
        "WHEEL": "Wheel-Version: 1.0\\nGenerator: tiny\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }

def pack(directory, files, name, version):
    stem = "%s-%s" % (name, version)
    for key, text in metadata(name, version).items():
        files["%s.dist-info/%s" % (stem, key)] = text.encode()
    rows = []
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append("%s,sha256=%s,%d" % (path, digest, len(data)))
    record = "%s.dist-info/RECORD" % stem
    files[record] = "\\n".join([*rows, record + ",,", ""]).encode()
    target = stem + "-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, target), "w") as wheel:
        for path, data in files.items():
            wheel.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), data)
    return target

def build_wheel(directory, config_settings=None, metadata_directory=None):
    here, name, version, fails = settings()
    if fails:
        sys.stderr.write(fails + "\\n")
        raise SystemExit(1)
    files = {}
    for top, _names, found in os.walk(os.path.join(here, "src")):
        for each in found:
            path = os.path.join(top, each)
            if not path.endswith(".pyc"):
                with open(path, "rb") as file:
                    files[os.path.relpath(path, os.path.join(here, "src"))] = file.read()
    return pack(directory, files, name, version)

def build_editable(directory, config_settings=None, metadata_directory=None):
    here, name, version, _fails = settings()
    line = os.path.join(here, "src") + "\\n"
    return pack(directory, {"__editable__.%s.pth" % name: line.encode()}, name, version)

def build_sdist(directory, config_settings=None):
    raise NotImplementedError
"""

_PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "{name}"
version = "{version}"
"""


def write_wheel(
    directory: Path,
    name: str,
    version: str,
    requires: Sequence[str] = (),
    *,
    extras: Mapping[str, Sequence[str]] | None = None,
    scripts: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    mark: str = "",
) -> Path:
    """Write a wheel; ``mark`` makes the bytes of an otherwise equal one differ."""
    spelt = name.replace("-", "_").replace(".", "_")
    stem = f"{spelt}-{version}"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    for extra, needs in (extras or {}).items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {each}; extra == "{extra}"' for each in needs]
    content = dict(
        files
        or {f"{spelt.lower()}.py": f"VERSION = {version!r}{mark and '  # ' + mark}\n"}
    )
    content[f"{stem}.dist-info/METADATA"] = "\n".join(lines) + "\n"
    content[f"{stem}.dist-info/WHEEL"] = (
        "Wheel-Version: 1.0\nGenerator: tiny\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    if scripts:
        rows = [f"{script} = {target}" for script, target in scripts.items()]
        content[f"{stem}.dist-info/entry_points.txt"] = (
            "\n".join(["[console_scripts]", *rows]) + "\n"
        )
    record = f"{stem}.dist-info/RECORD"
    rows = [
        f"{path},sha256={_encode(text.encode())},{len(text.encode())}"
        for path, text in content.items()
    ]
    content[record] = "\n".join([*rows, record + ",,", ""])
    target = directory / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as wheel:
        for path, text in content.items():
            wheel.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), text)
    return target


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def write_application(directory: Path, version: str, bulk: int = 0) -> None:
    """Write the two halves of ``alpha``; ``bulk`` files of 4 KiB make its installation take its time."""
    files = {
        "alpha/__init__.py": _APPLICATION.format(version=version),
        "alpha/__main__.py": "import sys\nfrom alpha import main\nsys.exit(main())\n",
        "alpha/late.py": f"VERSION = {version!r}\n",
    }
    files |= {
        f"alpha/bulk/m{number}.py": f"TEXT = {version!r} + '{'x' * 4000}'\n"
        for number in range(bulk)
    }
    write_wheel(
        directory,
        "alpha",
        version,
        [f"part=={version}"],
        scripts={"alpha": "alpha:main"},
        files=files,
    )
    write_wheel(
        directory,
        "part",
        version,
        files={"part/__init__.py": f"VERSION = {version!r}\n"},
    )


def write_project(
    directory: Path,
    name: str,
    version: str = "1.0",
    text: str = "A = 1\n",
    fails: str = "",
) -> Path:
    """Write a local project that needs nothing to be built; with ``fails`` it says so and fails."""
    (directory / "src").mkdir(parents=True, exist_ok=True)
    (directory / "src" / f"{name}.py").write_text(text)
    (directory / "backend.py").write_text(BACKEND)
    rows = [
        f"name={name}",
        f"version={version}",
        *([f"fails={fails}"] if fails else []),
    ]
    (directory / "settings.txt").write_text("\n".join(rows) + "\n")
    (directory / "pyproject.toml").write_text(
        _PROJECT.format(name=name, version=version).lstrip()
    )
    return directory


def write_source(
    directory: Path, name: str, version: str, scratch: Path, fails: str = ""
) -> Path:
    """Write a source distribution."""
    project = write_project(scratch / f"{name}-{version}", name, version, fails=fails)
    (project / "PKG-INFO").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    )
    target = directory / f"{name}-{version}.tar.gz"
    with tarfile.open(target, "w:gz") as archive:
        for path in sorted(project.rglob("*")):
            if path.is_file():
                info = tarfile.TarInfo(f"{name}-{version}/{path.relative_to(project)}")
                info.size = path.stat().st_size
                archive.addfile(info, io.BytesIO(path.read_bytes()))
    return target


def write_index(directory: Path, scratch: Path) -> Path:
    """Write the packages that the cases ask for."""
    directory.mkdir(parents=True, exist_ok=True)
    for version in ("1.0", "1.1", "2.0"):
        write_application(directory, version)
        write_wheel(directory, "delta", version)
    write_wheel(directory, "beta", "1.0", ["alpha>=1.0"])
    write_wheel(directory, "picky", "1.0", ["alpha<2"])
    write_wheel(
        directory,
        "gamma",
        "1.0",
        ['delta; sys_platform == "win32"'],
        extras={"fast": ["delta"], "more": ["Mixed.Name"]},
    )
    write_wheel(directory, "Mixed.Name", "1.0")
    write_wheel(directory, "early", "1.0")
    write_wheel(directory, "early", "2.0b1")
    write_source(directory, "source", "1.0", scratch)
    write_source(
        directory, "broken", "1.0", scratch, fails="the compiler of broken said no"
    )
    write_wheel(directory, "either", "1.0")
    write_source(directory, "either", "1.0", scratch)
    return directory


def hash_of(path: Path) -> str:
    """Return the hash of a file as pip writes it."""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def write_lock(path: Path, wheels: Sequence[Path]) -> Path:
    """Write a pylock.toml (PEP 751) that names these wheels by their paths."""
    parts = ['lock-version = "1.0"\ncreated-by = "tiny"\n']
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        parts.append(
            textwrap.dedent(f"""
            [[packages]]
            name = "{name}"
            version = "{version}"
            [[packages.wheels]]
            name = "{wheel.name}"
            path = "{wheel}"
            hashes = {{sha256 = "{hash_of(wheel)[7:]}"}}
            """)
        )
    path.write_text("".join(parts))
    return path
