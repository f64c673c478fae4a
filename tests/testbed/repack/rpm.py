# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Fedora-like host: the donor's files as real rpm packages in a local repository, installed by dnf from there."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Iterable, NamedTuple, Sequence

from . import donor as donors
from . import pythons
from .donor import Package

# Debian's name to Fedora's, where somebody asks for the latter.
NAMES = {
    "libc6": "glibc", "libc-bin": "glibc-common", "passwd": "shadow-utils", "procps": "procps-ng", "xz-utils": "xz",
    "libssl3t64": "openssl-libs", "libstdc++6": "libstdc++", "libgcc-s1": "libgcc", "libsqlite3-0": "sqlite-libs",
    "libexpat1": "expat", "libffi8": "libffi", "libcurl4t64": "libcurl", "gnu-which": "which",
    "libselinux1": "libselinux", "libacl1": "libacl", "login": "util-linux-login",
}  # fmt: skip
BASE = """
    setup filesystem fedora-release fedora-repos bash coreutils glibc glibc-common findutils grep sed gawk tar gzip
    bzip2 xz zstd curl ca-certificates sudo procps-ng hostname shadow-utils util-linux util-linux-login mount bsdutils
    login.defs diffutils debianutils netbase tzdata ncurses-base ncurses-bin less which openssl libpam-modules
    libpam-runtime rpm dnf python3 python-unversioned-command python3-rpm
""".split()
PIP, PIPX = "25.1.1", "1.7.1"
REPOSITORY, RELEASE = "usr/share/fedora-like-repository", "1%{?dist}"
TOP_LINKS = {"bin", "sbin", "lib", "lib64"}
MACROS = """\
%global _build_id_links none
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _binary_payload w3.zstdio
%global vendor Fedora-like test host
%global __requires_exclude ^(/usr/bin/perl|perl[(]|/usr/bin/python3|/bin/dash|/usr/bin/mawk|libpython3)
"""
OS_RELEASE = """\
NAME="Fedora Linux"
VERSION="{version} (Container Image)"
RELEASE_TYPE=stable
ID=fedora
VERSION_ID={version}
VERSION_CODENAME=""
PLATFORM_ID="platform:f{version}"
PRETTY_NAME="Fedora Linux {version} (Container Image)"
CPE_NAME="cpe:/o:fedoraproject:fedora:{version}"
DEFAULT_HOSTNAME="fedora"
HOME_URL="https://fedoraproject.org/"
VARIANT="Container Image"
VARIANT_ID=container
"""
MARKER = """\
[externally-managed]
Error=This Fedora-like test host marks its Python as externally managed, which
 Fedora itself does not. Use dnf install python3-xyz, or a virtual
 environment made with python3 -m venv.
"""
REPO = f"[fedora]\nname=The packages of this test host\nbaseurl=file:///{REPOSITORY}\nenabled=1\ngpgcheck=0\n"


class Rpm(NamedTuple):
    """One package to be built: what its part of a spec file says."""

    name: str
    version: str
    release: str
    files: Sequence[str]
    requires: Iterable[str] = ()
    provides: Iterable[str] = ()
    noarch: bool = False
    extra: Sequence[str] = ()


def text_of(rpm: Rpm) -> str:
    """Return the part of a spec file that describes ``rpm``."""
    head = [
        f"%package -n {rpm.name}",
        f"Version: {rpm.version}",
        f"Release: {rpm.release}",
    ]
    head += [f"Summary: {rpm.name} of a test host", "License: various"] + (
        ["BuildArch: noarch"] if rpm.noarch else []
    )
    head += [f"Requires: {name}" for name in rpm.requires] + [
        f"Provides: {name}" for name in rpm.provides
    ]
    body = [
        f"%description -n {rpm.name}",
        "Re-packed for a test host.",
        *rpm.extra,
        f"%files -n {rpm.name}",
    ]
    return "\n".join([*head, *body, *rpm.files, ""])


def build(
    work: Path,
    name: str,
    root: Path,
    rpms: Iterable[Rpm],
    *,
    repository: Path,
    dist: str,
) -> None:
    """Build ``rpms``, whose files lie below ``root``, into ``repository``."""
    spec = work / f"{name}.spec"
    preamble = (
        f"Name: {name}\nVersion: 1\nRelease: 1\nSummary: source of {name}\n"
        "License: various\n%description\nNone.\n"
    )
    install = f"%install\nmkdir -p %{{buildroot}}\ncp -a {root}/. %{{buildroot}}/\n"
    spec.write_text("\n".join([MACROS + preamble, install, *map(text_of, rpms)]))
    command = [
        "rpmbuild",
        "-bb",
        "--target=x86_64",
        f"--define=_topdir {work}/rpmbuild",
        f"--define=dist {dist}",
    ]
    command += [
        f"--define=_rpmdir {repository}",
        "--define=_unpackaged_files_terminate_build 0",
        str(spec),
    ]
    run(command, work / f"{name}.log")


