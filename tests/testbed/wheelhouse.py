# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wheelhouse: packages pinned by hash, fetched once, served to containers without a network."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

from .containers import BUILD, TestbedError

PINS = Path(__file__).resolve().parent / "pins"
WHEELHOUSE = BUILD / "wheelhouse"
PURE = ("--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none")
#: Images are built by several threads, and the first of them that needs the wheelhouse fetches it for all.
FETCHING = threading.Lock()
NATIVE = (
    "--only-binary=:all:",
    "--platform=manylinux_2_17_x86_64",
    "--implementation=cp",
)


class Group(NamedTuple):
    """One list of pins and how pip is to choose its files."""

    name: str
    options: tuple[str, ...]


GROUPS = (
    Group("current", (*PURE, "--python-version=3.13")),
    Group("older", (*PURE, "--python-version=3.9")),
    Group("python39", (*PURE, "--python-version=3.9")),
    Group("debian12", (*PURE, "--python-version=3.9")),
    Group("oldest", (*PURE, "--python-version=3.9")),
    Group("native", (*NATIVE, "--python-version=3.13")),
    Group("sources", ("--no-binary=:all:",)),
    # What scenarios install and no image holds: a change here rebuilds no image.
    Group("applications/current", (*PURE, "--python-version=3.13")),
    Group("applications/python39", (*PURE, "--python-version=3.9")),
    *(
        Group(f"applications/native3{minor}", (*NATIVE, f"--python-version=3.{minor}"))
        for minor in (9, 11, 13, 14)
    ),
)


def ensure() -> Path:
    """Return the directory of the wheelhouse, after fetching it when the pins are others than those it was made of."""
    digest = hashlib.sha256(
        b"".join((PINS / f"{group.name}.txt").read_bytes() for group in GROUPS)
    ).hexdigest()
    with FETCHING:
        stamp = WHEELHOUSE / ".pins"
        if not stamp.exists() or stamp.read_text() != digest:
            fetch(digest)
    return WHEELHOUSE


def fetch(digest: str) -> None:
    """Fetch all groups, and put them in place of the wheelhouse with the ``digest`` of their pins."""
    WHEELHOUSE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WHEELHOUSE.parent) as draft:
        for group in GROUPS:
            download(group, PINS / f"{group.name}.txt", Path(draft), "--require-hashes")
        (Path(draft) / ".pins").write_text(digest)
        shutil.rmtree(WHEELHOUSE, ignore_errors=True)
        Path(draft).rename(WHEELHOUSE)
        Path(draft).mkdir()
    WHEELHOUSE.chmod(0o755)


def download(group: Group, pins: Path, target: Path, *options: str) -> None:
    """Fetch the files of ``group`` as ``pins`` say into ``target``; raises TestbedError with pip's last words."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--disable-pip-version-check",
        *options,
    ]
    command += [*group.options, f"--dest={target}", f"--requirement={pins}"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise TestbedError(
            f"the wheelhouse's '{group.name}' cannot be fetched: {answer.stderr.strip()[-1500:]}"
        )


def lock() -> None:
    """Write the hashes of the pinned releases into the lists, for one who changed a version."""
    for group in GROUPS:
        pins = PINS / f"{group.name}.txt"
        lines = [
            line
            for line in pins.read_text().splitlines()
            if not line.startswith("    --hash")
        ]
        lines = [line.removesuffix(" \\") for line in lines]
        with tempfile.TemporaryDirectory() as scratch:
            bare = Path(scratch, "bare.txt")
            bare.write_text("\n".join(lines) + "\n")
            download(group, bare, Path(scratch, "files"))
            hashes = {
                file.name.lower().replace("_", "-"): hashlib.sha256(
                    file.read_bytes()
                ).hexdigest()
                for file in Path(scratch, "files").iterdir()
            }
        pins.write_text("".join(pinned(line, hashes) for line in lines))


def pinned(line: str, hashes: dict[str, str]) -> str:
    """Return a requirement's line followed by its hash; other lines as they are."""
    if "==" not in line or line.startswith("#"):
        return line + "\n"
    stem = line.replace("==", "-").lower().replace("_", "-")
    (digest,) = [
        value
        for name, value in hashes.items()
        if name.startswith((f"{stem}-py", f"{stem}.tar", f"{stem}-cp"))
    ]
    return f"{line} \\\n    --hash=sha256:{digest}\n"
