# SPDX-License-Identifier: GPL-3.0-or-later
"""rpm's database: SQLite read as a file, and for its other formats, where that is allowed, one call of rpm.

SQLite never opens the database itself for writing: it would leave locks and a ``-shm`` file. On the live host, with an
empty write-ahead log, the file is opened ``immutable``, which reads a few pages of what may be 200 MB, and its stamp
must be the same afterwards; else file and log are copied to a private directory first.
"""

from __future__ import annotations

import os
import struct
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

from ..._host.host import MIB, Host, Missing, Unreadable
from .ownership import Answers

if TYPE_CHECKING:
    import sqlite3

_DIRECTORIES = ("/usr/lib/sysimage/rpm", "/var/lib/rpm")
_FORMATS = {"rpmdb.sqlite": "SQLite", "Packages.db": "ndb", "Packages": "BerkeleyDB"}
_STEPS = 50_000_000  # of SQLite's machine in one query, which takes some hundreds
_PACKAGES = "SELECT p.blob FROM {} JOIN Packages p ON p.hnum = t.hnum WHERE t.key = ?"
_NAMES = _PACKAGES.format("Name t")
_FILES = _PACKAGES.format("Basenames t JOIN Dirnames d ON d.hnum = t.hnum") + " AND d.key = ?"
# Tags (rpm include/rpm/rpmtag.h): of strings, then of integers.
_TEXTS = _NAME, _VERSION, _RELEASE, _DIGESTS, _LINKS, _BASENAMES, _DIRNAMES = 1000, 1001, 1002, 1035, 1036, 1117, 1118
_NUMBERS = _EPOCH, _STATES, _INDEXES, _ALGORITHM = 1003, 1029, 1116, 5011
_INTEGERS = {1: "B", 2: "B", 3: "H", 4: "I"}  # types of values
_ALGORITHMS = {1: "md5", 2: "sha1", 8: "sha256", 9: "sha384", 10: "sha512"}  # OpenPGP's numbers (RFC 4880, 9.4)
_IN_PLACE = (0, 3)  # RPMFILE_IS_INSTALLED: others were left out at installation, or replaced by another package
_QUERY = (
    "--query --whatprovides --queryformat \x1e%{NAME}\x1f%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\x1f"
    "%{FILEDIGESTALGO}[\x1d%{FILENAMES}\x1f%{FILEDIGESTS}\x1f%{FILELINKTOS}\x1f%{FILESTATES}\n]\n"
)


def read_rpm(host: Host, answers: Answers) -> None:
    """Answer as ``rpm --query --file`` does; raises Unreadable where the database can't be read soundly."""
    places = [(f"{directory}/{name}", kind) for directory in _DIRECTORIES for name, kind in _FORMATS.items()]
    path, kind = next(((host.real(path) or path, kind) for path, kind in places if host.is_file(path)), ("", ""))
    if not path:
        raise Missing("rpm")
    try:
        if kind != "SQLite":
            raise Unreadable("format", f"{kind}, which only rpm reads")
        _read_sqlite(host, path, answers)
    except (Unreadable, ImportError) as exc:
        if answers.asked.execute not in ("package_managers", "trusted") or not host.can_run():
            raise Unreadable("database", f"{path}: {exc}") from exc
        _run_rpm(host, answers)


def _read_sqlite(host: Host, path: str, answers: Answers) -> None:
    import sqlite3

    stamp = _stamp(host, path)
    try:
        with ExitStack() as stack:
            if host.live and not stamp[1]:
                uri = "file:%s?immutable=1" % path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
            else:
                copied = [path, path + "-wal"] if stamp[1] else [path]
                uri = f"file:{stack.enter_context(host.private_copy(copied, 512 * MIB))}/{os.path.basename(path)}"
            _query(stack.enter_context(closing(sqlite3.connect(uri, uri=True))), answers)
    except (sqlite3.Error, ValueError) as exc:
        raise Unreadable("malformed", f"cannot be read: {exc}") from exc
    if stamp != _stamp(host, path):
        raise Unreadable("changing", "was changed while it was read")


def _stamp(host: Host, path: str) -> list[object]:
    states = [host.lstat(path), host.lstat(path + "-wal")]
    return [state and state.st_size and (state.st_ino, state.st_size, state.st_mtime_ns) for state in states]


