# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of package managers that install a package, or put back what it ships."""

from __future__ import annotations

from ..data.package_names import families
from ..model import Owner, System
from ..verdicts import Installation
from .rule import ScannedHost

#: By package manager.
REINSTALL = {
    "apk": "apk fix --reinstall {package}",
    "conda": "conda install --prefix {prefix} --force-reinstall {package}",
    "dpkg": "apt-get install --reinstall {package}",
    "homebrew": "brew reinstall {package}",
    "pacman": "pacman -S {package}",
    "portage": "emerge --oneshot {package}",
    "rpm": "dnf reinstall {package}",
    "rpm:suse": "zypper install --force {package}",
    "slackware": "slackpkg reinstall {package}",
    "uv": "uv python install --reinstall {language}",
    "xbps": "xbps-install --force {package}",
}
#: By family of the system, where parts of Python are packages of their own.
INSTALL = {
    "debian": "apt-get install",
    "fedora": "dnf install",
    "rhel": "dnf install",
    "ol": "dnf install",
    "amzn": "dnf install",
    "gentoo": "emerge",
}


def reinstall_command(
    scanned: ScannedHost, owner: Owner | None, installation: Installation
) -> str:
    """Return the command that puts back what ``owner``'s package ships; '' where none is known."""
    manager = owner.manager if owner else installation.provider
    if manager == "rpm" and "suse" in families(scanned.readings.system):
        manager = "rpm:suse"
    if manager not in REINSTALL or not (owner or manager in ("uv", "homebrew")):
        return ""
    reading = installation.reading
    package = owner.package if owner else "python@" + reading.language
    immutable = scanned.classified.context.immutable
    if immutable and manager.startswith("rpm"):
        return (
            "The file system is read-only (%s): deploy an image whose %s is intact."
            % (immutable, package)
        )
    return REINSTALL[manager].format(
        package=package,
        prefix=reading.prefix,
        language=reading.language + reading.variant.replace("m", ""),
    )


def install_command(package: str, system: System) -> str:
    """Return the command that installs a package; '' where none is known."""
    command = next((INSTALL[name] for name in families(system) if name in INSTALL), "")
    return "%s %s" % (command, package) if command and package else ""
