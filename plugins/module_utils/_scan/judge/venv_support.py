# SPDX-License-Identifier: GPL-3.0-or-later
"""Does ``python -m venv`` work on an installation, and which package is missing where it does not?"""

from __future__ import annotations

from ..data.package_names import venv_package
from ..model import Installation, Ownership, System, VenvVerdict

#: Managers of whole operating systems: a Python of theirs below /usr lacks a part where another package has it.
_SYSTEM_MANAGERS = ("apk", "dpkg", "pacman", "portage", "rpm", "xbps")


def families(system: System) -> tuple[str, ...]:
    """Give the names a system goes by, its own first; all of SUSE's are one."""
    names = (system.id, *system.like, "darwin" if system.kernel == "darwin" else "")
    return tuple("suse" if "suse" in name or name.startswith("sle") else name for name in names if name)


def judge_venv(installation: Installation, ownership: Ownership, system: System) -> VenvVerdict:
    """Judge what ``venv`` needs: itself, ensurepip (Debian splits it off), and a wheel of pip; name the package."""
    parts = installation.reading.venv
    if not parts.venv:
        because = "the standard library has no venv"
    elif not parts.ensurepip:
        because = "ensurepip, which puts pip into an environment, is not there"
    elif parts.wheels:
        return VenvVerdict(True, True, "")
    elif parts.wheels is None:
        return VenvVerdict(None, True, "", "whether a wheel of pip lies where ensurepip looks could not be told")
    else:
        because = "the wheel of pip is missing from %s" % (parts.wheel_directory or "ensurepip's own directory")
    owner, reading, package = installation.package, installation.reading, ""
    if installation.system or (owner and owner.manager in _SYSTEM_MANAGERS and reading.prefix == "/usr"):
        package = venv_package(families(system), reading.language, reading.implementation, system.version)
    if package in ownership.installed:
        because += ", though %s is installed: reinstall it" % package
    return VenvVerdict(False, parts.ensurepip and bool(parts.wheels), package, because)
