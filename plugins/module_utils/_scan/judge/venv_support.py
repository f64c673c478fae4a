# SPDX-License-Identifier: GPL-3.0-or-later
"""Does ``python -m venv`` work on an installation, and which package is missing where it does not?"""

from __future__ import annotations

from ..data.package_names import families, venv_package
from ..model import Ownership, System
from ..verdicts import Installation, VenvVerdict

#: Managers of whole operating systems: a Python of theirs below /usr lacks a part where another package has it.
_SYSTEM_MANAGERS = ("apk", "dpkg", "pacman", "portage", "rpm", "xbps")


def judge_venv(
    installation: Installation, ownership: Ownership, system: System
) -> VenvVerdict:
    """Judge what ``venv`` needs: itself, ensurepip (Debian splits it off), and a wheel of pip; name the package."""
    parts = installation.reading.venv
    if parts.venv and parts.ensurepip and parts.wheels is None:
        because = "it could not be determined whether ensurepip finds a wheel of pip"
        return VenvVerdict(
            usable=None, ensurepip=True, missing_package="", because=because
        )
    missing = _missing_part(installation)
    if not missing:
        return VenvVerdict(usable=True, ensurepip=True, missing_package="")
    package = _package(installation, system)
    installed = package in ownership.installed
    if installed:
        missing += ", though %s is installed: reinstall it" % package
    return VenvVerdict(
        usable=False,
        ensurepip=parts.ensurepip and bool(parts.wheels),
        missing_package=package,
        because=missing,
        installed=installed,
    )


def _missing_part(installation: Installation) -> str:
    """Return what of ``venv`` is missing, in words; '' where it is whole."""
    parts = installation.reading.venv
    if not parts.venv:
        return "the standard library has no venv"
    if not parts.ensurepip:
        return "ensurepip, which installs pip into an environment, is missing"
    if not parts.wheels:
        return "the wheel of pip is missing from %s" % (
            parts.wheel_directory or "ensurepip's own directory"
        )
    return ""


def _package(installation: Installation, system: System) -> str:
    """Return the distribution's package that has the missing part; '' where none is known."""
    owner, reading = installation.package, installation.reading
    distributed = (
        owner and owner.manager in _SYSTEM_MANAGERS and reading.prefix == "/usr"
    )
    if not (installation.system or distributed):
        return ""
    return venv_package(
        families(system), reading.language, reading.implementation, system.version
    )
