# SPDX-License-Identifier: GPL-3.0-or-later
"""What the package manager of a host knows about the projects of a spec."""

from __future__ import annotations

import re
from typing import Callable, Tuple

from .._host.host import Host
from .._scan.model import System
from .._scan.read.system import read_system
from .package_records import DistroState, NameQuery
from .spec import DistroPackageSpec

_PYTHON = re.compile(r"/python(3\.\d+)$")
#: Package managers by the program that each is known by, the distribution's own before what is installed beside it.
_PROGRAMS = (
    ("pacman", "/usr/bin/pacman"),
    ("apk", "/sbin/apk"),
    ("zypper", "/usr/bin/zypper"),
    ("dnf", "/usr/bin/dnf"),
    ("dnf", "/usr/bin/dnf5"),
    ("dnf", "/usr/bin/yum"),
    ("apt", "/usr/bin/apt-cache"),
    ("homebrew", "/opt/homebrew/bin/brew"),
    ("homebrew", "/usr/local/bin/brew"),
    ("homebrew", "/home/linuxbrew/.linuxbrew/bin/brew"),
)
#: The package manager of a family, by ID and ID_LIKE of os-release(5).
_FAMILIES = {
    "debian": "apt",
    "ubuntu": "apt",
    "fedora": "dnf",
    "rhel": "dnf",
    "centos": "dnf",
    "arch": "pacman",
    "alpine": "apk",
    "suse": "zypper",
    "opensuse": "zypper",
}
_UNSUPPORTED = {
    "homebrew": "Homebrew packages applications and hardly any Python libraries",
    "": "no package manager that this module queries is on this host",
}
_ONE_PYTHON = "%s has packages of Python libraries for Python %s alone"

Gather = Callable[[Host, NameQuery], DistroState]


def gather_state(host: Host, spec: DistroPackageSpec) -> DistroState:
    """Return what the package manager knows about the projects of a spec.

    :raises Unreadable: the package manager can't be run.
    """
    system = read_system(host)
    default = find_default_python(host)
    manager = spec.package_manager
    if manager == "auto":
        manager = find_manager(host, system)
    if manager in _UNSUPPORTED:
        return DistroState(
            manager=manager, python=default, unsupported=_UNSUPPORTED[manager]
        )
    has_other_pythons = manager in ("dnf", "zypper")
    if spec.python and spec.python != default and not has_other_pythons:
        reason = _ONE_PYTHON % (manager, default or "of the distribution")
        return DistroState(manager=manager, python=default, unsupported=reason)
    query = NameQuery(
        spec=spec,
        system=system,
        default_python=default,
        directories=_site_directories(manager, default),
    )
    return _gatherer_of(manager)(host, query)


def find_default_python(host: Host) -> str:
    """Return the minor version of the distribution's python3, by what the link leads to; empty if unknown."""
    match = _PYTHON.search(host.real("/usr/bin/python3") or "")
    return match.group(1) if match else ""


def find_manager(host: Host, system: System) -> str:
    """Return the package manager of the distribution; empty if there is none that is known."""
    if system.kernel == "darwin":
        return "homebrew"
    for family in (system.id, *system.like):
        manager = _FAMILIES.get("suse" if family.startswith("opensuse") else family, "")
        if manager:
            return manager
    return next(
        (manager for manager, program in _PROGRAMS if host.is_file(program)), ""
    )


def _site_directories(manager: str, minor: str) -> Tuple[str, ...]:
    if manager == "apt":
        return (
            "/usr/lib/python3/dist-packages",
            "/usr/lib/python%s/dist-packages" % minor,
        )
    return ("/usr/lib/python%s/site-packages" % minor,) if minor else ()


def _gatherer_of(manager: str) -> Gather:
    """Return what queries a package manager; each is imported only where that manager is."""
    if manager == "apt":
        from .apt import gather_apt as gather
    elif manager == "dnf":
        from .dnf import gather_dnf as gather
    elif manager == "pacman":
        from .pacman import gather_pacman as gather
    elif manager == "zypper":
        from .zypper import gather_zypper as gather
    else:
        from .apk import gather_apk as gather
    return gather
