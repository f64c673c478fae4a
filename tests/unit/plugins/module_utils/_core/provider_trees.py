# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host for each provider of Pythons: its layout, links, markers and package database, and what is true of it."""

from __future__ import annotations

import struct
from typing import Any, Mapping, NamedTuple, Sequence

from .elf_builder import Elf
from .package_databases import Package, apk, conda, dpkg, pacman, portage, rpm, xbps
from .trees import Executable, Link

ALICE = "/home/alice"
PASSWD = f"root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::{ALICE}:/bin/bash\n"

# First lines as shipped: PROVIDERS of docs; Debian's was read on Debian 12, the others in the sources of the packages.
DEBIAN_MARKER = (
    b"[externally-managed]\nError=To install Python packages system-wide, try apt install\n python3-xyz, where xyz\n"
)
RASPBERRY_MARKER = DEBIAN_MARKER + b" For more information visit http://rptl.io/venv\n"
KALI_MARKER = (
    b"[externally-managed]\nError=To install Python packages system-wide, try apt install\n For non-Kali-packaged\n"
)
ARCH_MARKER = (
    b"[externally-managed]\nError=To install Python packages system-wide, try 'pacman -S\n python-xyz', where xyz\n"
)
ALPINE_MARKER = b"[externally-managed]\nError=\n The system-wide Python installation in Alpine is managed\n by apk\n"
VOID_MARKER = (
    b"[externally-managed]\nError=\n This system-wide Python installation is managed by the Void Linux package\n"
)
GENTOO_MARKER = b"[externally-managed]\nError=\n The system-wide Python installation in Gentoo should be maintained\n"
SUSE_MARKER = (
    b"[externally-managed]\nError=To install Python packages system-wide, try\n zypper install python313-xyz\n"
)
NIX_MARKER = (
    b"[externally-managed]\nError=This command has been disabled as it tries to modify the immutable\n `/nix/store`\n"
)
BREW_MARKER = b"[externally-managed]\nError=To install Python packages system-wide, try brew install\n xyz, where xyz\n"
UV_MARKER = b"[externally-managed]\nError=This Python installation is managed by uv and should not be modified.\n"

DEBIAN_SITE = 'sitepackages.append(os.path.join(prefix, "local/lib", "python" + v, "dist-packages"))\n'
FEDORA_SITE = 'if os.path.isdir("/usr/local"):\n    PREFIXES.insert(0, "/usr/local")\n'


class MachO(NamedTuple):
    """The smallest Mach-O program that names the libraries it loads: <mach-o/loader.h>."""

    libraries: Sequence[str] = ()

    def build(self) -> bytes:
        """Give the header and one LC_LOAD_DYLIB for each library."""
        commands = b""
        for library in self.libraries:
            name = library.encode() + b"\0"
            name += b"\0" * (-len(name) % 8)
            commands += struct.pack("<6I", 0xC, 24 + len(name), 24, 0, 0, 0) + name
        return struct.pack("<8I", 0xFEEDFACF, 0x0100000C, 0, 2, len(self.libraries), len(commands), 0, 0) + commands


class Case(NamedTuple):
    """A tree, and what is true of one interpreter in it."""

    files: Mapping[str, Any]
    path: str  # canonical executable
    provider: str
    version: str
    owner: str = ""  # "manager package"
    state: str = "not_expected"  # of the marker
    system: bool = False
    env: Mapping[str, str] = {}


def minor(version: str) -> str:
    return ".".join(version.split(".", 2)[:2])


def program(version: str) -> Elf:
    """Give a statically linked interpreter: with the symbol from 3.11 on, with its version as text before."""
    if tuple(map(int, minor(version).split("."))) >= (3, 11):
        return Elf(version)
    return Elf(text=version.encode())


def sysconfig(**values: str) -> str:
    lines = ",\n ".join(f"{key!r}: {value!r}" for key, value in sorted(values.items()))
    return f"# system configuration generated and used by the sysconfig module\nbuild_time_vars = {{{lines}}}\n"


def python(
    place: str,
    version: str,
    exe: Any = None,
    libdir: str = "lib",
    abi: str = "",
    site: str = "",
    marker: Any = None,
    links: bool = True,
    **build: str,
) -> dict:
    """Give an installation of CPython in ``place``, as `make install` lays it out."""
    name = f"python{minor(version)}{abi}"
    stdlib = f"{place}/{libdir}/{name}/"
    files = {
        f"{place}/bin/{name}": exe or program(version),
        stdlib + "os.py": "# the landmark\n",
        stdlib + "site.py": site or '"site-packages"\n',
        stdlib + "_sysconfigdata__linux_x86_64-linux-gnu.py": sysconfig(
            **{"prefix": place, "VERSION": minor(version), **build}
        ),
        stdlib + "venv/__init__.py": "",
        stdlib + "ensurepip/__main__.py": "",
        stdlib + "ensurepip/_bundled/pip-25.0-py3-none-any.whl": "",
        stdlib + "site-packages/": None,
    }
    if links:
        files[f"{place}/bin/python3"] = Link(name)
    if marker is not None:
        files[stdlib + "EXTERNALLY-MANAGED"] = marker
    return files


