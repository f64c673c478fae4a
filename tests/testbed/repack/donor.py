# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The donor: which Debian package owns which file, and a copy of the tree without anything of Debian's own tools."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Iterable, Iterator, NamedTuple

# Debian's package management, its Python, and what is only there for them. Python comes back in its own packages.
LEFT_OUT = re.compile(
    r"^(apt|dpkg|debconf|debian-archive-keyring|libapt-pkg.*|perl-base|init-system-helpers|python3.*|libpython3.*"
    r"|libdebconfclient0|sqv|gpgv|dash|mawk|base-passwd|sysvinit-utils|gnupg-l10n|.*-dev)$"
)
# Trees and files that no package of the new host may carry: Debian's identity, its state, caches, other architectures
# of start-up, and the rpm plugin that needs a privilege which containers do not have.
CLEARED = """
    etc/os-release usr/lib/os-release etc/debian_version etc/issue etc/issue.net etc/dpkg etc/apt etc/debconf.conf
    etc/alternatives etc/machine-id etc/hostname etc/resolv.conf etc/hosts etc/.pwd.lock etc/inputrc etc/kernel
    etc/cron.daily etc/init.d etc/rc0.d etc/rc1.d etc/rc2.d etc/rc3.d etc/rc4.d etc/rc5.d etc/rc6.d etc/rcS.d
    etc/systemd etc/fstab etc/passwd- etc/group- etc/shadow- etc/gshadow- etc/ld.so.cache etc/python3
    var/lib/dpkg var/lib/apt var/lib/systemd var/lib/misc var/lib/ucf var/lib/pam var/lib/dbus var/lib/rpm
    var/lib/python var/cache/apt var/cache/debconf var/cache/ldconfig var/cache/dnf var/cache/libdnf5
    var/log/apt var/log/dpkg.log var/log/alternatives.log var/log/bootstrap.log
    usr/lib/dpkg usr/libexec/dpkg usr/lib/python3 usr/share/python3 usr/share/dpkg usr/share/bug usr/share/lintian
    usr/share/doc usr/share/man usr/share/info usr/share/locale usr/share/bash-completion usr/share/zsh
    usr/lib/rpm/macros.d/macros.transaction_unshare usr/lib/x86_64-linux-gnu/rpm-plugins/unshare.so
    usr/lib/x86_64-linux-gnu/libdnf5/plugins/local.so etc/dnf/libdnf5-plugins/local.conf
""".split()
CLEARED_PATTERNS = ("etc/python3.*", "usr/lib/python3.*", "usr/local/lib/python3.*")
MOUNT_POINTS = {"dev": 0o755, "proc": 0o555, "run": 0o755, "sys": 0o555, "tmp": 0o1777}
QUERY = "${binary:Package}\t${Package}\t${Version}\t${Architecture}\t${Pre-Depends}, ${Depends}\n"


class Package(NamedTuple):
    """A Debian package of the donor; paths are relative to the root, links in directories resolved."""

    name: str
    version: str
    files: tuple[str, ...]
    directories: frozenset[str]
    conffiles: frozenset[str]
    # Each dependency is a list of alternatives.
    depends: tuple[tuple[str, ...], ...]


def real(root: Path, path: str) -> str:
    """Return ``path`` relative to ``root`` with the links of its directory followed (/bin is usr/bin)."""
    directory, name = os.path.split(path.lstrip("/"))
    return os.path.relpath(
        os.path.join(os.path.realpath(root / directory), name), os.path.realpath(root)
    )