def _query(connection: sqlite3.Connection, answers: Answers) -> None:
    connection.set_progress_handler(lambda: 1, _STEPS)
    if connection.execute("SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index')").fetchone():
        raise ValueError("it holds more than the tables of an rpm database")
    for spelling in answers.asked.spellings:
        directory, _slash, name = os.fsdecode(spelling).rpartition("/")
        if (directory + name).isprintable():  # SQLite takes no undecodable text
            for (blob,) in connection.execute(_FILES, (name, directory + "/")):
                answer(blob, spelling, answers)
    for package in answers.asked.packages:
        for (blob,) in connection.execute(_NAMES, (package,)):
            answers.has(package, _version(parse_header(blob)))


def parse_header(blob: bytes) -> dict[int, list[Any]]:
    """Read the record of one package (rpm lib/header.c): an index of tags over a store of values, strings or integers.

    What is malformed reads as not there.
    """
    start = 8 + 16 * int.from_bytes(blob[:4], "big")
    store = blob[start:]
    values: dict[int, list[Any]] = {}
    for tag, kind, offset, count in struct.iter_unpack(">IIII", blob[8:start]) if start <= len(blob) else ():
        layout = f">{min(count, len(store))}{_INTEGERS.get(kind, 'x')}"
        if not 0 < count <= len(store):
            continue
        if kind in (6, 8, 9) and tag in _TEXTS:
            values[tag] = os.fsdecode(b"\0".join(store[offset:].split(b"\0", count)[:count])).split("\0")
        elif kind in _INTEGERS and tag in _NUMBERS and offset + struct.calcsize(layout) <= len(store):
            values[tag] = list(struct.unpack_from(layout, store, offset))
    return values


def _version(header: dict[int, list[Any]]) -> str:
    epoch, version, release = ("".join(map(str, header.get(tag, [])[:1])) for tag in (_EPOCH, _VERSION, _RELEASE))
    return f"{epoch}:{version}-{release}" if epoch else f"{version}-{release}"


def answer(blob: bytes, spelling: bytes, answers: Answers) -> None:
    """Say that a package ships a path, where it is one of its files and was put in place."""
    header = parse_header(blob)
    directory, _slash, name = os.fsdecode(spelling).rpartition("/")
    directories, states = header.get(_DIRNAMES, []), header.get(_STATES, [])
    for at, (index, each) in enumerate(zip(header.get(_INDEXES, []), header.get(_BASENAMES, []))):
        in_place = at >= len(states) or states[at] in _IN_PLACE
        if each == name and directories[index : index + 1] == [directory + "/"] and in_place:
            digest, link = ("".join(header.get(tag, [])[at : at + 1]) for tag in (_DIGESTS, _LINKS))
            algorithm = _ALGORITHMS.get(header.get(_ALGORITHM, [1])[0], "") if digest else ""
            answers.ships(spelling, "".join(header.get(_NAME, [])), _version(header), (algorithm, digest), link)


def _run_rpm(host: Host, answers: Answers) -> None:
    """Ask rpm itself, once for everything: ``--whatprovides`` takes paths and names alike (rpm lib/query.c)."""
    from .trust import TrustReader

    rpm = host.real("/usr/bin/rpm") or ""
    if not rpm or not TrustReader(host).judge([rpm]).trusted:
        raise Unreadable("not-run", "rpm is not there, or others can write to it, so it is not run")
    asked = [*map(os.fsdecode, answers.asked.spellings), *answers.asked.packages]
    status, output, errors = host.run([rpm, *_QUERY.split(" "), *asked], 60.0)
    if status < 0 or (not output and errors):
        raise Unreadable("failed", "rpm failed: " + errors[:200].decode("utf-8", "replace").strip())
    parse_answer(output, answers)


def parse_answer(output: bytes, answers: Answers) -> None:
    """Read what rpm prints for ``_QUERY``: packages with all their files, among lines for what nobody owns."""
    for record in set(output.split(b"\x1e")[1:]):
        head, *files = os.fsdecode(record).split("\x1d")
        name, version, number = [*head.strip("\n").split("\x1f"), "", ""][:3]
        answers.has(name, version)
        algorithm = _ALGORITHMS.get(int(number), "") if number.isdecimal() else "md5"
        for spelling, digest, link, state in (file.split("\x1f") for file in files if file.count("\x1f") == 3):
            if state.split("\n")[0] in map(str, _IN_PLACE):
                answers.ships(os.fsencode(spelling), name, version, (algorithm if digest else "", digest), link)
