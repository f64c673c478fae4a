# SPDX-License-Identifier: GPL-3.0-or-later
"""dpkg's database: the package whose list has a path, md5 sums, diversions and the rules that leave files out."""

from __future__ import annotations

import os
import re
from typing import Iterator

from ..._host.host import MIB, Host
from ..._host.record import NamedTuple
from ..model import Diversion, Exclusion
from .chunks import iterate_parts
from .dpkg_status import DpkgStatus
from .ownership_query import OwnershipAnswer

_ADMIN = "/var/lib/dpkg"
_STATUS_LIMIT = 32 * MIB  # a KiB for each package; Debian has 65,000
_LIST_LIMIT = 16 * MIB  # 200,000 paths
_DIVERSIONS_LIMIT = 4 * MIB
_OPTION = re.compile(r"path-(in|ex)clude(?:[^A-Za-z0-9-]=?[ \t]*)(.+)")
_CONFIG_NAME = re.compile(r"[A-Za-z0-9_-]+")
_MINOR = re.compile(r"/python(\d\.\d+)")
_MD5 = re.compile(rb"[0-9a-f]{32}")
_MD5_WIDTH = 32
_METADATA = (b".dist-info", b".egg-info", b"/METADATA", b"/PKG-INFO")
_METADATA_SUFFIXES = (".dist-info", ".egg-info")

_ORDINARY = (
    "python",
    "pypy",
    "lib",
)  # how names begin that say nothing of which package it is
_NO_PACKAGES = (
    "/home/",
    "/root/",
    "/tmp/",
)  # users' own (Filesystem Hierarchy Standard): not worth a search


def read_dpkg(host: Host, answer: OwnershipAnswer) -> None:
    """Answer as ``dpkg-query --search`` does, but a package that diverts a path is its owner."""
    answer.diversions = parse_diversions(
        host.text(_ADMIN + "/diversions", _DIVERSIONS_LIMIT) or ""
    )
    answer.set_exclusions(host, _exclusions(host))
    is_whole = host.kind(_ADMIN + "/status") == "file"
    directory = _ADMIN + ("/info" if is_whole else "/status.d")
    if is_whole:
        status = DpkgStatus(host.read(_ADMIN + "/status", _STATUS_LIMIT))
    else:  # a distroless image: an entry for each package, and md5 sums that serve as its list
        entries = [
            files.get("")
            for name, files in host.read_all(directory, ("",))
            if not name.endswith(".md5sums")
        ]
        status = DpkgStatus(b"\n\n".join(filter(None, entries)))
    for package in answer.query.packages:
        version = status.version(package, wholly_installed=is_whole)
        if version:
            answer.add_installed(package, version)
    _Search(host, answer, status, directory).answer()


class _Listed(NamedTuple):
    """A path in the list of a package."""

    stem: str  # package[:architecture]
    spelling: bytes


