# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""POSIX access lists: their form in extended attributes, and what they mean for trust."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.access_list import (
    parse_access_list,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.trust import (
    TrustReader,
)

from ...fixtures.trees import Mode, tree

NONE = 0xFFFFFFFF
OWNER, USER, OWNING_GROUP, GROUP, MASK, OTHER = 1, 2, 4, 8, 16, 32
Entries = List[Tuple[int, int, int]]
#: What setfacl -m u:alice:rwx makes of a directory of mode 0755: the mask is shown as the group's bits.
ALICE_MAY_WRITE: Entries = [
    (OWNER, 7, NONE),
    (USER, 7, 1000),
    (OWNING_GROUP, 5, NONE),
    (MASK, 7, NONE),
    (OTHER, 5, NONE),
]


def stored(entries: Entries) -> bytes:
    return struct.pack("<I", 2) + b"".join(
        struct.pack("<HHI", *entry) for entry in entries
    )


def test_only_who_may_write_as_far_as_the_mask_allows() -> None:
    assert parse_access_list(stored(ALICE_MAY_WRITE), 50) == [("user", 1000)]
    masked = [
        (tag, 5 if tag == MASK else bits, number)
        for tag, bits, number in ALICE_MAY_WRITE
    ]
    assert parse_access_list(stored(masked), 50) == []


def test_groups() -> None:
    entries = [
        (OWNER, 7, NONE),
        (OWNING_GROUP, 7, NONE),
        (GROUP, 6, 60),
        (GROUP, 5, 61),
        (MASK, 7, NONE),
        (OTHER, 0, NONE),
    ]
    assert parse_access_list(stored(entries), 50) == [("group", 50), ("group", 60)]


def test_none() -> None:
    assert parse_access_list(b"", 0) is None


@given(st.binary(min_size=1, max_size=60))
def test_what_is_malformed_counts_as_written_by_anybody(data: bytes) -> None:
    is_whole = data[:4] == b"\2\0\0\0" and not (len(data) - 4) % 8
    assert is_whole or parse_access_list(data, 0) == [("user", -1)]


TREE = {
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n",
    "etc/group": "root:x:0:\nstaff:x:50:\ndev:x:60:alice\n",
    "usr/local/bin/python3": Mode("x", 0o755),
}


@pytest.mark.skipif(
    not hasattr(os, "setxattr") or os.geteuid() != 0,
    reason="needs extended attributes, and root",
)
class TestTrust:
    PYTHON = "/usr/local/bin/python3"

    @pytest.fixture(autouse=True)
    def _private(self, tmp_path: Path) -> None:
        os.chmod(tmp_path, 0o755)

    def judge(
        self, root: Path, path: str, entries: Entries, name: str = "access"
    ) -> Tuple[object, str]:
        """Plant the tree, give ``path`` an access list, and judge the interpreter in it."""
        with tree(root, TREE, uid=0) as host:
            for directory in ("usr", "usr/local", "usr/local/bin"):
                os.chmod(root / directory, 0o755)
            try:
                os.setxattr(root / path, "system.posix_acl_" + name, stored(entries))
            except OSError as exc:
                pytest.skip("no access lists on this file system: %s" % exc)
            trust = TrustReader(host).judge([self.PYTHON])
        return trust.trusted, "; ".join(trust.because)

    @pytest.mark.parametrize(
        "path", ["usr/local/bin/python3", "usr/local/bin", "usr/local", "usr"]
    )
    def test_a_named_user_anywhere_above(self, tmp_path: Path, path: str) -> None:
        trusted, because = self.judge(tmp_path, path, ALICE_MAY_WRITE)
        assert (trusted, because) == (
            False,
            "/%s can be written by alice (access list)" % path,
        )

    def test_the_mask_takes_it_away(self, tmp_path: Path) -> None:
        masked = [
            (tag, 5 if tag == MASK else bits, number)
            for tag, bits, number in ALICE_MAY_WRITE
        ]
        assert self.judge(tmp_path, "usr/local", masked) == (True, "")

    def test_root_by_name_is_harmless(self, tmp_path: Path) -> None:
        entries = [
            (tag, bits, 0 if tag == USER else number)
            for tag, bits, number in ALICE_MAY_WRITE
        ]
        assert self.judge(tmp_path, "usr/local", entries) == (True, "")

    @pytest.mark.parametrize(
        ("gid", "trusted"), [(0, True), (50, True), (60, False), (4242, False)]
    )
    def test_a_named_group(self, tmp_path: Path, gid: int, trusted: bool) -> None:
        entries = [
            (OWNER, 7, NONE),
            (OWNING_GROUP, 5, NONE),
            (GROUP, 7, gid),
            (MASK, 7, NONE),
            (OTHER, 5, NONE),
        ]
        assert self.judge(tmp_path, "usr/local", entries)[0] is trusted

    def test_a_default_list_is_for_what_is_created_later(self, tmp_path: Path) -> None:
        trusted, because = self.judge(
            tmp_path, "usr/local/bin", ALICE_MAY_WRITE, "default"
        )
        assert trusted is False and because.startswith(
            "in new files: /usr/local/bin can be written by alice"
        )
