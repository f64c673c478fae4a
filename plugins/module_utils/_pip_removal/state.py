# SPDX-License-Identifier: GPL-3.0-or-later
"""What pip installed among a package manager's distributions, file by file, and who owns each path, by reading."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
from functools import partial
from typing import Dict, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from .._host.host import MIB, Host
from .._scan.model import Owner, Ownership, Request
from .._scan.pipeline import scan
from .._scan.project_name import canonicalize_name
from .._scan.read.ownership import read_ownership
from .._scan.unknown_owner import find_unknown
from .._scan.verdicts import Installation, Package, Scan
from .spec import PipRemovalSpec

_ORIGINS = ("pip", "uv", "editable")
_INSTALLERS = ("pip", "uv")  # what they write into INSTALLER
_MANAGERS = ("apk", "dpkg", "pacman", "portage", "rpm", "xbps")
_DIGESTS = ("sha256", "sha384", "sha512")
_RECORD_LIMIT = 16 * MIB
_FILES_LIMIT = 100_000  # of one distribution
_CONTENT_LIMIT = 64 * MIB


class RecordedFile(NamedTuple):
    """A file of a RECORD."""

    path: str
    digest: str = ""  # as RECORD has it: algorithm=value; '' none
    owner: Tuple[str, str, str] = (
        "",
        "",
        "",
    )  # manager, package and version that ship the path; '' none
    intact: bool = True  # False: it is not the file that its package ships


class PipDistribution(NamedTuple):
    """A distribution that pip installed, and that no package manager owns."""

    name: str
    version: str
    location: str  # its metadata directory
    directory: str  # the site directory
    overwrites: Tuple[str, str, str] = (
        "",
        "",
        "",
    )  # manager, package and version of the same project there
    files: Tuple[RecordedFile, ...] = ()  # those that are there
    outside: Tuple[str, ...] = ()  # recorded paths that do not lie below the prefix
    # Recorded paths beside the site directory where something else lies than what pip installed
    foreign: Tuple[str, ...] = ()
    unknown: str = ""  # why it is not known what belongs to it


class HostDistributions(NamedTuple):
    """All of them, and what is known of the host."""

    distributions: Tuple[PipDistribution, ...]
    immutable: str = ""  # why /usr cannot be written; '' where it can
    owned_directories: Tuple[str, ...] = ()  # of the files, those that a package ships


class _Found(NamedTuple):
    """A distribution to remove, and the installation that it was found in."""

    package: Package
    installation: Installation


def read_distributions(host: Host, spec: PipRemovalSpec) -> HostDistributions:
    """Scan for the distributions of a spec and read the RECORD of each."""
    request = Request(
        subset=("installations", "packages"), users=(), execute="package_managers"
    )
    scanned = scan(host, request)
    found = _choose(spec, scanned)
    rows = [_read_record(host, each) for each in found.values()]
    paths = [file.path for row in rows for file in row.files]
    directories = sorted({parent for row in rows for parent in directories_of(row)})
    overwritten = {each.package.overwrites for each in found.values()} - {""}
    ownership = read_ownership(
        host, [*paths, *directories], overwritten, "package_managers"
    )
    complete = [
        _add_owners(host, row, each, ownership)
        for row, each in zip(rows, found.values())
    ]
    return HostDistributions(
        distributions=tuple(
            row
            for row, each in zip(complete, found.values())
            if not each.package.owner or _is_written_by_pip(row)
        ),
        immutable=scanned.classified.context.immutable,
        owned_directories=tuple(
            path for path in directories if path in ownership.owners
        ),
    )


def _choose(spec: PipRemovalSpec, scanned: Scan) -> Dict[str, _Found]:
    """Return the distributions of a spec by location, as several Pythons share directories."""
    found: Dict[str, _Found] = {}
    for installation in scanned.classified.installations:
        manager = installation.package.manager if installation.package else ""
        if manager not in _MANAGERS:
            continue
        for package in _find_requested(spec, installation):
            found.setdefault(package.location, _Found(package, installation))
    return found


def _find_requested(
    spec: PipRemovalSpec, installation: Installation
) -> Iterator[Package]:
    """Yield what pip installed into the package manager's directories; with ``shadowing``, what comes before them too."""
    roles = {site.path: site.role for site in installation.reading.site_directories}
    owned = {
        canonicalize_name(each.name) for each in installation.packages if each.owner
    }
    for package in installation.packages:
        project = canonicalize_name(package.name)
        role = roles.get(os.path.dirname(package.location), "")
        shadows = role == "local" and project in owned
        is_in_scope = role in ("distribution", "site") or (spec.shadowing and shadows)
        if is_in_scope and _is_installed_by_pip(package) and _is_named(spec, project):
            yield package


def _is_installed_by_pip(package: Package) -> bool:
    """Return whether pip or uv installed a distribution, perhaps over the files of a package."""
    if package.owner:
        return package.installer in _INSTALLERS
    return package.origin in _ORIGINS


def _is_named(spec: PipRemovalSpec, project: str) -> bool:
    if project in spec.keep:
        return False
    return not spec.names or project in spec.names


def _is_written_by_pip(row: PipDistribution) -> bool:
    """Return whether pip installed the very version that a package ships, over its files.

    Some packages ship an INSTALLER that says pip, so that the text alone proves nothing.
    """
    installer = row.location + "/INSTALLER"
    return any(
        file.path == installer and not (file.owner[1] and file.intact)
        for file in row.files
    )