class _Search:
    """Finds the lists that name each queried path."""

    def __init__(
        self, host: Host, answer: OwnershipAnswer, status: DpkgStatus, directory: str
    ) -> None:
        self._host = host
        self._answer = answer
        self._status = status
        self._directory = directory
        # The md5 sums of a distroless image have no slash before their paths.
        self._has_lists = directory.endswith("info")
        self._found: dict[str, list[_Listed]] = {}

    def answer(self) -> None:
        """Answer each queried path that a list names, the package that diverts it before others."""
        self._search()
        diverters: dict[str, list[str]] = {}
        for diversion in self._answer.diversions:
            diverters.setdefault(diversion.path, []).append(diversion.by)
        by_stem: dict[str, list[bytes]] = {}
        for path, lists in self._found.items():
            packages = diverters.get(path, ())
            listed = next(
                (each for each in lists if _package_of(each.stem) in packages), lists[0]
            )
            by_stem.setdefault(listed.stem, []).append(listed.spelling)
        for stem, spellings in by_stem.items():
            self._add_owners(stem, spellings)

    def _add_owners(self, stem: str, spellings: list[bytes]) -> None:
        # Metadata of distributions is queried by the hundred, and nothing needs its digest.
        digested = [
            spelling for spelling in spellings if not spelling.endswith(_METADATA)
        ]
        sums = (
            self._host.content(f"{self._directory}/{stem}.md5sums", _LIST_LIMIT)
            if digested
            else None
        )
        version = self._status.version(stem)
        for spelling in spellings:
            digest = (
                find_md5(sums, spelling) if sums and spelling in digested else ("", "")
            )
            self._answer.add_owner(spelling, _package_of(stem), version, digest)

    def _search(self) -> None:
        """Read likely lists first, and all of them while some path has no answer."""
        host = self._host
        paths = {
            path
            for path in self._answer.query.canonical.values()
            if not path.startswith(_NO_PACKAGES)
        }
        diverted = {diversion.path for diversion in self._answer.diversions}
        suffix = ".list" if self._has_lists else ".md5sums"
        for guess in (self._stems_by_habit, self._stems_by_directory):
            for stem in guess(paths - self._found.keys()):
                self._match(
                    stem,
                    host.content(f"{self._directory}/{stem}{suffix}", _LIST_LIMIT)
                    or b"",
                )
        absent = {
            path
            for path in paths
            if self._ships_library_of(path) and not host.lkind(path)
        }
        if paths - absent <= self._found.keys() - diverted:
            return
        self._found.clear()
        for name, files in host.read_all(self._directory, (suffix,), limit=_LIST_LIMIT):
            self._answer.unread += files.get("") is None
            self._match(name[: -len(suffix)], files.get("") or b"")

    def _ships_library_of(self, path: str) -> bool:
        """Return whether the library beside a marker has an owner: that one would ship the marker, too."""
        return f"{os.path.dirname(path)}/os.py" in self._found

    def _match(self, stem: str, data: bytes) -> None:
        query = self._answer.query
        if not query.may_match(data):
            return
        spellings = (
            query.matches_in(data)
            if self._has_lists
            else query.matches(_paths_of_sums(data))
        )
        for spelling in spellings:
            self._found.setdefault(query.spellings[spelling], []).append(
                _Listed(stem, spelling)
            )

    def _stems_by_habit(self, _paths: set[str]) -> Iterator[str]:
        """Yield the lists that by Debian's habit hold the answers; a wrong guess costs one look-up."""
        names = {"python3-minimal": None}
        for path in self._answer.query.canonical.values():
            stem, suffix = os.path.splitext(os.path.basename(path))
            minor = _MINOR.search(path)
            if suffix in _METADATA_SUFFIXES:
                names["python3-" + stem.partition("-")[0].lower().replace("_", "-")] = (
                    None
                )
            elif minor:
                patterns = (
                    "libpython%s-stdlib",
                    "libpython%s-minimal",
                    "python%s-minimal",
                )
                names.update(
                    dict.fromkeys(pattern % minor.group(1) for pattern in patterns)
                )
        yield from self._status.stems(names)

    def _stems_by_directory(self, paths: set[str]) -> Iterator[str]:
        """Yield the lists of packages that begin as a directory on the way does: google-cloud-sdk, google-cloud-cli."""
        words = {
            part.partition("-")[0] for path in paths for part in path.split("/")[1:-1]
        }
        starts = tuple(
            word for word in words if len(word) > 3 and not word.startswith(_ORDINARY)
        )
        yield from self._status.stems(
            name for name in self._status.packages() if name.startswith(starts)
        )


def _package_of(stem: str) -> str:
    return stem.partition(":")[0]


def _paths_of_sums(data: bytes) -> Iterator[bytes]:
    """Yield the absolute path of each line of an md5sums file."""
    for line in iterate_parts(data, b"\n"):
        yield b"/" + line[_MD5_WIDTH + 2 :]


def find_md5(sums: bytes, spelling: bytes) -> tuple[str, str]:
    """Return a path's digest in an md5sums file (deb-md5sums(5)); empty where it has none."""
    at = sums.find(b"  " + spelling[1:] + b"\n")
    if at < 0 and sums.endswith(b"  " + spelling[1:]):
        at = len(sums) - len(spelling) - 1
    digest = sums[at - _MD5_WIDTH : at] if at >= _MD5_WIDTH else b""
    return ("md5", digest.decode()) if _MD5.fullmatch(digest) else ("", "")


def parse_diversions(text: str) -> tuple[Diversion, ...]:
    """Parse the diversions file: three lines each, from, to, and a package or ``:`` for the administrator."""
    lines = text.split("\n")
    found = []
    for at in range(0, len(lines) - 2, 3):
        found.append(
            Diversion(path=lines[at], to=lines[at + 1], by=lines[at + 2].lstrip(":"))
        )
    return tuple(found)


def _exclusions(host: Host) -> Iterator[Exclusion]:
    """Yield the rules of dpkg's configuration in its own order (lib/dpkg/options.c): the directory, then the file."""
    directory = "/etc/dpkg/dpkg.cfg.d"
    paths = [
        f"{directory}/{entry.name}"
        for entry in host.list(directory, _CONFIG_NAME.fullmatch)
    ]
    for path in [*paths, "/etc/dpkg/dpkg.cfg"]:
        yield from parse_options(host.text(path) or "", path)


def parse_options(text: str, source: str) -> Iterator[Exclusion]:
    """Yield path-exclude and path-include of a dpkg.cfg; of those that fit a path, the last one counts."""
    for line in text.split("\n"):
        option = _OPTION.fullmatch(line)
        if option:
            pattern = option.group(2)
            is_quoted = (
                len(pattern) > 1 and pattern[0] == pattern[-1] and pattern[0] in "'\""
            )
            if is_quoted:
                pattern = pattern[1:-1]
            yield Exclusion(
                pattern=pattern, excluded=option.group(1) == "ex", source=source
            )
