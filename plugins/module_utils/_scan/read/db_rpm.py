# SPDX-License-Identifier: GPL-3.0-or-later
"""rpm's database: SQLite read as a file, and for its other formats, where that is allowed, one call of rpm.

SQLite never opens the database itself for writing: it would leave locks and a ``-shm`` file. On the live host, with an
empty write-ahead log, the file is opened ``immutable``, which reads a few pages of what may be 200 MB, and its stamp
must be the same afterwards; else file and log are copied to a private directory first.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Iterator

from ..._host.host import MIB, Host, Missing, Unreadable
from .ownership_query import OwnershipAnswer
from .rpm_header import ALGORITHMS, IN_PLACE, RpmPackage, parse_package

if TYPE_CHECKING:
    import sqlite3

_DIRECTORIES = ("/usr/lib/sysimage/rpm", "/var/lib/rpm")
_FORMATS = {"rpmdb.sqlite": "SQLite", "Packages.db": "ndb", "Packages": "BerkeleyDB"}
_COPY_LIMIT = 512 * MIB
_HEADER_LIMIT = 32 * MIB  # of one package; those of kernels and firmware have 5 MiB
_STEPS = 5_000_000  # of SQLite's machine in one query, which takes some hundreds
_ROWS = 1000  # packages of one name, or with one path
_BY_NAME = f"SELECT hnum FROM Name WHERE key = ? LIMIT {_ROWS}"
_BY_FILE = (
    "SELECT t.hnum FROM Basenames t JOIN Dirnames d ON d.hnum = t.hnum"
    f" WHERE t.key = ? AND d.key = ? LIMIT {_ROWS}"
)
_HEADER = "SELECT blob FROM Packages WHERE hnum = ? AND typeof(blob) = 'blob' AND length(blob) <= ?"
_SCHEMA = "SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT 1000"
_SCHEMA_LIMIT = 2000  # characters of one statement
#: What an expression of SQL needs: a database with one in its schema would have SQLite evaluate it.
_EXPRESSION = re.compile(
    r"[^\w\s'\"`,()\[\]]|\b(?:as|check|default|collate|where|select|using|generated)\b",
    re.IGNORECASE,
)
_NESTED = re.compile(r"\([^()]*\(")
_QUERY = (
    "--query --whatprovides --queryformat \x1e%{NAME}\x1f%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\x1f"
    "%{FILEDIGESTALGO}[\x1d%{FILENAMES}\x1f%{FILEDIGESTS}\x1f%{FILELINKTOS}\x1f%{FILESTATES}\n]\n"
)


def read_rpm(host: Host, answer: OwnershipAnswer) -> None:
    """Answer as ``rpm --query --file`` does; raises Unreadable where the database can't be read soundly."""
    path, kind = _find_database(host)
    try:
        if kind != "SQLite":
            raise Unreadable("format", f"{kind}, which only rpm reads")
        _read_sqlite(host, path, answer)
    except (Unreadable, ImportError) as exc:
        if (
            answer.query.execute not in ("package_managers", "trusted")
            or not host.can_run()
        ):
            raise Unreadable("database", f"{path}: {exc}") from exc
        _run_rpm(host, answer)


def _find_database(host: Host) -> tuple[str, str]:
    """Return the path and the format of the database; raises Missing."""
    for directory in _DIRECTORIES:
        for name, kind in _FORMATS.items():
            path = f"{directory}/{name}"
            if host.is_file(path):
                return host.real(path) or path, kind
    raise Missing("rpm")


def _read_sqlite(host: Host, path: str, answer: OwnershipAnswer) -> None:
    import sqlite3

    stamp = _stamp(host, path)
    has_log = bool(stamp[1])
    try:
        with ExitStack() as stack:
            if host.live and not has_log:
                uri = "file:%s?immutable=1" % path.replace("%", "%25").replace(
                    "?", "%3f"
                ).replace("#", "%23")
            else:
                copied = [path, path + "-wal"] if has_log else [path]
                uri = f"file:{stack.enter_context(host.private_copy(copied, _COPY_LIMIT))}/{os.path.basename(path)}"
            _query(stack.enter_context(closing(sqlite3.connect(uri, uri=True))), answer)
    except (sqlite3.Error, ValueError) as exc:
        raise Unreadable("malformed", f"cannot be read: {exc}") from exc
    if stamp != _stamp(host, path):
        raise Unreadable("changing", "was changed while it was read")