def os_release(ident: str, version: str = "", like: str = "", name: str = "") -> dict:
    lines = [f'PRETTY_NAME="{name or ident}"', f"ID={ident}"]
    lines += [f'VERSION_ID="{version}"'] if version else []
    lines += [f'ID_LIKE="{like}"'] if like else []
    return {"etc/os-release": "\n".join(lines) + "\n", "etc/passwd": PASSWD}


MACOS = {
    "System/Library/CoreServices/SystemVersion.plist": '<?xml version="1.0"?>\n<plist version="1.0"><dict>'
    "<key>ProductName</key><string>macOS</string><key>ProductVersion</key><string>15.1</string></dict></plist>\n",
    "Users/": None,
    "etc/paths": "/usr/local/bin\n/usr/bin\n/bin\n",
    "usr/bin/python3": MachO(["/usr/lib/libxcselect.dylib", "/usr/lib/libSystem.B.dylib"]),
    "etc/passwd": f"root:*:0:0:root:/var/root:/bin/sh\nalice:*:501:20:Alice:{ALICE}:/bin/zsh\n",
}


def plist(version: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>CFBundleVersion</key>'
        f"<string>{version}</string></dict></plist>\n"
    )


def framework(place: str, version: str, marker: Any = None, name: str = "Python") -> dict:
    """Give a framework build: Mac/README.rst of CPython."""
    xy = minor(version)
    prefix = f"{place}/{name}.framework/Versions/{xy}"
    exe = MachO([f"{prefix}/{name}"])
    return {
        **python(prefix, version, exe, marker=marker, PYTHONFRAMEWORK=name),
        f"{prefix}/{name}": MachO(),
        f"{prefix}/Resources/Info.plist": plist(version),
        f"{place}/{name}.framework/Versions/Current": Link(xy),
    }


# ------------------------------------------------------------- distributions


def debian(xy: str, package_version: str, marker: bytes | None = DEBIAN_MARKER, version: str = "") -> dict:
    """Give Debian's split: interpreter, os.py and marker are in three packages; ensurepip in a fourth, absent."""
    version = version or package_version.partition("-")[0]
    stdlib = f"/usr/lib/python{xy}"
    files = python(
        "/usr", version, site=DEBIAN_SITE, marker=marker, abs_srcdir=f"/build/reproducible-path/python{xy}-{version}"
    )
    del files[f"{stdlib}/ensurepip/__main__.py"], files[f"{stdlib}/ensurepip/_bundled/pip-25.0-py3-none-any.whl"]
    del files[f"{stdlib}/site-packages/"]
    shipped = [f"{stdlib}/venv/__init__.py"]
    contents = {}
    if marker is not None:
        shipped.append(f"{stdlib}/EXTERNALLY-MANAGED")
        contents[f"{stdlib}/EXTERNALLY-MANAGED"] = marker
    return {
        **files,
        f"/usr/local/lib/python{xy}/dist-packages/": None,
        "/usr/lib/python3/dist-packages/": None,
        **dpkg(
            Package("python3-minimal", f"{xy}.0-1", ["/usr/bin/python3"]),
            Package(f"python{xy}-minimal", package_version, [f"/usr/bin/python{xy}"]),
            Package(f"libpython{xy}-minimal:amd64", package_version, [f"{stdlib}/os.py", f"{stdlib}/site.py"]),
            Package(f"libpython{xy}-stdlib:amd64", package_version, shipped, contents),
        ),
    }


def redhat(version: str, release: str, libdir: str = "lib64") -> dict:
    xy = minor(version)
    name = "python3" if release.startswith("1.fc") else f"python{xy}"
    return {
        **python("/usr", version, libdir=libdir, site=FEDORA_SITE),
        f"/usr/lib/python{xy}/site-packages/": None,
        f"/usr/local/lib/python{xy}/site-packages/": None,
        **rpm(
            Package(name, f"{version}-{release}", [f"/usr/bin/python{xy}", "/usr/bin/python3"]),
            Package(f"{name}-libs", f"{version}-{release}", [f"/usr/{libdir}/python{xy}/os.py"]),
        ),
    }


def arch() -> dict:
    marker = "/usr/lib/python3.13/EXTERNALLY-MANAGED"
    paths = ["/usr/bin/python3.13", "/usr/bin/python3", "/usr/lib/python3.13/os.py", marker]
    return {
        **os_release("arch", name="Arch Linux"),
        **python("/usr", "3.13.7", Elf(needed=("libpython3.13.so.1.0",)), marker=ARCH_MARKER),
        "/usr/lib/libpython3.13.so.1.0": Elf("3.13.7"),
        "/usr/bin/python": Link("python3"),
        **pacman(Package("python", "3.13.7-1", paths, {marker: ARCH_MARKER})),
    }


