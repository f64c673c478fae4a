# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Arch-like host: the donor's files as real pacman packages in a local repository, installed from there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Iterable, NamedTuple, Sequence

from . import donor as donors
from . import pythons
from .donor import Package
from .rpm import run

NAMES = {
    "libc6": "glibc", "passwd": "shadow", "procps": "procps-ng", "xz-utils": "xz", "gnu-which": "which",
    "hostname": "inetutils", "libgcc-s1": "libgcc", "libstdc++6": "libstdc++", "libsqlite3-0": "sqlite",
    "libexpat1": "expat", "libffi8": "libffi", "libssl3t64": "openssl-libs", "pacman-package-manager": "pacman",
}  # fmt: skip
PIP, PIPX = "25.1.1", "1.7.1"
REPOSITORY = "usr/share/arch-like-repository"
TREE = "!all,use-set,type,uid,gid,mode,time,size,sha256,link"
OS_RELEASE = """\
NAME="Arch Linux"
PRETTY_NAME="Arch Linux"
ID=arch
BUILD_ID=rolling
HOME_URL="https://archlinux.org/"
"""
CONFIGURATION = """\
[options]
HoldPkg = pacman glibc
Architecture = auto
DisableSandbox
SigLevel = Never
LocalFileSigLevel = Optional

[core]
Server = file:///{repository}
"""
IDENTITY = ("usr/lib/os-release", "etc/os-release", "etc/arch-release")
# Arch ships a marker; the words are this project's.
MARKER = """\
[externally-managed]
Error=This Arch-like test host marks its Python as externally managed, as Arch
 does. Use pacman -S python-xyz, or a virtual environment made with
 python -m venv.
"""


class Pkg(NamedTuple):
    """One package to be built of ``files`` below ``root``; directories above them are added."""

    name: str
    version: str
    root: Path
    files: Sequence[str] = ()
    depends: Iterable[str] = ()
    provides: Iterable[str] = ()
    backup: Iterable[str] = ()
    groups: Iterable[str] = ()
    arch: str = "x86_64"


def build(pkg: Pkg, work: Path, repository: Path) -> None:
    """Write ``pkg`` as makepkg does: .PKGINFO, .MTREE and the files, in a tar archive compressed by zstd."""
    scratch = work / "packages" / pkg.name
    scratch.mkdir(parents=True)
    paths = with_parents(pkg.files)
    size = sum(
        (pkg.root / path).lstat().st_size
        for path in pkg.files
        if donors.is_entry(pkg.root / path)
    )
    fields = [("pkgname", pkg.name), ("pkgbase", pkg.name), ("xdata", "pkgtype=pkg"), ("pkgver", f"{pkg.version}-1"),
              ("pkgdesc", f"{pkg.name} of a test host"), ("url", "https://archlinux.org/"), ("builddate", "1760000000"),
              ("packager", "Arch-like test host"), ("size", str(size)), ("arch", pkg.arch),
              ("license", "custom")]  # fmt: skip
    for key, values in (
        ("provides", pkg.provides),
        ("depend", pkg.depends),
        ("backup", pkg.backup),
        ("group", pkg.groups),
    ):
        fields += [(key, value) for value in values]
    (scratch / ".PKGINFO").write_text(
        "".join(f"{key} = {value}\n" for key, value in fields)
    )
    # In a list of names for bsdtar a line "-C" changes the directory for what follows.
    for name, first in (("tree", ".PKGINFO"), ("all", ".PKGINFO\n.MTREE")):
        below = f"-C\n{pkg.root}\n" + "\n".join(paths) + "\n" if paths else ""
        (scratch / name).write_text(f"-C\n{scratch}\n{first}\n{below}")
    target = repository / f"{pkg.name}-{pkg.version}-1-{pkg.arch}.pkg.tar.zst"
    script = (
        f"bsdtar -cnf - --format=mtree --options='{TREE}' -T tree | gzip -nf >.MTREE\n"
        f"bsdtar -cnf - -T all | zstd -q -3 -f -o '{target}'\n"
    )
    subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script], check=True, cwd=scratch
    )


def with_parents(files: Iterable[str]) -> list[str]:
    """Return ``files`` with every directory above them, sorted so that a directory comes before what it holds."""
    paths = set(files)
    for path in files:
        while path := os.path.dirname(path):
            paths.add(path)
    return sorted(paths)