def run(command: Sequence[str], log: Path) -> None:
    """Run ``command`` with its words in ``log``; show the last of them when it fails."""
    with log.open("w") as out:
        status = subprocess.run(
            command, stdout=out, stderr=subprocess.STDOUT, check=False
        ).returncode
    if status:
        raise RuntimeError(
            f"{command[0]} failed ({status}), its last words:\n{log.read_text()[-3000:]}"
        )


def userland(stage: Path, kept: dict[str, Package]) -> list[Rpm]:
    """Return the rpms that hold all of ``stage``: one for each Debian package, and two for what none owns."""
    directories, others = donors.entries(stage)
    there = set(others)
    owner = {
        path: name
        for name, package in kept.items()
        for path in package.files
        if path in there - TOP_LINKS
    }
    owner["usr/bin/sh"] = "bash"
    links = [f'"/{path}"' for path in sorted(TOP_LINKS & there)]
    unowned = [path for path in others if path not in owner and path not in TOP_LINKS]
    accounts = [
        f"user({line.split(':')[0]})"
        for line in (stage / "etc/passwd").read_text().splitlines()
    ]
    accounts += [
        f"group({line.split(':')[0]})"
        for line in (stage / "etc/group").read_text().splitlines()
    ]
    names = names_of(stage)
    rpms = [
        Rpm("filesystem", "3.18", RELEASE, links + [f"%dir {listed(stage, path, names)}" for path in directories],
            extra=["%pretrans -n filesystem -p <lua>", "posix.mkdir('/usr')"]),
        Rpm("setup", "2.15", RELEASE,
            [("%config(noreplace) " if path.startswith("etc/") and not (stage / path).is_symlink() else "")
             + listed(stage, path, names) for path in unowned], provides=accounts),
    ]  # fmt: skip
    owned: dict[str, list[str]] = {}
    for path, name in owner.items():
        owned.setdefault(name, []).append(path)
    for name, package in kept.items():
        if name in owned:
            rpms.append(repacked(stage, package, sorted(owned[name]), owned, names))
    return rpms


def repacked(
    stage: Path,
    package: Package,
    paths: list[str],
    owned: Iterable[str],
    names: tuple[dict[int, str], dict[int, str]],
) -> Rpm:
    """Return the rpm of one Debian package, its dependencies as far as they are still there."""
    version, _dash, release = re.sub(r"^\d+:", "", package.version).rpartition("-")
    version, release = (version, release) if version else (release, "1")
    name = NAMES.get(package.name, package.name.lower())
    files = []
    for path in paths:
        keep = (
            "%config(noreplace) "
            if path in package.conffiles and not (stage / path).is_symlink()
            else ""
        )
        files.append(keep + listed(stage, path, names))
    requires = {
        next((NAMES.get(n, n.lower()) for n in clause if n in owned), "")
        for clause in package.depends
    }
    provides = (
        [f"{package.name.lower()} = {version}"] if name != package.name.lower() else []
    )
    provides += {"libc6": ["rtld(GNU_HASH)"], "bash": ["/bin/sh", "/bin/bash"]}.get(
        package.name, []
    )
    if package.name == "dnf5":
        provides += ["dnf = %{version}-%{release}", "yum = %{version}-%{release}"]
    if package.name == "dnf":
        requires.add("python3-dnf")
    return Rpm(name, version.replace("-", "."), release.replace("-", ".") + "%{?dist}", files,
               sorted(requires - {"", name} | {"filesystem"}), provides)  # fmt: skip


def names_of(stage: Path) -> tuple[dict[int, str], dict[int, str]]:
    """Return the users' and the groups' names of the stage by number."""
    users, groups = (
        {
            int(line.split(":")[2]): line.split(":")[0]
            for line in (stage / file).read_text().splitlines()
        }
        for file in ("etc/passwd", "etc/group")
    )
    return users, groups


def listed(stage: Path, path: str, names: tuple[dict[int, str], dict[int, str]]) -> str:
    """Return the line of a file list for ``path``; quoted, as rpm would else take special characters for patterns."""
    status = os.lstat(stage / path)
    quoted = '"/' + path.replace("%", "%%") + '"'
    if stat.S_ISLNK(status.st_mode):
        return quoted
    owner, group = (
        names[0].get(status.st_uid, "root"),
        names[1].get(status.st_gid, "root"),
    )
    return f"%attr({stat.S_IMODE(status.st_mode):o},{owner},{group}) {quoted}"


