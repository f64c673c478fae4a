# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""rpm's headers and database, as built here by its format; tests/conformance has databases that rpm itself made."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import struct
import tempfile
from pathlib import Path
from typing import Any, Dict, Sequence, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Owner
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read import db_rpm
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.ownership import (
    read_ownership,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.ownership_query import (
    OwnershipAnswer,
    make_query,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.rpm_header import (
    parse_package,
)

from ...fixtures.package_databases import Package, rpm
from ...fixtures.trees import tree

MARKER = "/usr/lib64/python3.13/EXTERNALLY-MANAGED"
TEXT = b"[externally-managed]\n"
SHA256 = ("sha256", hashlib.sha256(TEXT).hexdigest())
LIBS = Package(
    "python3-libs",
    "3.13.1-2.fc42",
    [MARKER, "/usr/lib64/python3.13/os.py"],
    {MARKER: TEXT},
)


def header(**tags: Tuple[int, Sequence[Any]]) -> bytes:
    """Build a header; each tag is ``_1000=(type, values)``."""
    index, store = b"", b""
    for tag, (kind, values) in tags.items():
        index += struct.pack(">IIII", int(tag[1:]), kind, len(store), len(values))
        if kind in (3, 4):
            store += b"".join(
                value.to_bytes({3: 2, 4: 4}[kind], "big") for value in values
            )
        else:
            store += b"".join(value.encode() + b"\0" for value in values)
    return struct.pack(">II", len(tags), len(store)) + index + store


def shipped(blob: bytes, path: str) -> Dict[str, Owner]:
    with Host() as host:
        answer = OwnershipAnswer("rpm", make_query(host, [path]))
    db_rpm.add_owner(answer, parse_package(blob), path.encode())
    return dict(answer.owners)


FILES: Dict[str, Tuple[int, Sequence[Any]]] = {
    "_1000": (6, ["demo"]),
    "_1001": (6, ["1.0"]),
    "_1002": (6, ["3"]),
    "_1116": (4, [1, 0]),
    "_1117": (8, ["file", "file"]),
    "_1118": (8, ["/opt/a/", "/opt/b/"]),
    "_1035": (8, ["b" * 64, ""]),
    "_1036": (8, ["", "target"]),
    "_5011": (4, [8]),
}


class TestHeader:
    def test_same_name_in_two_directories(self) -> None:
        assert shipped(header(**FILES), "/opt/b/file") == {
            "/opt/b/file": Owner(
                "/opt/b/file", "rpm", "demo", "1.0-3", ("sha256", "b" * 64)
            )
        }
        assert shipped(header(**FILES), "/opt/a/file")["/opt/a/file"].link == "target"
        assert shipped(header(**FILES), "/opt/c/file") == {}

    def test_epoch(self) -> None:
        assert (
            shipped(header(_1003=(4, [2]), **FILES), "/opt/b/file")[
                "/opt/b/file"
            ].version
            == "2:1.0-3"
        )

    def test_without_the_tag_digests_are_md5(self) -> None:
        tags = {**FILES, "_1035": (8, ["c" * 32, ""])}
        del tags["_5011"]
        assert shipped(header(**tags), "/opt/b/file")["/opt/b/file"].digest == (
            "md5",
            "c" * 32,
        )

    @pytest.mark.parametrize(
        ("state", "owned"), [(0, True), (1, False), (2, False), (3, True), (4, False)]
    )
    def test_only_what_was_put_in_place(self, state: int, owned: bool) -> None:
        """RPMFILE_IS_INSTALLED: normal and netshared; not replaced, left out (--excludedocs) or of another colour."""
        tags = {**FILES, "_1029": (3, [state, 0])}
        assert bool(shipped(header(**tags), "/opt/b/file")) is owned

    @given(st.binary(max_size=200))
    def test_garbage(self, data: bytes) -> None:
        assert shipped(data, "/opt/b/file") == {}

    @given(st.data())
    def test_damage(self, data: st.DataObject) -> None:
        blob = bytearray(header(**FILES))
        for _hit in range(data.draw(st.integers(1, 6))):
            blob[data.draw(st.integers(0, len(blob) - 1))] = data.draw(
                st.integers(0, 255)
            )
        for owner in shipped(bytes(blob), "/opt/b/file").values():
            assert owner.path == "/opt/b/file"

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 12), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)
            ),
            max_size=8,
        )
    )
    def test_a_hostile_index_costs_nothing(
        self, rows: Sequence[Tuple[int, int, int]]
    ) -> None:
        wanted = [1000, 1001, 1002, 1003, 1029, 1035, 1036, 1116, 1117, 1118, 5011]
        index = b"".join(
            struct.pack(">IIII", wanted[at % len(wanted)], *row)
            for at, row in enumerate(rows)
        )
        assert (
            shipped(
                struct.pack(">II", len(rows), 99) + index + b"x\0" * 50, "/opt/b/file"
            )
            == {}
        )


