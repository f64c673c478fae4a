# SPDX-License-Identifier: GPL-3.0-or-later
"""dpkg's database: which package's list names a path, md5 sums, diversions and the rules that leave files out."""

from __future__ import annotations

import os
import re
from typing import Iterable, Iterator

from ..._host.host import MIB, Host
from ..model import Diversion, Exclusion
from .ownership import Answers

_ADMIN = "/var/lib/dpkg"
_LIMIT = 64 * MIB
_OPTION = re.compile(r"path-(in|ex)clude(?:[^A-Za-z0-9-]=?[ \t]*)(.+)")
_MINOR = re.compile(r"/python(\d\.\d+)")
_DISTRIBUTION = re.compile(r"/([^/-]+)-[^/]*\.(?:dist|egg)-info$")
_METADATA = (b".dist-info", b".egg-info", b"/METADATA", b"/PKG-INFO")
# In these states all files are in place and set up, whatever is wanted of the package: it may be on hold (dpkg(1)).
_WHOLE = ("ok installed", "ok triggers-awaited", "ok triggers-pending")

_ORDINARY = ("python", "pypy", "lib")  # how names begin that say nothing of which package it is
_NO_PACKAGES = ("/home/", "/root/", "/tmp/")  # users' own (Filesystem Hierarchy Standard): not worth a search


def read_dpkg(host: Host, answers: Answers) -> None:
    """Answer as ``dpkg-query --search`` does, but a package that diverts a path is its owner."""
    answers.diversions = parse_diversions(host.text(_ADMIN + "/diversions", _LIMIT) or "")
    answers.exclusions = tuple(_exclusions(host))
    whole = host.kind(_ADMIN + "/status") == "file"
    directory = _ADMIN + ("/info" if whole else "/status.d")
    if whole:
        status = _Status(host.read(_ADMIN + "/status", _LIMIT))
    else:  # a distroless image: an entry for each package, and md5 sums that serve as its list
        entries = [files.get("") for name, files in host.read_all(directory, ("",)) if not name.endswith(".md5sums")]
        status = _Status(b"\n\n".join(filter(None, entries)))
    for package in answers.asked.packages:
        answers.has(package, status.version(package, wholly_installed=whole))
    answers.installed = {name: version for name, version in answers.installed.items() if version}
    for path, lists in _search(host, answers, status, directory).items():
        diverters = [diversion.by for diversion in answers.diversions if diversion.path == path]
        stem, spelling = next((each for each in lists if each[0].partition(":")[0] in diverters), lists[0])
        # Metadata of distributions is asked by the hundred, and its digest by nobody.
        sums = b"" if spelling.endswith(_METADATA) else host.content(f"{directory}/{stem}.md5sums", _LIMIT) or b""
        answers.ships(spelling, stem.partition(":")[0], status.version(stem), find_md5(sums, spelling))


def _search(host: Host, answers: Answers, status: _Status, directory: str) -> dict[str, list[tuple[str, bytes]]]:
    """Find the lists (``package[:architecture]``) that name each path: likely ones first, all while some are open."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    asked = answers.asked
    suffix, width = (".list", 0) if directory.endswith("info") else (".md5sums", 33)

    def look(stem: str, data: bytes) -> None:
        if asked.concern(data):
            lines = [b"/" + line[width + 1 :] for line in data.split(b"\n")] if width else data.split(b"\n")
            for spelling in asked.among(lines):
                found.setdefault(asked.spellings[spelling], []).append((stem, spelling))

    questions = {path for path in asked.canonical.values() if not path.startswith(_NO_PACKAGES)}
    diverted = {diversion.path for diversion in answers.diversions}
    for guess in (_likely, _alike):
        for stem in guess(answers, status, questions - found.keys()):
            look(stem, host.content(f"{directory}/{stem}{suffix}", _LIMIT) or b"")
    # A marker that is not there is no reason to read on: who ships the library beside it would ship it, too.
    absent = {path for path in questions if f"{os.path.dirname(path)}/os.py" in found and not host.lkind(path)}
    if not questions - absent <= found.keys() - diverted:
        found.clear()
        for name, files in host.read_all(directory, (suffix,), limit=_LIMIT):
            answers.unread += files.get("") is None
            look(name[: -len(suffix)], files.get("") or b"")
    return found


def _likely(answers: Answers, status: _Status, questions: set[str]) -> Iterator[str]:
    """Name the lists that by Debian's habit hold the answers; a wrong guess costs one look-up."""
    names = {"python3-minimal": None}
    for path in answers.asked.canonical.values():
        distribution, minor = _DISTRIBUTION.search(path), _MINOR.search(path)
        if distribution:
            names["python3-" + distribution.group(1).lower().replace("_", "-")] = None
        elif minor:
            patterns = ("libpython%s-stdlib", "libpython%s-minimal", "python%s-minimal")
            names.update(dict.fromkeys(pattern % minor.group(1) for pattern in patterns))
    yield from status.stems(names)


