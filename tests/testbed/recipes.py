# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the images are built where no registry answers: one function for each kind of host."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path
from typing import Callable, NamedTuple, Sequence

from . import debian, wheelhouse
from .containers import BUILD, TestbedError, podman, say
from .platforms import NAMESPACE

SOURCE = Path(__file__).resolve().parent
# A directory for each process, as two may build at once.
IMAGES = BUILD / "images" / str(os.getpid())
BUILDER = f"{NAMESPACE}/builder:trixie"
BUILDER_PACKAGES = """
    rpm createrepo-c dnf python3-packaging libarchive-tools zstd pacman-package-manager makepkg binutils gcc libc6-dev
    python3
""".split()
DONOR_PACKAGES = """
    bash coreutils findutils grep sed gawk tar gzip bzip2 xz-utils zstd curl ca-certificates sudo procps hostname passwd
    util-linux less gnu-which openssl python3 python3-venv libpython3-dev
""".split()
DONOR_EXTRAS = {
    ("fedora", "trixie"): ["dnf", "rpm", "python3-rpm"],
    ("fedora", "forky"): ["dnf5", "rpm", "python3-libdnf5", "python3-rpm"],
    ("arch", "trixie"): ["pacman-package-manager", "libarchive-tools"],
    ("mac", "trixie"): [],
}
NO_DOCUMENTS = [
    f"path-exclude=/usr/share/{name}/*"
    for name in ("man", "doc", "locale", "info", "lintian")
]
MOVING = json.loads((SOURCE / "moving.json").read_text())
LOCKS: dict[str, threading.Lock] = {}
LOCKS_LOCK = threading.Lock()


class Recipe(NamedTuple):
    """How an image is built: the files that decide its content, and the function that makes its archive."""

    sources: tuple[str, ...]
    build: Callable[[str, Path], None]


def build_debian(suite: str, target: Path) -> None:
    """Build the host of one Debian suite, with Python and nothing else of it."""
    debian.bootstrap(suite, ["python3", "ca-certificates"], target)


def build_ubuntu(suite: str, target: Path) -> None:
    """Build a Debian host that says it is Ubuntu 24.04: good for what selects by facts, and for nothing else."""
    uploads = [
        f"upload {SOURCE}/ubuntu/{Path(path).name} {path}"
        for path in ("/usr/lib/os-release", "/etc/lsb-release")
    ]
    debian.bootstrap(suite, ["python3", "ca-certificates"], target, hooks=uploads)


def build_repacked(argument: str, target: Path) -> None:
    """Build one of the hosts that are re-packed; ``argument`` is its kind, suite, version and variant."""
    kind, suite, version, variant = argument.split()
    with lock(f"{kind}-{suite}"):
        archive = IMAGES / f"{kind}-{suite}" / f"{variant}.tar"
        if not archive.exists():
            repack(kind, suite, version)
        archive.replace(target)


def lock(name: str) -> threading.Lock:
    """Return the one lock of this name: two images of one repository wait for it, others do not."""
    with LOCKS_LOCK:
        return LOCKS.setdefault(name, threading.Lock())


def repack(kind: str, suite: str, version: str) -> None:
    """Make the archives of one kind of host from ``suite``; where that moved too far, from the day it was proven."""
    work = IMAGES / f"{kind}-{suite}"
    sources: list[Sequence[str]] = [debian.MIRRORS]
    if suite in MOVING:
        sources.append([MOVING[suite]["snapshot"]])
    problems = []
    for mirrors in sources:
        shutil.rmtree(work, ignore_errors=True)
        try:
            donor(kind, suite, work, mirrors)
            in_builder(kind, version, work)
            return
        except TestbedError as error:
            problems.append(f"from {mirrors[0]}: {error}")
            say(f"{kind} from Debian {suite}: {problems[-1]}")
    raise TestbedError("\n".join(problems))


def donor(kind: str, suite: str, work: Path, mirrors: Sequence[str]) -> None:
    """Unpack the donor below ``work`` and say how far a moving suite is from what was proven."""
    archive = work / "donor.tar"
    packages = [*DONOR_PACKAGES, *DONOR_EXTRAS[kind, suite]]
    debian.bootstrap(
        suite, packages, archive, dpkg_options=NO_DOCUMENTS, mirrors=mirrors
    )
    if suite in MOVING:
        report_drift(suite, archive)


def report_drift(suite: str, archive: Path) -> None:
    """Return which of the packages that matter differ from the versions this was proven with."""
    versions = debian.versions(archive)
    (archive.parent / "versions.json").write_text(
        json.dumps(versions, indent=1, sort_keys=True)
    )
    for name, proven in MOVING[suite]["proven"].items():
        if versions.get(name) != proven:
            say(
                f"note: Debian {suite} has moved: {name} is {versions.get(name)}, proven was {proven}"
            )


def in_builder(kind: str, version: str, work: Path) -> None:
    """Re-pack the donor below ``work`` in the builder container, without a network; keep the archives only."""
    with lock("builder"):
        builder()
    mounts = [
        f"--volume={SOURCE.parent}:/src:ro",
        f"--volume={work}:/work",
        f"--volume={wheelhouse.ensure()}:/wheels:ro",
    ]
    options = [
        "--rm",
        "--pull=never",
        "--ulimit=host",
        "--network=none",
        "--env=PYTHONPATH=/src",
        "--env=LC_ALL=C.UTF-8",
    ]
    options.append("--env=PYTHONDONTWRITEBYTECODE=1")
    command = [
        "python3",
        "-m",
        "testbed.repack",
        kind,
        "/work/donor.tar",
        "/work",
        "/wheels",
        version,
    ]
    podman("run", *options, *mounts, BUILDER, *command)


def builder() -> None:
    """See to it that the builder's image is there: Debian's rpm, dnf, pacman and compiler."""
    digest = debian.digest(BUILDER_PACKAGES)
    if (
        podman(
            "image",
            "inspect",
            '--format={{index .Labels "io.pyfleet.builder"}}',
            BUILDER,
            check=False,
        ).stdout.strip()
        == digest
    ):
        return
    say("the builder: making its image …")
    archive = IMAGES / "builder.tar"
    debian.bootstrap("trixie", BUILDER_PACKAGES, archive)
    podman(
        "import",
        "--quiet",
        "--change",
        f"LABEL io.pyfleet.builder={digest}",
        archive,
        BUILDER,
    )
    archive.unlink()


REPACK = tuple(
    sorted(
        str(path.relative_to(SOURCE))
        for path in (
            *SOURCE.glob("repack/*.*"),
            *SOURCE.glob("pins/*.txt"),
            *SOURCE.glob("mac/*"),
        )
        if path.is_file()
    )
)
RECIPES = {
    "debian": Recipe(("debian.py",), build_debian),
    "ubuntu": Recipe(
        ("debian.py", "ubuntu/os-release", "ubuntu/lsb-release"), build_ubuntu
    ),
    "repack": Recipe(("debian.py", *REPACK), build_repacked),
}
WORKERS = min(2, os.cpu_count() or 1)