def read(root: Path) -> dict[str, Package]:
    """Return the packages of the donor at ``root`` by name, each with the files it alone owns."""
    command = [
        "dpkg-query",
        f"--admindir={root}/var/lib/dpkg",
        "--show",
        f"--showformat={QUERY}",
    ]
    rows = subprocess.run(
        command, check=True, text=True, capture_output=True
    ).stdout.splitlines()
    packages: dict[str, Package] = {}
    owned: set[str] = set()
    for row in rows:
        binary, name, version, arch, depends = row.split("\t")
        names = (binary, name, f"{name}:{arch}")
        paths = [
            real(root, line)
            for line in info(root, names, "list")
            if line not in ("", "/.")
        ]
        files = tuple(
            path
            for path in dict.fromkeys(paths)
            if path not in owned and is_entry(root / path)
        )
        owned.update(files)
        directories = frozenset(path for path in paths if not is_entry(root / path))
        conffiles = frozenset(
            real(root, line.split()[-1])
            for line in info(root, names, "conffiles")
            if line.strip()
        )
        packages[name] = Package(
            name, version, files, directories, conffiles, tuple(alternatives(depends))
        )
    return packages


def info(root: Path, names: Iterable[str], kind: str) -> list[str]:
    """Return the lines of dpkg's own file of this kind for a package that may be known by several names."""
    for name in names:
        path = root / "var/lib/dpkg/info" / f"{name}.{kind}"
        if path.exists():
            return path.read_text().split("\n")
    return []


def is_entry(path: Path) -> bool:
    """Return whether a file or link (no directory) is there."""
    return path.is_symlink() or (path.exists() and not path.is_dir())


def alternatives(depends: str) -> Iterator[tuple[str, ...]]:
    """Yield the bare names of each dependency of a Debian relation field."""
    for clause in depends.split(","):
        if clause.strip():
            yield tuple(
                re.sub(r"[ :(].*", "", name.strip()) for name in clause.split("|")
            )


def clean_copy(
    donor: Path, stage: Path, packages: dict[str, Package]
) -> dict[str, Package]:
    """Copy ``donor`` to ``stage`` without Debian's tools and Python; return the packages that stay."""
    shutil.rmtree(stage, ignore_errors=True)
    subprocess.run(["cp", "-a", donor, stage], check=True)
    kept = {
        name: package for name, package in packages.items() if not LEFT_OUT.match(name)
    }
    stays = {path for package in kept.values() for path in package.files}
    for name, package in packages.items():
        if name not in kept:
            for path in set(package.files) - stays:
                remove(stage / path)
    for path in CLEARED:
        remove(stage / path)
    for pattern in CLEARED_PATTERNS:
        for found in list(stage.glob(pattern)):
            remove(found)
    needed = {path for package in kept.values() for path in package.directories}
    for path in sorted(
        {path for package in packages.values() for path in package.directories}
        - needed,
        reverse=True,
    ):
        if (stage / path).is_dir() and not any((stage / path).iterdir()):
            (stage / path).rmdir()
    for name, mode in MOUNT_POINTS.items():
        remove(stage / name)
        (stage / name).mkdir()
        (stage / name).chmod(mode)
    apply_alternatives(donor, stage)
    remove(stage / "usr/bin/sh")
    (stage / "usr/bin/sh").symlink_to("bash")
    for cache in list(stage.rglob("__pycache__")):
        remove(cache)
    return kept


def remove(path: Path) -> None:
    """Remove a file, a link or a tree, if it is there."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)


def apply_alternatives(donor: Path, stage: Path) -> None:
    """Follow every link into /etc/alternatives once and for all: the new host cannot manage them."""
    for top, directories, files in os.walk(stage):
        for name in directories + files:
            link = Path(top, name)
            if link.is_symlink() and os.readlink(link).startswith("/etc/alternatives/"):
                alternative = donor / os.readlink(link).lstrip("/")
                target = os.readlink(alternative) if alternative.is_symlink() else ""
                link.unlink()
                if target and os.path.lexists(stage / target.lstrip("/")):
                    link.symlink_to(target)


def entries(root: Path) -> tuple[list[str], list[str]]:
    """Return the directories, and all else, below ``root`` as sorted relative paths."""
    directories: list[str] = []
    others: list[str] = []
    for top, names, files in os.walk(root):
        for name in names:
            path = Path(top, name)
            (others if path.is_symlink() else directories).append(
                os.path.relpath(path, root)
            )
        others += [os.path.relpath(os.path.join(top, name), root) for name in files]
    return sorted(directories), sorted(others)