def _alike(_answers: Answers, status: _Status, questions: set[str]) -> Iterator[str]:
    """Name the lists of packages that begin as a directory on the way does: google-cloud-sdk, google-cloud-cli."""
    words = {part.partition("-")[0] for path in questions for part in path.split("/")[1:-1]}
    starts = tuple(word for word in words if len(word) > 3 and not word.startswith(_ORDINARY))
    yield from status.stems(name for name in status.packages() if name.startswith(starts))


class _Status:
    """The status file, of which only the entries asked for are taken apart."""

    def __init__(self, data: bytes) -> None:
        self._text = "\n" + os.fsdecode(data)
        self._places: dict[str, list[int]] = {}
        for found in re.finditer(r"\nPackage: ([^\n]*)", self._text):
            self._places.setdefault(found.group(1), []).append(found.start() + 1)

    def entries(self, package: str) -> Iterator[dict[str, str]]:
        for start in self._places.get(package, ()):
            end = self._text.find("\n\n", start)
            lines = self._text[start : end if end >= 0 else None].split("\n")
            yield {name: value.strip() for name, _colon, value in (line.partition(":") for line in lines)}

    def packages(self) -> Iterable[str]:
        return self._places

    def stems(self, packages: Iterable[str]) -> Iterator[str]:
        """Name the files of packages, as far as they are in the status file."""
        for name in packages:
            for fields in self.entries(name):
                yield f"{name}:{fields.get('Architecture')}" if fields.get("Multi-Arch") == "same" else name

    def version(self, stem: str, wholly_installed: bool = False) -> str:
        package, _colon, architecture = stem.partition(":")
        for fields in self.entries(package):
            state = fields.get("Status", "").partition(" ")[2]
            if architecture in ("", fields.get("Architecture")) and (state in _WHOLE or not wholly_installed):
                return fields.get("Version", "")
        return ""


def find_md5(sums: bytes, spelling: bytes) -> tuple[str, str]:
    """Find a path's digest in an md5sums file (deb-md5sums(5)); empty where it has none."""
    at = sums.find(b"  " + spelling[1:] + b"\n")
    if at < 0 and sums.endswith(b"  " + spelling[1:]):
        at = len(sums) - len(spelling) - 1
    digest = sums[max(at, 32) - 32 : max(at, 0)]
    return ("md5", digest.decode()) if re.fullmatch(rb"[0-9a-f]{32}", digest) else ("", "")


def parse_diversions(text: str) -> tuple[Diversion, ...]:
    """Read the diversions file: three lines each, from, to, and a package or ``:`` for the administrator."""
    lines = text.split("\n")
    return tuple(Diversion(lines[at], lines[at + 1], lines[at + 2].lstrip(":")) for at in range(0, len(lines) - 2, 3))


def _exclusions(host: Host) -> Iterator[Exclusion]:
    """Read dpkg's configuration in dpkg's own order (lib/dpkg/options.c): the directory, then the file."""
    directory = "/etc/dpkg/dpkg.cfg.d"
    names = [entry.name for entry in host.list(directory) if re.fullmatch(r"[A-Za-z0-9_-]+", entry.name)]
    for path in [f"{directory}/{name}" for name in names] + ["/etc/dpkg/dpkg.cfg"]:
        yield from parse_options(host.text(path) or "", path)


def parse_options(text: str, source: str) -> Iterator[Exclusion]:
    """Read path-exclude and path-include of a dpkg.cfg; of those that fit a path, the last one counts."""
    for option in filter(None, map(_OPTION.fullmatch, text.split("\n"))):
        pattern = option.group(2)
        quoted = len(pattern) > 1 and pattern[0] == pattern[-1] and pattern[0] in "'\""
        yield Exclusion(pattern[1:-1] if quoted else pattern, option.group(1) == "ex", source)