def default_commands(stage: Path, kept: dict[str, Package]) -> None:
    """Make ``dnf`` and ``yum`` mean the dnf that is there; Ansible looks at what they lead to."""
    name, target = ("dnf5", "dnf5") if "dnf5" in kept else ("dnf", "dnf-3")
    for command in ("dnf", "yum"):
        donors.remove(stage / "usr/bin" / command)
        (stage / "usr/bin" / command).symlink_to(target)
    package = kept[name]
    kept[name] = package._replace(
        files=tuple({*package.files, "usr/bin/dnf", "usr/bin/yum"})
    )


def bindings(
    donor: Path, tree: pythons.Tree, packages: dict[str, Package]
) -> list[Rpm]:
    """Move the donor's compiled Python bindings to where this Python looks for them; return their rpms."""
    rpms = []
    suffix = f".cpython-{tree.minor.replace('.', '')}-"
    for name in sorted(packages):
        package, files = packages[name], []
        for path in package.files:
            inside = path.removeprefix("usr/lib/python3/dist-packages/")
            if (
                name == "python3"
                or inside == path
                or (".cpython-" in path and suffix not in path)
            ):
                continue
            target = tree.stdlib / "site-packages" / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(donor / path, target, follow_symlinks=False)
            files.append(inside.split("/")[0])
        if files:
            top = f"/usr/lib64/python{tree.minor}/site-packages"
            requires = [
                clause[0]
                for clause in package.depends
                if clause[0].startswith("python3-")
            ]
            version = re.sub(r"^\d+:|-[^-]*$", "", package.version)
            rpms.append(Rpm(name, version.replace("-", "."), RELEASE, [f"{top}/{name}" for name in sorted(set(files))],
                            requires))  # fmt: skip
    return rpms


def python_rpms(tree: pythons.Tree, wheels: Path) -> list[Rpm]:
    """Return the rpms of Python itself, of pip, pipx and the libraries they need, as Fedora splits them."""
    lib, version = f"/usr/lib64/python{tree.minor}", tree.version
    pip = next(wheels.glob(f"pip-{PIP}-*.whl"))
    rpms = [wheel_rpm(tree, pip, "python3-pip")]
    for alias in ("pip-3", f"pip-{tree.minor}", f"pip{tree.minor}"):
        if not (tree.root / "usr/bin" / alias).exists():
            (tree.root / "usr/bin" / alias).symlink_to("pip3")
        rpms[0] = rpms[0]._replace(files=sorted({*rpms[0].files, f"/usr/bin/{alias}"}))
    shared = tree.root / "usr/share/python-wheels"
    shared.mkdir(parents=True)
    shutil.copy(pip, shared)
    rpms.append(
        Rpm(
            "python-pip-wheel",
            PIP,
            RELEASE,
            [f"/usr/share/python-wheels/{pip.name}"],
            noarch=True,
        )
    )
    for name in pythons.LIBRARIES:
        rpms.append(
            wheel_rpm(
                tree, pythons.newest(wheels, name), f"python3-{name.replace('_', '-')}"
            )
        )
    rpms.append(wheel_rpm(tree, next(wheels.glob(f"pipx-{PIPX}-*.whl")), "pipx"))
    inside = [
        f"{lib}/{path.name}"
        for path in sorted(tree.stdlib.iterdir())
        if path.name != "site-packages"
    ]
    tops = [f"%dir {lib}", f"%dir {lib}/site-packages", f"%dir /usr/lib/python{tree.minor}",
            f"%dir /usr/lib/python{tree.minor}/site-packages", f"/usr/lib64/libpython{tree.minor}.so.1.0"]  # fmt: skip
    ldconfig = [
        "%post -n python3-libs -p /usr/sbin/ldconfig",
        "%postun -n python3-libs -p /usr/sbin/ldconfig",
    ]
    return [
        *rpms,
        Rpm("python3", version, RELEASE, [f"/usr/bin/python{tree.minor}", "/usr/bin/python3"],
            [f"python3-libs = {version}"], [f"python{tree.minor} = {version}", f"python(abi) = {tree.minor}"]),
        Rpm("python3-libs", version, RELEASE, tops + inside, ["python-pip-wheel"], ["user(root)"], extra=ldconfig),
        Rpm("python-unversioned-command", version, RELEASE, ["/usr/bin/python"], ["python3"], noarch=True),
    ]  # fmt: skip


def wheel_rpm(tree: pythons.Tree, wheel: Path, name: str) -> Rpm:
    """Return the rpm of one wheel, unpacked into the tree."""
    _distribution, version, paths = pythons.install_wheel(tree, wheel, "rpm")
    compiled = [
        f"{os.path.dirname(p)}/__pycache__/{Path(p).stem}.*.pyc"
        for p in paths
        if p.endswith(".py")
    ]
    return Rpm(
        name,
        version,
        RELEASE,
        [f"/{path}" for path in (*paths, *compiled)],
        noarch=True,
    )


