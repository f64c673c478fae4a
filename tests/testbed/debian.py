# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian hosts, and the root file systems that others are re-packed from, made of Debian's own packages."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Sequence

from .containers import TestbedError

# A suite that has left the mirrors lives on in the archive.
MIRRORS = (
    os.environ.get("DEBIAN_MIRROR") or "http://deb.debian.org/debian",
    "http://archive.debian.org/debian",
)
# Release files of old suites run out; packages stay signed and checked.
APT_OPTIONS = ('Acquire::Check-Valid-Until "false"', 'APT::Install-Recommends "false"')


def bootstrap(
    suite: str,
    packages: Sequence[str],
    target: Path,
    *,
    dpkg_options: Sequence[str] = (),
    hooks: Sequence[str] = (),
    mirrors: Sequence[str] = MIRRORS,
) -> None:
    """Make a minimal root file system of ``suite`` with ``packages`` as the tar file ``target``.

    ``hooks`` are mmdebstrap's customize hooks. Raises TestbedError with its last words when no mirror could serve.
    """
    if shutil.which("mmdebstrap") is None:
        raise TestbedError(
            "mmdebstrap is not installed: run tests/testbed/prepare_host.sh"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".part.tar")
    options = ["--quiet", "--variant=minbase", f"--include={','.join(packages)}"]
    options += [f"--aptopt={option}" for option in APT_OPTIONS]
    options += [f"--dpkgopt={option}" for option in dpkg_options]
    options += [f"--customize-hook={hook}" for hook in hooks]
    said = []
    for mirror in dict.fromkeys(mirrors):
        command = ["mmdebstrap", *options, suite, str(draft), mirror]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            draft.replace(target)
            return
        said.append(f"{mirror}: {answer.stderr.strip()[-800:]}")
    draft.unlink(missing_ok=True)
    raise TestbedError(f"no mirror could serve Debian {suite}:\n" + "\n".join(said))


def digest(packages: Sequence[str]) -> str:
    """Return the digest of what decides a root file system of ``packages``."""
    return hashlib.sha256(
        Path(__file__).read_bytes() + " ".join(packages).encode()
    ).hexdigest()


def versions(archive: Path) -> dict[str, str]:
    """Return the versions of the packages that are installed in the root file system in ``archive``."""
    with tarfile.open(archive) as tar:
        status = tar.extractfile("./var/lib/dpkg/status")
        text = status.read().decode() if status else ""
    return dict(
        re.findall(r"^Package: (\S+)\n(?:[^\n]+\n)*?Version: (\S+)", text, re.M)
    )
