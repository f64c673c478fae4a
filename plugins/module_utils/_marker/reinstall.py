# SPDX-License-Identifier: GPL-3.0-or-later
"""Put back the files of a package, with the package manager that owns them and at the version that is installed."""

from __future__ import annotations

import glob
import os
import shutil
from typing import Callable, Dict, Iterator, List, Sequence, Tuple

from .._process.commands import CommandResult, OperationError, Run
from .state import MarkerState

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
_KEEP_CONFIGURATION = ["-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold"]

Command = Sequence[str]
Restored = Callable[[], bool]


def reinstall(run: Run, marker: MarkerState, restored: Restored) -> None:
    """Try the ways of the package manager, offline ones included, until ``restored`` says that the file is back.

    apt-get ends with status 0 where a package cannot be downloaded, so its status alone says nothing.

    :raises OperationError: with the last words of the package manager.
    """
    tried: List[Tuple[Command, CommandResult]] = []
    for command in _ATTEMPTS[marker.manager](run, marker):
        try:
            result = run(command, ENVIRONMENT, "/", _SECONDS)
        except OSError as exc:
            result = CommandResult(127, "", exc.strerror or str(exc))
        tried.append((command, result))
        if restored():
            return
    output = "\n".join(
        "$ %s\n%s%s" % (" ".join(command), result.output[-2000:], result.errors[-2000:]) for command, result in tried
    )
    message = "%s could not put back %s of the package %s %s" % (
        marker.manager,
        marker.path,
        marker.package,
        marker.version,
    )
    hint = "Its output is in output. Where the repository has a newer version only, upgrade the package."
    raise OperationError("reinstall-failed", message, hint, output)


def _with_dpkg(run: Run, marker: MarkerState) -> Iterator[Command]:
    pinned = "%s=%s" % (marker.package, marker.version)
    install = ["apt-get", "install", "--yes", "--reinstall", "--no-install-recommends", *_KEEP_CONFIGURATION, pinned]
    yield install
    file_name = "%s_%s_*.deb" % (marker.package, marker.version.replace(":", "%3a"))
    for path in sorted(glob.glob(os.path.join(_APT_CACHE, file_name))):
        yield ["dpkg", "--install", "--force-confdef", "--force-confold", path]
    yield ["apt-get", "update"]
    yield install


def _with_rpm(run: Run, marker: MarkerState) -> Iterator[Command]:
    if _find_program("zypper"):
        yield ["zypper", "--non-interactive", "install", "--force", marker.package]
        return
    program = next(filter(None, map(_find_program, ("dnf5", "dnf", "yum"))), "dnf")
    yield [program, "--assumeyes", "reinstall", marker.package]
    yield [program, "--assumeyes", "--cacheonly", "reinstall", marker.package]


def _with_pacman(run: Run, marker: MarkerState) -> Iterator[Command]:
    """Yield the package in the cache first; from a repository only the version that is installed.

    Another version would be a partial upgrade, which Arch does not support.
    """
    file_name = "%s-%s-*.pkg.tar*" % (marker.package, marker.version)
    for path in sorted(glob.glob(os.path.join(_PACMAN_CACHE, file_name))):
        if not path.endswith(".sig"):
            yield ["pacman", "--upgrade", "--noconfirm", path]
    query = ["pacman", "--sync", "--print", "--print-format", "%n %v", marker.package]
    answer = run(query, ENVIRONMENT, "/", _SECONDS).output.splitlines()
    if "%s %s" % (marker.package, marker.version) in answer:
        yield ["pacman", "--sync", "--noconfirm", marker.package]
    else:
        yield query


def _with_apk(run: Run, marker: MarkerState) -> Iterator[Command]:
    yield ["apk", "fix", "--reinstall", marker.package]


def _with_xbps(run: Run, marker: MarkerState) -> Iterator[Command]:
    yield ["xbps-install", "--yes", "--force", marker.package]


def _with_portage(run: Run, marker: MarkerState) -> Iterator[Command]:
    yield ["emerge", "--oneshot", "--quiet", marker.package]


def _with_homebrew(run: Run, marker: MarkerState) -> Iterator[Command]:
    prefix = marker.path.split("/Cellar/")[0].split("/opt/python")[0]
    yield [os.path.join(prefix, "bin/brew"), "reinstall", marker.package]


def _find_program(name: str) -> str:
    return shutil.which(name, path=_PATH) or ""


_ATTEMPTS: Dict[str, Callable[[Run, MarkerState], Iterator[Command]]] = {
    "apk": _with_apk,
    "dpkg": _with_dpkg,
    "homebrew": _with_homebrew,
    "pacman": _with_pacman,
    "portage": _with_portage,
    "rpm": _with_rpm,
    "xbps": _with_xbps,
}