def _stamp(host: Host, path: str) -> list[object]:
    """Return what tells that the database, or its log, was changed; a falsy part for a file that is not there."""
    found: list[object] = []
    for each in (path, path + "-wal"):
        info = host.lstat(each)
        found.append(
            info and info.st_size and (info.st_ino, info.st_size, info.st_mtime_ns)
        )
    return found


def _query(connection: sqlite3.Connection, answer: OwnershipAnswer) -> None:
    connection.set_progress_handler(lambda: 1, _STEPS)
    validate_schema(connection.execute(_SCHEMA))
    spellings: dict[int, list[bytes]] = {}
    for spelling in answer.query.spellings:
        directory, _slash, name = os.fsdecode(spelling).rpartition("/")
        if (directory + name).isprintable():  # SQLite takes no undecodable text
            for number in _numbers(connection, _BY_FILE, (name, directory + "/")):
                spellings.setdefault(number, []).append(spelling)
    for number, wanted in spellings.items():
        package = _read_package(connection, number)
        for spelling in wanted:
            add_owner(answer, package, spelling)
    for name in answer.query.packages:
        for number in _numbers(connection, _BY_NAME, (name,)):
            answer.add_installed(name, _read_package(connection, number).version)


def validate_schema(statements: Iterator[tuple[str, str]]) -> None:
    """Raise ValueError unless a schema has plain tables and indexes alone, as rpm makes them: nothing to evaluate."""
    for kind, sql in statements:
        is_plain = (
            kind in ("table", "index")
            and isinstance(sql, str)
            and len(sql) <= _SCHEMA_LIMIT
        )
        if (
            not is_plain
            or _EXPRESSION.search(sql)
            or (kind == "index" and _NESTED.search(sql))
        ):
            raise ValueError("it holds more than the tables of an rpm database")


def _numbers(
    connection: sqlite3.Connection, statement: str, values: tuple[str, ...]
) -> set[int]:
    return {number for (number,) in connection.execute(statement, values)}


def _read_package(connection: sqlite3.Connection, number: int) -> RpmPackage:
    row = connection.execute(_HEADER, (number, _HEADER_LIMIT)).fetchone()
    if row is None:
        raise ValueError("a package's header is missing, malformed or too large")
    return parse_package(row[0])


def add_owner(answer: OwnershipAnswer, package: RpmPackage, spelling: bytes) -> None:
    """Answer that a package ships a path, where it is one of its files and was put in place."""
    file = package.files.get(os.fsdecode(spelling))
    if file is not None:
        digest = (file.algorithm, file.digest) if file.digest else ("", "")
        answer.add_owner(spelling, package.name, package.version, digest, file.link)


def _run_rpm(host: Host, answer: OwnershipAnswer) -> None:
    """Run rpm itself, once for everything: ``--whatprovides`` takes paths and names alike (rpm lib/query.c)."""
    from .trust import TrustReader

    rpm = host.real("/usr/bin/rpm") or ""
    if not rpm or not TrustReader(host).judge([rpm]).trusted:
        raise Unreadable(
            "not-run", "rpm is missing, or others can write to it, so it is not run"
        )
    queried = [*map(os.fsdecode, answer.query.spellings), *answer.query.packages]
    status, output, errors = host.run([rpm, *_QUERY.split(" "), *queried], 60.0)
    if status < 0 or (not output and errors):
        raise Unreadable(
            "failed", "rpm failed: " + errors[:200].decode("utf-8", "replace").strip()
        )
    parse_output(output, answer)


def parse_output(output: bytes, answer: OwnershipAnswer) -> None:
    """Parse what rpm prints for ``_QUERY``: packages with all their files, among lines for what nobody owns."""
    for record in set(output.split(b"\x1e")[1:]):
        head, *files = os.fsdecode(record).split("\x1d")
        name, version, number = [*head.strip("\n").split("\x1f"), "", ""][:3]
        answer.add_installed(name, version)
        algorithm = ALGORITHMS.get(int(number), "") if number.isdecimal() else "md5"
        for file in files:
            fields = file.split("\x1f")
            if len(fields) != 4:
                continue
            spelling, digest, link, state = fields
            if state.split("\n")[0] in map(str, IN_PLACE):
                recorded = (algorithm, digest) if digest else ("", "")
                answer.add_owner(os.fsencode(spelling), name, version, recorded, link)