def alpine(release: str, version: str, package_version: str, marker: bytes | None) -> dict:
    stdlib = f"/usr/lib/python{minor(version)}"
    paths = [f"/usr/bin/python{minor(version)}", f"{stdlib}/os.py"] + [f"{stdlib}/EXTERNALLY-MANAGED"] * bool(marker)
    return {
        **os_release("alpine", release, name=f"Alpine Linux v{release}"),
        **python("/usr", version, marker=marker),
        **apk(Package("python3", package_version, paths, {f"{stdlib}/EXTERNALLY-MANAGED": marker or b""})),
    }


def gentoo() -> dict:
    stdlib, shared = "/usr/lib/python3.12", "/usr/lib/python/EXTERNALLY-MANAGED"
    link = "../python/EXTERNALLY-MANAGED"
    return {
        **os_release("gentoo", name="Gentoo Linux"),
        **python("/usr", "3.12.8", marker=Link(link), links=False),
        "/usr/bin/python3": Executable("#!/bin/sh\n# python-exec\n"),
        shared: GENTOO_MARKER,
        **portage(
            Package(
                "dev-lang/python", "3.12.8", ["/usr/bin/python3.12", f"{stdlib}/os.py", f"{stdlib}/EXTERNALLY-MANAGED"]
            ),
            Package("dev-python/gentoo-common", "1", [shared], {shared: GENTOO_MARKER}),
            links={f"{stdlib}/EXTERNALLY-MANAGED": link},
        ),
    }


def void() -> dict:
    marker = "/usr/lib/python3.13/EXTERNALLY-MANAGED"
    return {
        **os_release("void", name="Void"),
        **python("/usr", "3.13.1", marker=VOID_MARKER),
        **xbps(
            Package(
                "python3",
                "3.13.1_1",
                ["/usr/bin/python3.13", "/usr/lib/python3.13/os.py", marker],
                {marker: VOID_MARKER},
            )
        ),
    }


def suse(ident: str, release: str, version: str, marker: bytes | None) -> dict:
    xy = minor(version)
    stdlib, name = f"/usr/lib64/python{xy}", f"python{xy.replace('.', '')}-base"
    paths = [f"/usr/bin/python{xy}", f"{stdlib}/os.py"] + [f"{stdlib}/EXTERNALLY-MANAGED"] * bool(marker)
    package = Package(name, f"{version}-1.1", paths, {f"{stdlib}/EXTERNALLY-MANAGED": marker or b""})
    return {
        **os_release(ident, release, "opensuse suse", "openSUSE"),
        **python("/usr", version, libdir="lib64", marker=marker),
        **rpm(package),
    }


def pypy(prefix: str, language: str, own: str, library: str = "lib") -> dict:
    """Give PyPy from 3.8 on: a stub, its library beside it, lib/pypyX.Y."""
    name = f"pypy{language}"
    text = b"\0" + f"{language}.11 ({own}, Apr 11 2025, 10:00:00)\n[PyPy {own} with GCC 14.2.0]".encode()
    return {
        f"{prefix}/bin/{name}": Elf(needed=(f"lib{name}-c.so",), runpath="$ORIGIN"),
        f"{prefix}/bin/pypy3": Link(name),
        f"{prefix}/bin/lib{name}-c.so": Elf(text=text),
        f"{prefix}/{library}/{name}/os.py": "",
        f"{prefix}/{library}/{name}/site.py": '"site-packages"\n',
        f"{prefix}/{library}/{name}/site-packages/": None,
    }


def debian_pypy() -> dict:
    stdlib = "/usr/lib/pypy3.11"
    text = b"\x003.11.11 (7.3.19+dfsg-2, Apr 11 2025, 10:00:00)\n[PyPy 7.3.19 with GCC 14.2.0]"
    marker = f"{stdlib}/EXTERNALLY-MANAGED"
    version = "7.3.19+dfsg-2"
    return {
        **os_release("debian", "13", name="Debian GNU/Linux 13 (trixie)"),
        "/usr/bin/pypy3": Link("pypy3.11"),
        "/usr/bin/pypy3.11": Elf(needed=("libpypy3.11-c.so",)),
        "/usr/lib/x86_64-linux-gnu/libpypy3.11-c.so": Elf(text=text),
        f"{stdlib}/os.py": "",
        f"{stdlib}/site.py": DEBIAN_SITE,
        marker: DEBIAN_MARKER,
        **dpkg(
            Package("pypy3", version, ["/usr/bin/pypy3", "/usr/bin/pypy3.11"]),
            Package("pypy3-lib:amd64", version, [f"{stdlib}/os.py", marker], {marker: DEBIAN_MARKER}),
        ),
    }


def nix() -> dict:
    store = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-python3-3.12.8"
    return {
        **os_release("nixos", "24.11", name="NixOS 24.11"),
        **python(store, "3.12.8", marker=NIX_MARKER),
        "/run/current-system": Link("/nix/store/11111111111111111111111111111111-nixos-system"),
        "/nix/store/11111111111111111111111111111111-nixos-system/sw/bin/python3": Link(f"{store}/bin/python3"),
    }