def userland(stage: Path, kept: dict[str, Package]) -> list[Pkg]:
    """Return the packages that hold all of ``stage``, one for each of Debian's and two for what none owns."""
    links = [
        path for path in ("bin", "sbin", "lib", "lib64") if (stage / path).is_symlink()
    ]
    write_identity(stage)
    directories, others = donors.entries(stage)
    own = {*links, *IDENTITY, "etc/pacman.conf"}
    there, owned = (
        set(others),
        {path for package in kept.values() for path in package.files} | {"usr/bin/sh"},
    )
    unowned = [path for path in others if path not in owned | own]
    backup = [
        path
        for path in unowned
        if path.startswith("etc/") and not (stage / path).is_symlink()
    ]
    pkgs = [
        Pkg(
            "filesystem", "2025.1", stage, [*links, *IDENTITY, *directories], ["setup"]
        ),
        Pkg("setup", "2.15", stage, unowned, backup=backup),
    ]
    providers = sonames(stage, kept, there)
    for name, package in kept.items():
        files = [path for path in package.files if path in there - own]
        if name == "pacman-package-manager":
            files.append("etc/pacman.conf")
        if files:
            pkgs.append(repacked(stage, package, files, kept, providers))
    return pkgs


def repacked(
    stage: Path,
    package: Package,
    files: list[str],
    kept: dict[str, Package],
    providers: dict[str, str],
) -> Pkg:
    """Return the pacman package of one Debian package: its dependencies are Debian's and those its binaries name."""
    name = NAMES.get(package.name, package.name.lower())
    debian = {
        next((n for n in clause if n in kept and n != package.name), "")
        for clause in package.depends
    }
    linked = {
        providers.get(soname, "")
        for path in files
        for soname in needed(stage / path)[1]
    }
    depends = {NAMES.get(n, n.lower()) for n in debian | linked if n} - {name} | {
        "filesystem"
    }
    backup = [
        path
        for path in files
        if path in package.conffiles | {"etc/pacman.conf"}
        and not (stage / path).is_symlink()
    ]
    provides = [package.name.lower()] if name != package.name.lower() else []
    files = [*files, "usr/bin/sh"] if name == "bash" else files
    return Pkg(
        name,
        plain(package.version),
        stage,
        files,
        sorted(depends),
        provides + ["sh"] * (name == "bash"),
        backup,
    )


def plain(version: str) -> str:
    """Return a Debian version as pacman takes one: no epoch, no revision, no characters of its own meaning."""
    return re.sub(r"[^0-9A-Za-z.+_]", "_", re.sub(r"^\d+:|-[^-]*$", "", version))


def needed(path: Path) -> tuple[str, list[str]]:
    """Return the soname of an ELF file and those of the libraries that it needs; nothing for other files."""
    if path.is_symlink() or not path.is_file():
        return "", []
    with path.open("rb") as file:
        if file.read(4) != b"\x7fELF":
            return "", []
    said = subprocess.run(
        ["objdump", "-p", path], text=True, capture_output=True, check=False
    ).stdout
    found = re.findall(r"^\s+(NEEDED|SONAME)\s+(\S+)", said, re.M)
    return next((name for kind, name in found if kind == "SONAME"), ""), [
        name for kind, name in found if kind == "NEEDED"
    ]


def sonames(stage: Path, kept: dict[str, Package], there: set[str]) -> dict[str, str]:
    """Return which Debian package brings which shared library."""
    libraries = (
        (name, path)
        for name, package in kept.items()
        for path in package.files
        if ".so" in path and path in there
    )
    return {
        soname: name for name, path in libraries if (soname := needed(stage / path)[0])
    }


def write_identity(stage: Path) -> None:
    """Write the files by which Ansible, and people, know an Arch host."""
    (stage / "usr/lib/os-release").write_text(OS_RELEASE)
    (stage / "etc/os-release").symlink_to("../usr/lib/os-release")
    (stage / "etc/arch-release").write_text("")
    (stage / "etc/pacman.conf").write_text(CONFIGURATION.format(repository=REPOSITORY))