def release_rpms(root: Path, version: str) -> list[Rpm]:
    """Write what says that this is Fedora ``version``; return the two rpms that own it."""
    texts = {
        "usr/lib/os-release": OS_RELEASE.format(version=version),
        "etc/fedora-release": f"Fedora release {version} (Test Host)\n",
        "etc/system-release-cpe": f"cpe:/o:fedoraproject:fedora:{version}\n",
        "usr/lib/rpm/macros.d/macros.dist": f"%fedora {version}\n%dist .fc{version}\n%_dbpath /usr/lib/sysimage/rpm\n",
        "etc/ld.so.conf.d/lib64.conf": "/usr/lib64\n",
        "etc/dnf/vars/releasever": f"{version}\n",
        "etc/dnf/vars/basearch": "x86_64\n",
        "etc/yum.repos.d/fedora.repo": REPO,
    }
    links = {"etc/os-release": "../usr/lib/os-release", "etc/redhat-release": "fedora-release",
             "etc/system-release": "fedora-release"}  # fmt: skip
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    for path, target in links.items():
        (root / path).symlink_to(target)
    files = [f"/{path}" for path in (*texts, *links) if "yum.repos.d" not in path]
    return [
        Rpm(
            "fedora-release",
            version,
            "1",
            files,
            provides=["system-release", f"system-release({version})"],
            noarch=True,
        ),
        Rpm(
            "fedora-repos",
            version,
            "1",
            ["%config(noreplace) /etc/yum.repos.d/fedora.repo"],
            noarch=True,
        ),
    ]


def prepare_rpm() -> None:
    """Configure the builder's rpm with Fedora's database path, and without the unshare that a container may not do."""
    donors.remove(Path("/usr/lib/rpm/macros.d/macros.transaction_unshare"))
    Path("/usr/lib/rpm/macros.d/macros.testbed").write_text(
        "%_dbpath /usr/lib/sysimage/rpm\n"
    )


def assemble(donor: Path, work: Path, wheels: Path, version: str) -> Path:
    """Turn the donor into rpm packages; return the repository that holds them all."""
    prepare_rpm()
    dist = f".fc{version}"
    packages = donors.read(donor)
    kept = donors.clean_copy(donor, work / "stage", packages)
    default_commands(work / "stage", kept)
    repository = work / "repository"
    build(
        work,
        "userland",
        work / "stage",
        userland(work / "stage", kept),
        repository=repository,
        dist=dist,
    )
    tree = pythons.lay_out(donor, pythons.FEDORA, "fedora")
    rpms = [
        *bindings(donor, tree, packages),
        *python_rpms(tree, wheels),
        *release_rpms(tree.root, version),
    ]
    pythons.compile_all(tree)
    build(work, "python", tree.root, rpms, repository=repository, dist=dist)
    (tree.stdlib / "EXTERNALLY-MANAGED").write_text(MARKER)
    libs = next(rpm for rpm in rpms if rpm.name == "python3-libs")
    marked = libs._replace(
        release="2.marked%{?dist}",
        files=[*libs.files, f"/usr/lib64/python{tree.minor}/EXTERNALLY-MANAGED"],
    )
    build(work, "marked", tree.root, [marked], repository=work / "marked", dist=dist)
    return repository


def install(work: Path, root: Path, version: str, *, marked: bool) -> None:
    """Install the host from the repository of ``work`` into ``root``, and give it that repository."""
    repository = root / REPOSITORY
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(work / "repository", repository)
    if marked:
        for old in repository.glob("*/python3-libs-*.rpm"):
            old.unlink()
        shutil.copytree(work / "marked", repository, dirs_exist_ok=True)
    run(["createrepo_c", "--quiet", str(repository)], work / "createrepo.log")
    for directory in ("dev", "proc", "etc"):
        (root / directory).mkdir(exist_ok=True)
    for file in ("passwd", "group"):
        # rpm looks the owners' names up here while it installs the very package that brings them.
        shutil.copy2(work / "stage/etc" / file, root / "etc" / file)
    packages = [
        *BASE,
        *(
            ["python3-libdnf5"]
            if list(repository.glob("*/dnf5-[0-9]*.rpm"))
            else ["python3-dnf"]
        ),
    ]
    command = [
        "dnf",
        "--assumeyes",
        f"--installroot={root}",
        f"--releasever={version}",
        "--repo=fedora",
        "--nogpgcheck",
    ]
    command += [
        f"--repofrompath=fedora,{repository}",
        "--setopt=reposdir=/nonexistent",
        "--setopt=install_weak_deps=False",
    ]
    run([*command, "install", *packages], work / "install.log")
    subprocess.run(["chroot", root, "ldconfig"], check=True)
    for pattern in (
        "var/cache/dnf/*",
        "var/cache/libdnf5/*",
        "var/log/dnf*",
        "var/log/hawkey*",
        "var/lib/dnf/*",
    ):
        for found in list(root.glob(pattern)):
            donors.remove(found)