# ------------------------------------------------------------- all the others


def homebrew(base: str, version: str, revision: str, marker: bytes | None, mac: bool) -> dict:
    xy = minor(version)
    keg = f"{base}/Cellar/python@{xy}/{version}{revision}"
    files = {
        f"{keg}/INSTALL_RECEIPT.json": '{"source": {"tap": "homebrew/core", "versions": {"stable": "%s"}}}' % version,
        f"{keg}/.brew/python@{xy}.rb": "class PythonAT313 < Formula\nend\n",
        f"{base}/opt/python@{xy}": Link(f"../Cellar/python@{xy}/{version}{revision}"),
        f"{base}/lib/python{xy}/site-packages/": None,
    }
    if not mac:
        return {
            **files,
            **os_release("ubuntu", "24.04", "debian"),
            **python(
                keg,
                version,
                Elf(needed=(f"libpython{xy}.so.1.0",), runpath=f"{base}/opt/python@{xy}/lib"),
                marker=marker,
            ),
            f"{keg}/lib/libpython{xy}.so.1.0": Elf(version),
            f"{base}/bin/python{xy}": Link(f"../Cellar/python@{xy}/{version}{revision}/bin/python{xy}"),
        }
    inner = f"Frameworks/Python.framework/Versions/{xy}/bin/python{xy}"
    return {
        **files,
        **MACOS,
        **framework(f"{keg}/Frameworks", version, marker),
        f"{keg}/bin/python{xy}": Link(f"../{inner}"),
        f"{base}/bin/python{xy}": Link(f"../Cellar/python@{xy}/{version}{revision}/bin/python{xy}"),
    }


def xcode(developer: str) -> dict:
    place = f"{developer}/Library/Frameworks"
    return {
        **MACOS,
        **framework(place, "3.9.6", name="Python3"),
        f"{developer}/usr/bin/python3": Link("../../Library/Frameworks/Python3.framework/Versions/3.9/bin/python3.9"),
    }


def standalone(place: str, version: str = "3.12.8", patched: bool = False) -> dict:
    """Give a python-build-standalone build, as it is unpacked; only uv patches its prefix."""
    prefix = place if patched else "/install"
    return {**python(place, version, prefix=prefix), "etc/passwd": PASSWD}


def conda_prefix(prefix: str, version: str = "3.12.8") -> dict:
    paths = [f"{prefix}/bin/python{minor(version)}", f"{prefix}/lib/python{minor(version)}/os.py"]
    files = python(prefix, version)
    files[f"{prefix}/lib/python{minor(version)}/_sysconfigdata_x86_64_conda_linux_gnu.py"] = sysconfig(prefix=prefix)
    return {**files, **conda(prefix, Package("python", version, paths)), "etc/passwd": PASSWD}


def pyenv(root: str, version: str, name: str = "") -> dict:
    place = f"{root}/versions/{name or version}"
    shim = Executable('#!/usr/bin/env bash\nset -e\nexec "/home/alice/.pyenv/libexec/pyenv" exec "$program" "$@"\n')
    return {
        **python(place, version, abs_srcdir=f"/tmp/python-build.20260101000000.42/Python-{version}"),
        f"{place}/include/python{minor(version)}/patchlevel.h": f'#define PY_VERSION              "{version}"\n',
        f"{root}/version": f"{name or version}\n",
        f"{root}/shims/python3": shim,
        f"{root}/shims/python{minor(version)}": shim,
        "etc/passwd": PASSWD,
    }


def toolcache(version: str = "3.12.8") -> dict:
    place = f"/opt/hostedtoolcache/Python/{version}"
    return {
        **os_release("ubuntu", "24.04", "debian", "Ubuntu 24.04.1 LTS"),
        **dpkg(),
        **python(f"{place}/x64", version, abs_srcdir=f"/tmp/Python-{version}"),
        f"{place}/x64/python": Link("bin/python3"),
        f"{place}/x64.complete": "",
    }


def mac_toolcache() -> dict:
    place = "/Library/Frameworks/Python.framework/Versions/3.12"
    cache = f"{ALICE}/hostedtoolcache/Python/3.12.8/arm64"
    links = {f"{cache}/{name}": Link(f"{place}/{name}") for name in ("bin", "lib", "include", "share")}
    return {
        **MACOS,
        **framework("/Library/Frameworks", "3.12.8"),
        **links,
        f"{ALICE}/hostedtoolcache/Python/3.12.8/arm64.complete": "",
    }


def docker() -> dict:
    """Give python:3.13 (not slim): the image's own Python in /usr/local, and Debian's of the same minor in /usr."""
    elf = Elf(needed=("libpython3.13.so.1.0",), runpath="$ORIGIN/../lib")
    return {
        **os_release("debian", "13", name="Debian GNU/Linux 13 (trixie)"),
        **debian("3.13", "3.13.5-2"),
        **python("/usr/local", "3.13.9", elf, abs_srcdir="/usr/src/python"),
        "/usr/local/lib/libpython3.13.so.1.0": Elf("3.13.9"),
        "/usr/local/include/python3.13/patchlevel.h": '#define PY_VERSION "3.13.9"\n',
        "/usr/local/bin/python": Link("python3"),
    }


