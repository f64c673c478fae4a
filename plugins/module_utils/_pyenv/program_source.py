# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pyenv itself comes from on a host, for everyone or for one user, and what is missing for builds."""

from __future__ import annotations

import os
import re
import shutil
from typing import List, Mapping, Sequence, Tuple

from .._host.host import Host
from .._host.record import NamedTuple
from .._process.accounts import Account, find_account, shell_of
from .._process.commands import OperationError, Run
from .._process.effective_user import effective_user
from .._process.package_managers import (
    PackagedProgram,
    ProgramPackage,
    find_missing_packages,
    find_package,
)
from .libraries import find_manager

#: Evidence: packages.debian.org (13 and newer), packages.fedoraproject.org, archlinux.org/packages, formulae.brew.sh.
PYENV = PackagedProgram(
    command="pyenv",
    packages={"apt": "pyenv", "dnf": "pyenv", "pacman": "pyenv", "brew": "pyenv"},
)
ROOT_OF_EVERYONE = "/opt/pyenv"
_PATH = "/usr/local/bin:/usr/bin:/bin"
#: What means the same in shells of all kinds between double quotes, and separates no PATH.
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9._/+@-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}")


class PyenvPlace(NamedTuple):
    """Whom pyenv is for, and its root."""

    user: str  # '' for everyone
    home: str  # '' for everyone
    shell: str
    root: str


class SourceRequest(NamedTuple):
    """What is requested of the program itself."""

    source: str = "auto"  # auto, distribution or repository
    minimum_version: str = "0"  # of the distribution's package
    commit: str = ""  # of the repository
    build_packages: Mapping[str, Sequence[str]] = {}  # by package manager
    extra_packages: Sequence[str] = ()


class PyenvSource(NamedTuple):
    """Where pyenv comes from, and where it is afterwards."""

    source: str  # distribution or repository
    package: ProgramPackage
    executable: str  # pyenv itself
    installed: bool
    manager: str  # the host's package manager; '' for one that is not known
    may_install: bool  # the caller may install packages
    missing_packages: Tuple[str, ...]  # that builds need, git among them if it is used
    packages: Tuple[str, ...]  # to install: these, and that of pyenv


def find_place(user: str, root: str) -> PyenvPlace:
    """Return where pyenv is for a user; for nobody in particular, for everyone if root asks, else for the caller.

    Raises OperationError.
    """
    if os.geteuid() == 0 and not user:
        place = PyenvPlace("", "", "/bin/sh", root or ROOT_OF_EVERYONE)
    else:
        account = find_account(user or str(os.geteuid()))
        if os.geteuid() not in (0, account.uid):
            raise OperationError(
                "not-root", "only root can work for %s" % user, "Add become: true."
            )
        home = account.home.rstrip("/")
        place = PyenvPlace(
            account.name, home, shell_of(account), root or home + "/.pyenv"
        )
    if not _PLAIN_PATH.fullmatch(place.root) or place.root.count("/") < 2:
        raise OperationError(
            "invalid-root",
            "%s cannot be the root of pyenv" % place.root,
            "Use an absolute path, not directly below /, of letters, digits and ._+@-.",
        )
    return place


def find_source(run: Run, place: PyenvPlace, request: SourceRequest) -> PyenvSource:
    """Return where pyenv comes from; raise OperationError where the requested source has none."""
    has_checkout = os.path.lexists(place.root + "/.git")
    query = request.source == "distribution" or (
        request.source == "auto" and not has_checkout
    )
    package = find_package(run, PYENV, request.minimum_version, query)
    with Host() as host:
        manager = find_manager(host)
    is_available = package.is_available(request.minimum_version)
    if query and is_available:
        return _from_package(run, manager, package, request)
    if request.source == "distribution":
        raise OperationError(
            "no-package",
            _explain(package, request.minimum_version),
            "Set pyenv_source to repository, or pyenv_minimum_version.",
        )
    return _from_repository(run, manager, place, package, request)


def _from_package(
    run: Run, manager: str, package: ProgramPackage, request: SourceRequest
) -> PyenvSource:
    """Return the distribution's package as the source."""
    is_installed = package.is_installed(request.minimum_version)
    own = () if is_installed else (package.package,)
    missing = find_missing_packages(
        run, manager, _packages_for_builds(request, manager)
    )
    return PyenvSource(
        source="distribution",
        package=package,
        executable=package.command,
        installed=is_installed,
        manager=manager,
        may_install=_may_install(manager),
        missing_packages=missing,
        packages=(*missing, *own),
    )


def _from_repository(
    run: Run,
    manager: str,
    place: PyenvPlace,
    package: ProgramPackage,
    request: SourceRequest,
) -> PyenvSource:
    """Return the checkout in the root as the source; it is made by git, which may be missing."""
    is_installed = read_revision(place) == request.commit
    packages = _packages_for_builds(request, manager)
    if not is_installed and shutil.which("git", path=_PATH) is None:
        packages.append("git")
    missing = find_missing_packages(run, manager, packages)
    return PyenvSource(
        source="repository",
        package=package,
        executable=place.root + "/bin/pyenv",
        installed=is_installed,
        manager=manager,
        may_install=_may_install(manager),
        missing_packages=missing,
        packages=missing,
    )


def _packages_for_builds(request: SourceRequest, manager: str) -> List[str]:
    return [*request.build_packages.get(manager, ()), *request.extra_packages]


def _may_install(manager: str) -> bool:
    is_root = os.geteuid() == 0
    return not is_root if manager == "brew" else is_root


def _explain(package: ProgramPackage, minimum_version: str) -> str:
    if not package.manager:
        return "No package of pyenv is known for this host"
    oldest = "%s is the oldest that is accepted" % minimum_version
    return package.explain_missing("pyenv", oldest)


def account_of(place: PyenvPlace) -> Account:
    """Return the account that a root belongs to. Raises OperationError."""
    return find_account(place.user or str(os.geteuid()))


def read_revision(place: PyenvPlace) -> str:
    """Return the commit of the checkout in a root, with the rights of its owner; '' where there is none."""
    with effective_user(account_of(place)), Host() as host:
        head = (host.text(place.root + "/.git/HEAD") or "").strip()
        if head.startswith("ref: refs/"):
            head = (host.text("%s/.git/%s" % (place.root, head[5:])) or "").strip()
    return head if _COMMIT.fullmatch(head) else ""