class TestDatabase:
    @pytest.mark.parametrize("directory", ["usr/lib/sysimage/rpm", "var/lib/rpm"])
    def test_owner_version_and_digest(self, tmp_path: Path, directory: str) -> None:
        host = tree(tmp_path, rpm(LIBS, directory=directory))
        answer = read_ownership(host, [MARKER, MARKER + "2"], ["python3-libs"])
        assert answer.owners == {
            MARKER: Owner(MARKER, "rpm", "python3-libs", "3.13.1-2.fc42", SHA256)
        }
        assert (answer.managers, answer.installed) == (
            ("rpm",),
            {"python3-libs": "3.13.1-2.fc42"},
        )

    def test_no_database_at_all(self, tmp_path: Path) -> None:
        assert (
            read_ownership(tree(tmp_path, {"var/lib/rpm": None}), [MARKER]).managers
            == ()
        )

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("Packages.db", b"RpmP", "ndb"),
            ("Packages", b"\0" * 4096, "BerkeleyDB"),
            ("rpmdb.sqlite", b"garbage" * 1000, "not a database"),
            ("rpmdb.sqlite", b"", "no such table"),
        ],
    )
    def test_unknown_with_its_reason(
        self, tmp_path: Path, name: str, content: bytes, reason: str
    ) -> None:
        answer = read_ownership(
            tree(tmp_path, {"var/lib/rpm/" + name: content}),
            [MARKER],
            execute="package_managers",
        )
        assert answer.managers == () and answer.owners == {}
        assert len(answer.unknown) == 1 and reason in answer.unknown[0][1]

    def test_what_is_only_in_the_log_counts(self, tmp_path: Path) -> None:
        """A transaction that was committed, and whose log has not been written back yet, has happened."""
        host = tree(tmp_path, rpm(LIBS))
        path = tmp_path / "usr/lib/sysimage/rpm/rpmdb.sqlite"
        with_log = sqlite3.connect(str(path))
        with_log.execute("PRAGMA journal_mode = WAL")
        with_log.execute("PRAGMA wal_autocheckpoint = 0")
        with_log.execute("DELETE FROM Packages")
        with_log.commit()
        assert path.with_name("rpmdb.sqlite-wal").stat().st_size > 0
        before = sorted(
            (each.name, each.stat().st_mtime_ns) for each in path.parent.iterdir()
        )
        assert read_ownership(host, [MARKER]).owners == {}
        assert (
            sorted(
                (each.name, each.stat().st_mtime_ns) for each in path.parent.iterdir()
            )
            == before
        )
        with_log.close()

    def test_nothing_is_left_behind(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "tmp").mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
        host = tree(tmp_path / "root", rpm(LIBS))
        assert read_ownership(host, [MARKER]).owners
        assert os.listdir(tmp_path / "tmp") == []

    def test_a_database_with_views_is_refused(self, tmp_path: Path) -> None:
        host = tree(tmp_path, rpm(LIBS))
        connection = sqlite3.connect(
            str(tmp_path / "usr/lib/sysimage/rpm/rpmdb.sqlite")
        )
        connection.execute("ALTER TABLE Packages RENAME TO Real")
        connection.execute(
            "CREATE VIEW Packages AS"
            " WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x hnum, x blob FROM n"
        )
        connection.commit()
        connection.close()
        assert "more than the tables" in read_ownership(host, [MARKER]).unknown[0][1]


class TestAnswerOfRpm:
    PATHS = (MARKER, "/usr/bin/python3.13", "/usr/bin/nobodys")

    def answers(self, output: bytes) -> OwnershipAnswer:
        with Host() as host:
            answer = OwnershipAnswer(
                "rpm", make_query(host, self.PATHS, ["python3-libs", "absent"])
            )
        db_rpm.parse_output(output, answer)
        return answer

    def test_records_among_messages(self) -> None:
        record = "\x1epython3-libs\x1f3.13.1-2\x1f8\x1d{}\x1f{}\x1f\x1f0\n\x1d/x\nname\x1f\x1ft\x1f0\n\n"
        output = (
            record.format(MARKER, "d" * 64)
            + "file /usr/bin/nobodys is not owned by any package\n"
        )
        answers = self.answers(output.encode())
        assert answers.owners == {
            MARKER: Owner(
                MARKER, "rpm", "python3-libs", "3.13.1-2", ("sha256", "d" * 64)
            )
        }
        assert answers.installed == {"python3-libs": "3.13.1-2"}

    def test_left_out_at_installation(self) -> None:
        assert (
            self.answers(
                f"\x1ep\x1f1-1\x1f8\x1d{MARKER}\x1f\x1f\x1f2\n\n".encode()
            ).owners
            == {}
        )

    @given(
        st.binary(max_size=200)
        | st.text("\x1e\x1d\x1f\n0a/", max_size=60).map(str.encode)
    )
    def test_anything(self, output: bytes) -> None:
        self.answers(output)