def datadog() -> dict:
    path = "/opt/datadog-agent/embedded/bin/python3.12"
    return {
        **os_release("debian", "12"),
        **python("/opt/datadog-agent/embedded", "3.12.9"),
        **dpkg(Package("datadog-agent", "1:7.60.0-1", [path, "/opt/datadog-agent/embedded/lib/python3.12/os.py"])),
    }


DEBIAN_13 = os_release("debian", "13", name="Debian GNU/Linux 13 (trixie)")
_GOOGLE = "/usr/lib/google-cloud-sdk/platform/bundledpythonunix"
_S = f"{ALICE}/.local/share"
_UV = f"{_S}/uv/python/cpython-3.13.5-linux-x86_64-gnu"

CASES = {
    "debian-13": Case(
        {**DEBIAN_13, **debian("3.13", "3.13.5-2+deb13u1")},
        "/usr/bin/python3.13",
        "debian",
        "3.13.5",
        "dpkg python3.13-minimal",
        "intact",
        True,
    ),
    "debian-11": Case(
        {**os_release("debian", "11"), **debian("3.9", "3.9.2-1", None)},
        "/usr/bin/python3.9",
        "debian",
        "3.9.2",
        "dpkg python3.9-minimal",
        "not_expected",
        True,
    ),
    "debian-sid-rc": Case(
        {**os_release("debian"), **debian("3.15", "3.15.0~rc2-1", version="3.15.0rc2")},
        "/usr/bin/python3.15",
        "debian",
        "3.15.0rc2",
        "dpkg python3.15-minimal",
        "intact",
        True,
    ),
    "debian-without-database": Case(
        {**DEBIAN_13, **python("/usr", "3.13.5", site=DEBIAN_SITE)},
        "/usr/bin/python3.13",
        "debian",
        "3.13.5",
        "",
        "unknown",
        True,
    ),
    "ubuntu-24.04": Case(
        {**os_release("ubuntu", "24.04", "debian"), **debian("3.12", "3.12.3-1ubuntu0.5")},
        "/usr/bin/python3.12",
        "ubuntu",
        "3.12.3",
        "dpkg python3.12-minimal",
        "intact",
        True,
    ),
    "ubuntu-22.04": Case(
        {**os_release("ubuntu", "22.04", "debian"), **debian("3.10", "3.10.4-3ubuntu0.1", None)},
        "/usr/bin/python3.10",
        "ubuntu",
        "3.10.4",
        "dpkg python3.10-minimal",
        "not_expected",
        True,
    ),
    "linux-mint": Case(
        {**os_release("linuxmint", "22", "ubuntu debian"), **debian("3.12", "3.12.3-1ubuntu0.5")},
        "/usr/bin/python3.12",
        "ubuntu",
        "3.12.3",
        "dpkg python3.12-minimal",
        "intact",
        True,
    ),
    "deadsnakes": Case(
        {
            **os_release("ubuntu", "22.04", "debian"),
            **{
                path: file
                for path, file in debian("3.12", "3.12.7-1+jammy1", None).items()
                if path != "/usr/bin/python3"
            },
        },
        "/usr/bin/python3.12",
        "deadsnakes",
        "3.12.7",
        "dpkg python3.12-minimal",
    ),
    "debian-pypy": Case(debian_pypy(), "/usr/bin/pypy3.11", "debian-pypy", "3.11.11", "dpkg pypy3", "intact", True),
    "raspberry-pi-os-32": Case(
        {**os_release("raspbian", "12", "debian"), **debian("3.11", "3.11.2-6+rpt1", RASPBERRY_MARKER)},
        "/usr/bin/python3.11",
        "raspberry-pi-os",
        "3.11.2",
        "dpkg python3.11-minimal",
        "intact",
        True,
    ),
    "raspberry-pi-os-64": Case(
        {**os_release("debian", "12"), **debian("3.11", "3.11.2-6+deb12u4", RASPBERRY_MARKER)},
        "/usr/bin/python3.11",
        "raspberry-pi-os",
        "3.11.2",
        "dpkg python3.11-minimal",
        "intact",
        True,
    ),
    "kali": Case(
        {**os_release("kali", "2025.3", "debian"), **debian("3.13", "3.13.7-1+kali1", KALI_MARKER)},
        "/usr/bin/python3.13",
        "kali",
        "3.13.7",
        "dpkg python3.13-minimal",
        "intact",
        True,
    ),
    "fedora": Case(
        {**os_release("fedora", "42"), **redhat("3.13.5", "1.fc42")},
        "/usr/bin/python3.13",
        "fedora",
        "3.13.5",
        "rpm python3",
        "not_expected",
        True,
    ),
    "fedora-own-marker": Case(
        {
            **os_release("fedora", "42"),
            **redhat("3.13.5", "1.fc42"),
            "/usr/lib64/python3.13/EXTERNALLY-MANAGED": DEBIAN_MARKER,
        },
        "/usr/bin/python3.13",
        "fedora",
        "3.13.5",
        "rpm python3",
        "unexpected",
        True,
    ),
    "rhel-9": Case(
        {**os_release("rocky", "9.4", "rhel centos fedora"), **redhat("3.9.18", "3.el9")},
        "/usr/bin/python3.9",
        "rhel",
        "3.9.18",
        "rpm python3.9",
        "not_expected",
        True,
    ),
    "amazon-linux-2023": Case(
        {**os_release("amzn", "2023", "fedora"), **redhat("3.9.20", "1.amzn2023")},
        "/usr/bin/python3.9",
        "rhel",
        "3.9.20",
        "rpm python3.9",
        "not_expected",
        True,
    ),
    "rhel-8": Case(  # BerkeleyDB, which is not read: whose it is stays unknown, and yet it is known
        {
            **os_release("rhel", "8.10", "fedora"),
            "/usr/libexec/platform-python": Link("platform-python3.6"),
            "/usr/libexec/platform-python3.6": Elf(needed=("libpython3.6m.so.1.0",)),
            "/usr/lib64/libpython3.6m.so.1.0": Elf(text=b"3.6.8"),
            "/usr/lib64/python3.6/os.py": "",
            "/usr/lib64/python3.6/site.py": FEDORA_SITE,
            "/var/lib/rpm/Packages": b"\0" * 12 + b"\x62\x31\x05\x00" + b"\0" * 4096,
        },
        "/usr/libexec/platform-python3.6",
        "platform-python",
        "3.6.8",
        "",
        "not_expected",
        True,
    ),
    "software-collections": Case(
        {
            **os_release("centos", "7", "rhel fedora"),
            **python("/opt/rh/rh-python38/root/usr", "3.8.18", libdir="lib64"),
            "/var/lib/rpm/Packages": b"\0" * 4096,
        },
        "/opt/rh/rh-python38/root/usr/bin/python3.8",
        "software-collections",
        "3.8.18",
    ),
    "tumbleweed": Case(
        suse("opensuse-tumbleweed", "20260801", "3.13.6", SUSE_MARKER),
        "/usr/bin/python3.13",
        "opensuse",
        "3.13.6",
        "rpm python313-base",
        "intact",
        True,
    ),
    "leap-15": Case(
        suse("opensuse-leap", "15.6", "3.6.15", None),
        "/usr/bin/python3.6",
        "opensuse",
        "3.6.15",
        "rpm python36-base",
        "not_expected",
        True,
    ),
    "arch": Case(arch(), "/usr/bin/python3.13", "arch", "3.13.7", "pacman python", "intact", True),
    "alpine-3.20": Case(
        alpine("3.20.3", "3.12.7", "3.12.7-r0", ALPINE_MARKER),
        "/usr/bin/python3.12",
        "alpine",
        "3.12.7",
        "apk python3",
        "intact",
        True,
    ),
    "alpine-3.18": Case(
        alpine("3.18.4", "3.11.6", "3.11.6-r0", None),
        "/usr/bin/python3.11",
        "alpine",
        "3.11.6",
        "apk python3",
        "not_expected",
        True,
    ),
    "gentoo": Case(gentoo(), "/usr/bin/python3.12", "gentoo", "3.12.8", "portage dev-lang/python", "intact", True),
    "void": Case(void(), "/usr/bin/python3.13", "void", "3.13.1", "xbps python3", "intact", True),
    "nix": Case(
        nix(),
        "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-python3-3.12.8/bin/python3.12",
        "nix",
        "3.12.8",
        "nix python3",
        "intact",
    ),
    "another-distribution": Case(
        {**os_release("mageia", "9"), **redhat("3.10.11", "2.mga9")},
        "/usr/bin/python3.10",
        "distribution",
        "3.10.11",
        "rpm python3.10",
        "not_expected",
        True,
    ),
    "homebrew-arm": Case(
        homebrew("/opt/homebrew", "3.13.5", "_1", BREW_MARKER, True),
        "/opt/homebrew/Cellar/python@3.13/3.13.5_1/Frameworks/Python.framework/Versions/3.13/bin/python3.13",
        "homebrew",
        "3.13.5",
        "homebrew python@3.13",
        "intact",
    ),
    "homebrew-intel-3.11": Case(
        homebrew("/usr/local", "3.11.9", "", None, True),
        "/usr/local/Cellar/python@3.11/3.11.9/Frameworks/Python.framework/Versions/3.11/bin/python3.11",
        "homebrew",
        "3.11.9",
        "homebrew python@3.11",
    ),
    "homebrew-linux-without-marker": Case(
        homebrew("/home/linuxbrew/.linuxbrew", "3.13.5", "", None, False),
        "/home/linuxbrew/.linuxbrew/Cellar/python@3.13/3.13.5/bin/python3.13",
        "homebrew",
        "3.13.5",
        "homebrew python@3.13",
        "missing",
    ),
    "python-org": Case(
        {
            **MACOS,
            **framework("/Library/Frameworks", "3.13.5"),
            "/usr/local/bin/python3.13": Link(
                "../../../Library/Frameworks/Python.framework/Versions/3.13/bin/python3.13"
            ),
        },
        "/Library/Frameworks/Python.framework/Versions/3.13/bin/python3.13",
        "python-org",
        "3.13.5",
    ),
    "macports": Case(
        {**MACOS, **framework("/opt/local/Library/Frameworks", "3.12.8")},
        "/opt/local/Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12",
        "macports",
        "3.12.8",
        "",
        "unknown",
    ),
    "command-line-tools": Case(
        xcode("/Library/Developer/CommandLineTools"),
        "/Library/Developer/CommandLineTools/Library/Frameworks/Python3.framework/Versions/3.9/bin/python3.9",
        "xcode",
        "3.9.6",
    ),
    "xcode-app": Case(
        xcode("/Applications/Xcode.app/Contents/Developer"),
        "/Applications/Xcode.app/Contents/Developer/Library/Frameworks/Python3.framework/Versions/3.9/bin/python3.9",
        "xcode",
        "3.9.6",
    ),
    "uv": Case(
        {
            **standalone(_UV, "3.13.5", patched=True),
            f"{_UV}/lib/python3.13/EXTERNALLY-MANAGED": UV_MARKER,
            f"{_UV}/BUILD": "20250612",
            f"{_S}/uv/python/.gitignore": "*",
            f"{_S}/uv/python/.lock": "",
            f"{_S}/uv/python/cpython-3.13-linux-x86_64-gnu": Link("cpython-3.13.5-linux-x86_64-gnu"),
            f"{ALICE}/.local/bin/python3.13": Link(f"{_S}/uv/python/cpython-3.13-linux-x86_64-gnu/bin/python3.13"),
        },
        f"{_UV}/bin/python3.13",
        "uv",
        "3.13.5",
        "",
        "intact",
    ),
    "uv-elsewhere": Case(
        {
            **standalone("/srv/pythons/cpython-3.13.5+freethreaded-linux-x86_64-gnu", "3.13.5", patched=True),
            "/srv/pythons/cpython-3.13.5+freethreaded-linux-x86_64-gnu/lib/python3.13/EXTERNALLY-MANAGED": UV_MARKER,
        },
        "/srv/pythons/cpython-3.13.5+freethreaded-linux-x86_64-gnu/bin/python3.13",
        "uv",
        "3.13.5",
        "",
        "intact",
        False,
        {"UV_PYTHON_INSTALL_DIR": "/srv/pythons"},
    ),
    "hatch": Case(
        standalone(f"{_S}/hatch/pythons/3.12/python"),
        f"{_S}/hatch/pythons/3.12/python/bin/python3.12",
        "hatch",
        "3.12.8",
    ),
    "rye": Case(
        standalone(f"{ALICE}/.rye/py/cpython@3.12.8"), f"{ALICE}/.rye/py/cpython@3.12.8/bin/python3.12", "rye", "3.12.8"
    ),
    "pdm": Case(
        standalone(f"{_S}/pdm/python/cpython@3.12.8"), f"{_S}/pdm/python/cpython@3.12.8/bin/python3.12", "pdm", "3.12.8"
    ),
    "poetry": Case(
        standalone(f"{_S}/pypoetry/python/cpython@3.12.8"),
        f"{_S}/pypoetry/python/cpython@3.12.8/bin/python3.12",
        "poetry",
        "3.12.8",
    ),
    "pipx": Case(standalone(f"{_S}/pipx/py/3.12"), f"{_S}/pipx/py/3.12/bin/python3.12", "pipx", "3.12.8"),
    "mise": Case(
        {
            **standalone(f"{_S}/mise/installs/python/3.12.8"),
            **{f"{_S}/mise/installs/python/{name}": Link("./3.12.8") for name in ("3", "3.12", "latest")},
        },
        f"{_S}/mise/installs/python/3.12.8/bin/python3.12",
        "mise",
        "3.12.8",
    ),
    "asdf": Case(
        {
            **python(
                f"{ALICE}/.asdf/installs/python/3.11.9", "3.11.9", abs_srcdir="/tmp/python-build.1.2/Python-3.11.9"
            ),
            f"{ALICE}/.asdf/shims/python3": Executable("#!/usr/bin/env bash\nexec asdf exec python3\n"),
            "etc/passwd": PASSWD,
        },
        f"{ALICE}/.asdf/installs/python/3.11.9/bin/python3.11",
        "asdf",
        "3.11.9",
    ),
    "pyenv": Case(
        pyenv(f"{ALICE}/.pyenv", "3.9.18"), f"{ALICE}/.pyenv/versions/3.9.18/bin/python3.9", "pyenv", "3.9.18"
    ),
    "pyenv-elsewhere": Case(
        pyenv("/srv/versions-of-python", "3.13.0", "3.13-dev"),
        "/srv/versions-of-python/versions/3.13-dev/bin/python3.13",
        "pyenv",
        "3.13.0",
        env={"PYENV_ROOT": "/srv/versions-of-python"},
    ),
    "python-build-standalone": Case(
        standalone("/opt/python-3.12"), "/opt/python-3.12/bin/python3.12", "python-build-standalone", "3.12.8"
    ),
    "conda": Case(conda_prefix("/opt/conda"), "/opt/conda/bin/python3.12", "conda", "3.12.8", "conda python"),
    "conda-in-pyenv": Case(
        conda_prefix(f"{ALICE}/.pyenv/versions/miniconda-latest"),
        f"{ALICE}/.pyenv/versions/miniconda-latest/bin/python3.12",
        "conda",
        "3.12.8",
        "conda python",
    ),
    "miniforge": Case(
        conda_prefix(f"{ALICE}/miniforge3/envs/web"),
        f"{ALICE}/miniforge3/envs/web/bin/python3.12",
        "miniforge",
        "3.12.8",
        "conda python",
    ),
    "micromamba": Case(
        conda_prefix(f"{ALICE}/micromamba/envs/web"),
        f"{ALICE}/micromamba/envs/web/bin/python3.12",
        "micromamba",
        "3.12.8",
        "conda python",
    ),
    "pixi": Case(
        conda_prefix(f"{ALICE}/.pixi/envs/ruff"),
        f"{ALICE}/.pixi/envs/ruff/bin/python3.12",
        "pixi",
        "3.12.8",
        "conda python",
    ),
    "github-toolcache": Case(
        toolcache(), "/opt/hostedtoolcache/Python/3.12.8/x64/bin/python3.12", "github-toolcache", "3.12.8"
    ),
    "github-toolcache-macos": Case(
        mac_toolcache(),
        "/Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12",
        "github-toolcache",
        "3.12.8",
    ),
    "github-toolcache-pypy": Case(
        {**os_release("ubuntu", "24.04"), **dpkg(), **pypy("/opt/hostedtoolcache/PyPy/3.11.11/x64", "3.11", "7.3.19")},
        "/opt/hostedtoolcache/PyPy/3.11.11/x64/bin/pypy3.11",
        "github-toolcache",
        "3.11.11",
    ),
    "docker-library": Case(docker(), "/usr/local/bin/python3.13", "docker-library", "3.13.9"),
    "docker-library-and-debian": Case(
        docker(), "/usr/bin/python3.13", "debian", "3.13.5", "dpkg python3.13-minimal", "intact", True
    ),
    "docker-library-pypy": Case(
        {**os_release("debian", "12"), **dpkg(), **pypy("/opt/pypy", "3.11", "7.3.19")},
        "/opt/pypy/bin/pypy3.11",
        "docker-library",
        "3.11.11",
    ),
    "source": Case(
        {**DEBIAN_13, **debian("3.13", "3.13.5-2"), **python("/usr/local", "3.12.9", abs_srcdir="/root/Python-3.12.9")},
        "/usr/local/bin/python3.12",
        "source",
        "3.12.9",
    ),
    "source-in-opt": Case(
        {**DEBIAN_13, **dpkg(), **python("/opt/python/3.12", "3.12.9", abs_srcdir="/build/Python-3.12.9")},
        "/opt/python/3.12/bin/python3.12",
        "source",
        "3.12.9",
    ),
    "snap": Case(
        {
            **os_release("ubuntu", "24.04", "debian"),
            **dpkg(),
            **python("/snap/certbot/3566/usr", "3.8.10", site=DEBIAN_SITE),
            "/snap/certbot/current": Link("3566"),
        },
        "/snap/certbot/3566/usr/bin/python3.8",
        "snap",
        "3.8.10",
        "",
        "unknown",
    ),
    "vendor": Case(datadog(), "/opt/datadog-agent/embedded/bin/python3.12", "vendor", "3.12.9", "dpkg datadog-agent"),
    "vendor-in-usr": Case(
        {
            **os_release("debian", "12"),
            **python(_GOOGLE, "3.12.10"),
            **dpkg(Package("google-cloud-cli", "528.0.0-0", [f"{_GOOGLE}/bin/python3.12"])),
        },
        f"{_GOOGLE}/bin/python3.12",
        "vendor",
        "3.12.10",
        "dpkg google-cloud-cli",
    ),
    "vendor-without-package": Case(
        {**os_release("debian", "12"), **dpkg(), **python("/opt/saltstack/salt", "3.10.16")},
        "/opt/saltstack/salt/bin/python3.10",
        "vendor",
        "3.10.16",
        "",
        "unknown",
    ),
    "unknown": Case(
        {**DEBIAN_13, **dpkg(), **python("/usr", "3.12.9", abs_srcdir="/somewhere")},
        "/usr/bin/python3.12",
        "unknown",
        "3.12.9",
        "",
        "unknown",
    ),
}