def python_pkgs(donor: Path, wheels: Path) -> list[Pkg]:
    """Return the packages of Python itself, of pip, pipx and the libraries they need."""
    tree = pythons.lay_out(donor, pythons.ARCH, "arch")
    (tree.stdlib / "EXTERNALLY-MANAGED").write_text(MARKER)
    pythons.bundle_pip(tree, wheels, PIP)
    base = {*donors.entries(tree.root)[1], str(tree.purelib.relative_to(tree.root))}
    owned: list[tuple[str, str, list[str]]] = []
    found = {name: pythons.newest(wheels, name) for name in pythons.LIBRARIES}
    found["pip"], found["pipx"] = (
        next(wheels.glob(f"pip-{PIP}-*.whl")),
        next(wheels.glob(f"pipx-{PIPX}-*.whl")),
    )
    for name, wheel in found.items():
        _distribution, version, tops = pythons.install_wheel(tree, wheel, "installer")
        owned.append((f"python-{name.replace('_', '-')}", version, tops))
    pythons.compile_all(tree)
    everything = donors.entries(tree.root)[1]
    taken: set[str] = set()
    pkgs = []
    for name, version, tops in owned:
        files = [path for path in everything if any(belongs(path, top) for top in tops)]
        taken.update(files)
        pkgs.append(
            Pkg(
                name,
                version,
                tree.root,
                files,
                DEPENDS.get(name, ["python"]),
                arch="any",
            )
        )
    rest = sorted({*base, *everything} - taken)
    libraries = [
        "bzip2",
        "expat",
        "libffi",
        "glibc",
        "openssl-libs",
        "sqlite",
        "xz",
        "zlib1g",
        "filesystem",
    ]
    return [*pkgs, Pkg("python", tree.version, tree.root, rest, libraries, ["python3"])]


DEPENDS = {
    "python-pipx": [
        "python-argcomplete",
        "python-packaging",
        "python-platformdirs",
        "python-userpath",
    ],
    "python-userpath": ["python-click"],
    "python-requests": [
        "python-urllib3",
        "python-idna",
        "python-charset-normalizer",
        "python-certifi",
    ],
}


def belongs(path: str, top: str) -> bool:
    """Return whether ``path`` is ``top``, lies below it, or is the byte code of that module."""
    directory, name = os.path.split(top)
    stem = f"{directory}/__pycache__/{name.removesuffix('.py')}."
    return (
        path == top
        or path.startswith(f"{top}/")
        or (name.endswith(".py") and path.startswith(stem))
    )


def assemble(donor: Path, work: Path, wheels: Path) -> Path:
    """Turn the donor into pacman packages; return the repository that holds them all."""
    kept = donors.clean_copy(donor, work / "stage", donors.read(donor))
    kept = {
        name: package
        for name, package in kept.items()
        if any(donors.is_entry(work / "stage" / f) for f in package.files)
    }
    repository = work / "repository"
    repository.mkdir()
    pkgs = userland(work / "stage", kept)
    everything = [pkg.name for pkg in pkgs]
    # community.general's pacman asks for the groups, and pacman fails when there is none.
    pkgs.append(
        Pkg("arch-like-group-member", "1", work, groups=["arch-like"], arch="any")
    )
    pkgs.append(Pkg("base", "3", work, depends=everything, arch="any"))
    for pkg in (*pkgs, *python_pkgs(donor, wheels)):
        build(pkg, work, repository)
    run(
        [
            "bash",
            "-c",
            f"cd {repository} && repo-add -q core.db.tar.gz ./*.pkg.tar.zst",
        ],
        work / "repo-add.log",
    )
    return repository


def install(work: Path, root: Path) -> None:
    """Install the host from the repository of ``work`` into ``root``, and give it that repository."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(work / "repository", root / REPOSITORY, symlinks=True)
    for directory in ("var/lib/pacman", "var/cache/pacman/pkg"):
        (root / directory).mkdir(parents=True)
    configuration = work / "pacman.conf"
    configuration.write_text(
        CONFIGURATION.format(repository=(root / REPOSITORY).relative_to("/"))
    )
    command = [
        "pacman",
        "--root",
        str(root),
        "--config",
        str(configuration),
        "--noconfirm",
    ]
    command += ["--cachedir", str(root / "var/cache/pacman/pkg")]
    run([*command, "-Sy", "base", "python"], work / "install.log")
    subprocess.run(["chroot", root, "ldconfig"], check=True)
    for found in list(root.glob("var/cache/pacman/pkg/*")):
        donors.remove(found)
