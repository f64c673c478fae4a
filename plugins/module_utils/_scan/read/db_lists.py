# SPDX-License-Identifier: GPL-3.0-or-later
"""Package databases that are plain lists of files: pacman's, apk's, Portage's, XBPS's and Conda's."""

from __future__ import annotations

import binascii
import json
import os
import re
import zlib
from typing import Any, Callable, Iterator, Mapping

from ..._host.host import MIB, Host
from ..model import Exclusion
from .ownership import Answers

_LIMIT = 32 * MIB
_PACMAN = "/var/lib/pacman/local"
_INCLUDES = 10  # as deep as pacman follows Include (src/pacman/ini.c)
_APK = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")
_ALGORITHMS = {20: "sha1", 32: "sha256"}  # by the bytes of the digest
_CONTENTS = re.compile(rb"(?m)^(?:obj (.+) ([0-9a-f]{32}) \d+|sym (.+?) -> (.+) \d+|dir (.+))$")
_XBPS = "/var/db/xbps"
_XBPS_FILE = re.compile(rb"<key>file</key>\s*<string>([^<]+)</string>(.*?)</dict>", re.DOTALL)
_XBPS_SHA256 = re.compile(rb"<key>sha256</key>\s*<string>(\w{64})</string>")


def read_pacman(host: Host, answers: Answers) -> None:
    """Answer as ``pacman -Qo`` does, with the checksum or the link's target that the package's mtree records."""
    for name, files in host.read_all(_PACMAN, ("",), ("files",), _LIMIT):
        answers.unread += None in files.values()
        package, *version = name.rsplit("-", 2)  # as libalpm does (_alpm_splitname)
        answers.has(package, "-".join(version))
        data = files.get("files")
        if data and answers.asked.concern(data):
            found = answers.asked.among(b"/" + line.rstrip(b"/") for line in data.split(b"\n"))
            mtree = _unpack(host.content(f"{_PACMAN}/{name}/mtree", _LIMIT) or b"") if found else b""
            for spelling in found:
                answers.ships(spelling, package, "-".join(version), *find_entry(mtree, spelling))
    answers.exclusions = tuple(_no_extract(host, "/etc/pacman.conf"))


