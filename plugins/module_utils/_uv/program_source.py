# SPDX-License-Identifier: GPL-3.0-or-later
"""Where uv itself comes from on a host: the distribution's package, or an environment of its own."""

from __future__ import annotations

import os
from typing import NamedTuple

from .._process.commands import OperationError, Run
from .._process.package_managers import PackagedProgram, ProgramPackage, find_package

#: The oldest uv that the collection uses: the first whose `uv python install` knows --no-bin.
MINIMUM_VERSION = "0.8"
#: Evidence: pkgs.alpinelinux.org, packages.fedoraproject.org, archlinux.org/packages, formulae.brew.sh. Debian and Ubuntu
#: have no package of uv.
UV = PackagedProgram(
    command="uv",
    packages={"apk": "uv", "dnf": "uv", "pacman": "uv", "brew": "uv"},
)


class UvSource(NamedTuple):
    """Where uv comes from, and where it is afterwards."""

    source: str  # distribution or environment
    package: ProgramPackage
    environment: str  # the environment of uv itself, whether it exists or not
    bin_directory: str  # for the links of the environment
    executable: str  # uv itself
    installed: bool


def find_source(run: Run, requested: str) -> UvSource:
    """Return where uv comes from; raise OperationError where the requested source has none.

    :param requested: auto, distribution or environment.
    """
    environment, bin_directory = _places()
    has_environment = os.path.lexists(environment)
    query = requested == "distribution" or (requested == "auto" and not has_environment)
    package = find_package(run, UV, MINIMUM_VERSION, query)
    is_installed = package.is_installed(MINIMUM_VERSION)
    is_available = package.is_available(MINIMUM_VERSION)
    if requested == "distribution" and not is_available:
        raise OperationError(
            "no-package", _explain(package), "Set uv_source to environment."
        )
    if query and is_available:
        return UvSource(
            source="distribution",
            package=package,
            environment=environment,
            bin_directory=bin_directory,
            executable=package.command,
            installed=is_installed,
        )
    return UvSource(
        source="environment",
        package=package,
        environment=environment,
        bin_directory=bin_directory,
        executable=bin_directory + "/uv",
        installed=has_environment,
    )


def _places() -> tuple[str, str]:
    if os.geteuid() == 0:
        return "/opt/uv-environment", "/usr/local/bin"
    home = os.path.expanduser("~").rstrip("/")
    return home + "/.local/share/uv-environment", home + "/.local/bin"


def _explain(package: ProgramPackage) -> str:
    if not package.manager:
        return "No package of uv is known for this host (Alpine, Fedora, Arch Linux and Homebrew have one)"
    oldest = "%s is the oldest that is supported" % MINIMUM_VERSION
    return package.explain_missing("uv", oldest)