def _read_record(host: Host, found: _Found) -> PipDistribution:
    package = found.package
    directory = os.path.dirname(package.location)
    row = PipDistribution(
        name=package.name,
        version=package.version,
        location=package.location,
        directory=directory,
    )
    real = host.real(directory)
    if real is None:
        return row._replace(unknown="%s cannot be reached" % directory)
    data = host.content(package.location + "/RECORD", _RECORD_LIMIT)
    if data is None:
        return row._replace(unknown="it has no RECORD that could be read")
    prefix = found.installation.reading.prefix.rstrip("/")
    inside: List[RecordedFile] = []
    outside: List[str] = []
    rows = parse_record(data)
    if len(rows) > _FILES_LIMIT:
        return row._replace(unknown="its RECORD has more than %d files" % _FILES_LIMIT)
    for name, digest in rows:
        path = os.path.normpath(os.path.join(real, name))
        if not path.startswith(prefix + "/"):
            outside.append(path)
        elif host.lkind(path) in ("file", "link"):
            inside.append(RecordedFile(path, digest))
    files = {file.path: file for file in inside}
    return row._replace(
        directory=real, files=tuple(files.values()), outside=tuple(outside)
    )


def parse_record(data: bytes) -> Tuple[Tuple[str, str], ...]:
    """Return paths and digests of a RECORD, as written there (recording installed projects, PyPA specifications)."""
    lines = data.decode("utf-8", "surrogateescape").replace("\0", "").splitlines()
    try:
        rows = list(csv.reader(lines))
    except csv.Error:
        return ()
    return tuple((row[0], row[1] if row[1:] else "") for row in rows if row and row[0])


def directories_of(row: PipDistribution) -> Iterator[str]:
    """Yield the directories of its files below the site directory."""
    for file in row.files:
        parent = os.path.dirname(file.path)
        while parent.startswith(row.directory + "/"):
            yield parent
            parent = os.path.dirname(parent)


def _add_owners(
    host: Host, row: PipDistribution, found: _Found, ownership: Ownership
) -> PipDistribution:
    """Add who owns each file, and why that is not known."""
    if row.unknown:
        return row
    unread = find_unknown(ownership, [file.path for file in row.files])
    if unread:
        return row._replace(
            unknown="the owner of its files is not known: %s: %s" % unread[0]
        )
    files = []
    for file in row.files:
        owner = ownership.owners.get(file.path)
        if owner is None:
            files.append(file)
        else:
            identity = (owner.manager, owner.package, owner.version)
            files.append(file._replace(owner=identity, intact=is_intact(host, owner)))
    foreign = [file.path for file in files if _is_foreign(host, row, file)]
    return row._replace(
        files=tuple(files),
        foreign=tuple(foreign),
        overwrites=_overwritten(found, ownership),
    )


def _is_foreign(host: Host, row: PipDistribution, file: RecordedFile) -> bool:
    """Return whether a recorded path is somebody else's file.

    pip takes the rows of a wheel's own RECORD over, whatever they name, and an administrator may have put another file
    in the place of a script. Beside the site directory pip records the digest of each file that it installs.
    """
    if file.owner[1] or file.path.startswith(row.directory + "/"):
        return False
    algorithm, _equals, recorded = file.digest.partition("=")
    if algorithm not in _DIGESTS or not recorded or host.lkind(file.path) != "file":
        return True
    unreadable = ""
    content = partial(_digest_of, host, file.path, algorithm)
    found = bytes.fromhex(host.bounded(file.path, content, unreadable))
    return base64.urlsafe_b64encode(found).decode().rstrip("=") != recorded


def _overwritten(found: _Found, ownership: Ownership) -> Tuple[str, str, str]:
    """Return the package of the same project that the distribution lies over, with the version that is installed."""
    name = found.package.overwrites
    owner = found.installation.package
    if not name or owner is None:
        return ("", "", "")
    version = ownership.installed.get(name, "") or _version_of(name, ownership.owners)
    return (owner.manager, name, version)


def _version_of(package: str, owners: Mapping[str, Owner]) -> str:
    return next(
        (owner.version for owner in owners.values() if owner.package == package), ""
    )


def is_intact(host: Host, owner: Owner) -> bool:
    """Return whether a path is there, and has the digest that its package records, where that records one."""
    if owner.link:
        return host.readlink(owner.path) == owner.link
    if host.lkind(owner.path) != "file":
        return False
    algorithm, digest = owner.digest
    if not digest:
        return True
    unreadable = ""
    content = partial(_digest_of, host, owner.path, algorithm)
    return host.bounded(owner.path, content, unreadable) == digest.lower()


def _digest_of(host: Host, path: str, algorithm: str) -> str:
    return hashlib.new(algorithm, host.content(path, _CONTENT_LIMIT) or b"").hexdigest()


def are_restored(host: Host, paths: Sequence[str]) -> bool:
    """Return whether all of these paths are again as their packages ship them."""
    ownership = read_ownership(host, paths, (), "package_managers")
    owners = [ownership.owners.get(path) for path in paths]
    return all(owner is not None and is_intact(host, owner) for owner in owners)
