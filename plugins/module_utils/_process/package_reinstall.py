# SPDX-License-Identifier: GPL-3.0-or-later
"""Put back the files of packages, with the package manager that owns them and at the versions that are installed."""

from __future__ import annotations

import glob
import os
import shutil
from typing import Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from .._host.program_errors import find_deciding_lines
from .commands import CommandResult, OperationError, Run

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {
    "PATH": _PATH,
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "HOME": "/root",
    "HOMEBREW_NO_AUTO_UPDATE": "1",
}
_SECONDS = 1800.0
_APT_CACHE = "/var/cache/apt/archives"
_PACMAN_CACHE = "/var/cache/pacman/pkg"
_KEEP_CONFIGURATION = [
    "-o",
    "Dpkg::Options::=--force-confdef",
    "-o",
    "Dpkg::Options::=--force-confold",
]
#: Another run of apt, such as that of unattended-upgrades, is waited for.
_WAIT_FOR_LOCK = ["-o", "DPkg::Lock::Timeout=120"]

Command = Sequence[str]
Restored = Callable[[], bool]


class Reinstallation(NamedTuple):
    """Packages of one package manager, each with the version that is installed."""

    manager: str
    packages: Tuple[Tuple[str, str], ...]  # (name, version)
    path: str  # a file of theirs, which is to be put back

    def names(self) -> List[str]:
        """Return the names of the packages."""
        return [name for name, _version in self.packages]


def reinstall(run: Run, wanted: Reinstallation, restored: Restored) -> None:
    """Try the ways of the package manager, offline ones included, until ``restored`` says that the files are back.

    apt-get ends with status 0 where a package cannot be downloaded, so its status alone says nothing.

    :raises OperationError: with the last words of the package manager.
    """
    tried: List[Tuple[Command, CommandResult]] = []
    for command in _ATTEMPTS[wanted.manager](run, wanted):
        try:
            result = run(command, ENVIRONMENT, "/", _SECONDS)
        except OSError as exc:
            result = CommandResult(127, "", exc.strerror or str(exc))
        tried.append((command, result))
        if restored():
            return
    output = "\n".join(
        "$ %s\n%s%s" % (" ".join(command), result.output[-2000:], result.errors[-2000:])
        for command, result in tried
    )
    packages = ", ".join("%s %s" % row for row in wanted.packages)
    said = "\n".join(part for _command, done in tried for part in done[1:])
    message = "%s could not restore %s of the package %s: %s" % (
        wanted.manager,
        wanted.path,
        packages,
        find_deciding_lines(said) or "it said nothing",
    )
    hint = "Where the repository has a newer version only, upgrade the package."
    raise OperationError("reinstall-failed", message, hint, output)


def _with_dpkg(run: Run, wanted: Reinstallation) -> Iterator[Command]:
    pinned = ["=".join(filter(None, row)) for row in wanted.packages]
    install = [
        "apt-get",
        "install",
        "--yes",
        "--reinstall",
        "--no-install-recommends",
        *_KEEP_CONFIGURATION,
        *_WAIT_FOR_LOCK,
        *pinned,
    ]
    yield install
    cached = _cached_debs(wanted)
    if cached:
        yield ["dpkg", "--install", "--force-confdef", "--force-confold", *cached]
    yield ["apt-get", "update"]
    yield install


def _cached_debs(wanted: Reinstallation) -> List[str]:
    """Return the packages in apt's cache; none where one of them is not there."""
    found = []
    for name, version in wanted.packages:
        file_name = "%s_%s_*.deb" % (name, version.replace(":", "%3a"))
        paths = sorted(glob.glob(os.path.join(_APT_CACHE, file_name)))
        if not paths:
            return []
        found.append(paths[0])
    return found


def _with_rpm(run: Run, wanted: Reinstallation) -> Iterator[Command]:
    if _find_program("zypper"):
        yield ["zypper", "--non-interactive", "install", "--force", *wanted.names()]
        return
    program = next(filter(None, map(_find_program, ("dnf5", "dnf", "yum"))), "dnf")
    yield [program, "--assumeyes", "reinstall", *wanted.names()]
    yield [program, "--assumeyes", "--cacheonly", "reinstall", *wanted.names()]


def _with_pacman(run: Run, wanted: Reinstallation) -> Iterator[Command]:
    """Yield the package in the cache first; from a repository only the version that is installed.

    Another version would be a partial upgrade, which Arch does not support.
    """
    cached = _cached_pacman_packages(wanted)
    if cached:
        yield ["pacman", "--upgrade", "--noconfirm", *cached]
    query = ["pacman", "--sync", "--print", "--print-format", "%n %v", *wanted.names()]
    answer = run(query, ENVIRONMENT, "/", _SECONDS).output.splitlines()
    if all("%s %s" % row in answer for row in wanted.packages):
        yield ["pacman", "--sync", "--noconfirm", *wanted.names()]
    else:
        yield query


def _cached_pacman_packages(wanted: Reinstallation) -> List[str]:
    """Return the packages in pacman's cache; none where one of them is not there."""
    found = []
    for name, version in wanted.packages:
        paths = sorted(
            glob.glob(os.path.join(_PACMAN_CACHE, "%s-%s-*.pkg.tar*" % (name, version)))
        )
        paths = [path for path in paths if not path.endswith(".sig")]
        if not paths:
            return []
        found.append(paths[0])
    return found


def _with_apk(run: Run, wanted: Reinstallation) -> Iterator[Command]:
    yield ["apk", "fix", "--reinstall", *wanted.names()]


def _with_xbps(run: Run, wanted: Reinstallation) -> Iterator[Command]:
    yield ["xbps-install", "--yes", "--force", *wanted.names()]


def _with_portage(run: Run, wanted: Reinstallation) -> Iterator[Command]:
    yield ["emerge", "--oneshot", "--quiet", *wanted.names()]


def _with_homebrew(run: Run, wanted: Reinstallation) -> Iterator[Command]:
    prefix = wanted.path.split("/Cellar/")[0].split("/opt/python")[0]
    yield [os.path.join(prefix, "bin/brew"), "reinstall", *wanted.names()]


def _find_program(name: str) -> str:
    return shutil.which(name, path=_PATH) or ""


_ATTEMPTS: Dict[str, Callable[[Run, Reinstallation], Iterator[Command]]] = {
    "apk": _with_apk,
    "dpkg": _with_dpkg,
    "homebrew": _with_homebrew,
    "pacman": _with_pacman,
    "portage": _with_portage,
    "rpm": _with_rpm,
    "xbps": _with_xbps,
}