def _unpack(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(data, 2 * _LIMIT)
    except zlib.error:
        return b""


def find_entry(mtree: bytes, spelling: bytes) -> tuple[tuple[str, str], str]:
    """Find a path in an mtree(5): its SHA-256 digest, and a link's target; nothing where it is not there."""
    found = re.search(rb"(?m)^\." + re.escape(spelling.replace(b" ", rb"\040")) + rb" (.*)$", mtree)
    values = dict(word.partition("=")[::2] for word in os.fsdecode(found.group(1)).split(" ")) if found else {}
    digest = values.get("sha256digest", "")
    return ("sha256" if digest else "", digest), values.get("link", "").replace(r"\040", " ")


def _no_extract(host: Host, path: str, depth: int = 0) -> Iterator[Exclusion]:
    for key, value in parse_options(host.text(path) or ""):
        if key == "Include" and depth < _INCLUDES and value.startswith("/"):
            for included in sorted(host.glob(value)):
                yield from _no_extract(host, included, depth + 1)
        elif key == "NoExtract":
            for word in value.split():
                yield Exclusion("/" + word.lstrip("!/"), not word.startswith("!"), path)


def parse_options(text: str) -> Iterator[tuple[str, str]]:
    """Read the [options] of pacman.conf(5); an included file goes on in the section that includes it."""
    section = "[options]"
    for line in map(str.strip, text.split("\n")):
        section = line if line.startswith("[") else section
        if section == "[options]" and not line.startswith(("#", "[")):
            key, _equals, value = line.partition("=")
            yield key.strip(), value.strip()


def read_apk(host: Host, answers: Answers) -> None:
    """Answer from the installed database: records of P: name, V: version and files."""
    for record in host.read(next(filter(host.kind, _APK)), _LIMIT).split(b"\n\n"):
        fields = {line[:2]: os.fsdecode(line[2:]) for line in reversed(record.split(b"\n"))}
        package, version = fields.get(b"P:", ""), fields.get(b"V:", "")
        answers.has(package, version)
        for spelling, checksum in parse_files(record) if answers.asked.concern(record) else ():
            answers.ships(spelling, package, version, parse_checksum(checksum))


def parse_files(record: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give the directories (F:) and files (R:) of a record with their checksums (Z:)."""
    directory = name = checksum = b""
    for line in [*record.split(b"\n"), b"F:"]:
        kind, value = line[:2], line[2:]
        if kind in (b"F:", b"R:"):
            if name:
                yield name, checksum
            directory = b"/" + value if kind == b"F:" else directory
            name, checksum = (directory if kind == b"F:" else directory.rstrip(b"/") + b"/" + value), b""
        elif kind == b"Z:":
            checksum = value


def parse_checksum(value: bytes) -> tuple[str, str]:
    """Read Q1 or Q2 with base64; apk 3 splits SHA-256 after 20 bytes, each part in base64 (apk_blob_pull_digest)."""
    try:
        digest = binascii.a2b_base64(value[2:30]) + binascii.a2b_base64(value[30:]) if value[:1] == b"Q" else b""
    except ValueError:
        return "", ""
    algorithm = _ALGORITHMS.get(len(digest), "")
    return algorithm, digest.hex() if algorithm else ""


def read_portage(host: Host, answers: Answers) -> None:
    """Answer from every package's CONTENTS (portage(5)): obj path md5 time, sym path -> target time, dir path."""
    for category in host.list("/var/db/pkg"):
        for name, files in host.read_all(f"/var/db/pkg/{category.name}", ("",), ("CONTENTS",), _LIMIT):
            answers.unread += None in files.values()
            package, version, *_more = [*re.split(r"-(?=\d[^-]*(?:-r\d+)?$)", name, maxsplit=1), ""]
            answers.has(f"{category.name}/{package}", version)
            data = files.get("CONTENTS") or b""
            for path, digest, link, target, directory in _CONTENTS.findall(data) if answers.asked.concern(data) else ():
                known = ("md5" if digest else "", digest.decode())
                answers.ships(
                    path or link or directory, f"{category.name}/{package}", version, known, os.fsdecode(target)
                )


def read_xbps(host: Host, answers: Answers) -> None:
    """Answer from the property lists of files; versions are in that of all packages (pkgver: name-version)."""
    database = host.text(_XBPS + "/pkgdb-0.38.plist", _LIMIT) or ""
    versions = dict(re.findall(r"<key>pkgver</key>\s*<string>([^<]+)-([^-<]+)</string>", database))
    for package, version in versions.items():
        answers.has(package, version)
    for name, files in host.read_all(_XBPS, ("-files.plist",), limit=_LIMIT):
        data, package = files.get(""), name[1 : -len("-files.plist")]
        answers.unread += data is None
        for path, rest in _XBPS_FILE.findall(data) if data and answers.asked.concern(data) else ():
            digest = "".join(map(bytes.decode, _XBPS_SHA256.findall(rest)))
            answers.ships(path, package, versions.get(package, ""), ("sha256" if digest else "", digest))


def read_conda(host: Host, answers: Answers, prefixes: Mapping[str, Mapping[bytes, bytes]]) -> None:
    """Answer from conda-meta of each environment, given the paths below it, relative and whole."""
    for prefix, names in prefixes.items():
        for _name, files in host.read_all(prefix + "/conda-meta", (".json",), limit=_LIMIT):
            data = files.get("") or b""
            wanted = [name for name in names if b'"' + name + b'"' in data]
            package, version, digests = parse_record(data) if wanted else ("", "", {})
            answers.unread += not data or (bool(wanted) and not package)
            for name in wanted:
                digest = digests.get(os.fsdecode(name))
                if digest is not None:
                    answers.ships(names[name], package, version, ("sha256" if digest else "", digest))


def parse_record(data: bytes) -> tuple[str, str, dict[str, str]]:
    """Read a conda-meta record (conda/models/records.py PrefixRecord): name, version, sha256 ('' none) by path."""
    try:
        record: Any = json.loads(data)
        digests = dict.fromkeys(map(str, record["files"]), "")
        for entry in record.get("paths_data", {}).get("paths", ()):
            digest = entry.get("sha256_in_prefix") or entry.get("sha256") or ""
            digests[str(entry["_path"])] = "" if entry.get("path_type") == "softlink" else str(digest)
        return str(record["name"]), str(record["version"]), digests
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return "", "", {}


READERS: Mapping[str, Callable[[Host, Answers], None]] = {
    "pacman": read_pacman,
    "apk": read_apk,
    "portage": read_portage,
    "xbps": read_xbps,
}
