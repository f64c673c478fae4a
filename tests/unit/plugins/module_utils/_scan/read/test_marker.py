# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The marker: what os.path.isfile makes of it, what is kept of it, and what never gets in the way."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.marker import (
    read_marker,
)

from ...fixtures.trees import Fifo, Link, Mode, Sparse, tree

TEXT = b"[externally-managed]\nError=No.\n"
STDLIB = "usr/lib/python3.13"
MARKER = STDLIB + "/EXTERNALLY-MANAGED"


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        (TEXT, "file"),
        (b"", "file"),
        (None, "directory"),
        (Link("vendor"), "link"),
        (Link("nowhere"), "dangling"),
        (Link("EXTERNALLY-MANAGED"), "dangling"),
        (Link("encodings"), "directory"),
        (Link("pipe"), "other"),
        (Fifo(), "other"),
    ],
)
def test_kind_is_what_isfile_says(tmp_path: Path, what: object, kind: str) -> None:
    files = {
        MARKER: what,
        STDLIB + "/vendor": TEXT,
        STDLIB + "/encodings": None,
        STDLIB + "/pipe": Fifo(),
    }
    marker = read_marker(tree(tmp_path, files), "/" + STDLIB)
    assert marker.kind == kind
    assert (marker.kind in ("file", "link")) == os.path.isfile(tmp_path / MARKER)


def test_nothing_there(tmp_path: Path) -> None:
    marker = read_marker(tree(tmp_path, {STDLIB: None}), "/" + STDLIB)
    assert marker == ("/" + MARKER, "missing", None, None, 0, (), "", ())


def test_content_digests_and_siblings(tmp_path: Path) -> None:
    left = (
        "EXTERNALLY-MANAGED.bak",
        "EXTERNALLY-MANAGED.distrib",
        "EXTERNALLY-MANAGED.old",
    )
    host = tree(
        tmp_path,
        {
            MARKER: TEXT,
            STDLIB + "/os.py": "",
            **{"%s/%s" % (STDLIB, name): "" for name in left},
        },
    )
    marker = read_marker(host, "/" + STDLIB + "/")
    assert (marker.path, marker.content, marker.size, marker.readable) == (
        "/" + MARKER,
        TEXT,
        len(TEXT),
        True,
    )
    assert dict(marker.digests) == {
        name: hashlib.new(name, TEXT).hexdigest() for name in ("md5", "sha1", "sha256")
    }
    assert marker.siblings == left


def test_a_link_keeps_its_text(tmp_path: Path) -> None:
    marker = read_marker(
        tree(
            tmp_path,
            {
                MARKER: Link("../python/EXTERNALLY-MANAGED"),
                "usr/lib/python/EXTERNALLY-MANAGED": TEXT,
            },
        ),
        "/" + STDLIB,
    )
    assert (marker.kind, marker.target, marker.content) == (
        "link",
        "../python/EXTERNALLY-MANAGED",
        TEXT,
    )


def test_a_link_never_leads_out_of_the_root(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"outside")
    marker = read_marker(
        tree(tmp_path / "root", {MARKER: Link("../../../../secret")}), "/" + STDLIB
    )
    assert (marker.kind, marker.content) == ("dangling", None)


def test_a_huge_marker_is_a_marker_and_is_not_read(tmp_path: Path) -> None:
    host = tree(tmp_path, {MARKER: Sparse(1 << 30)})
    marker = read_marker(host, "/" + STDLIB)
    assert (
        marker.kind,
        marker.readable,
        marker.content,
        marker.digests,
        marker.size,
    ) == (
        "file",
        True,
        None,
        (),
        1 << 30,
    )
    assert [note.path for note in host.notes] == ["/" + MARKER]


def test_dev_null_is_no_file_but_can_be_read(tmp_path: Path) -> None:
    if not Path("/dev/null").exists():
        pytest.skip("no /dev/null")
    (tmp_path / "EXTERNALLY-MANAGED").symlink_to("/dev/null")
    with Host(root="/", env={}) as host:
        marker = read_marker(host, str(tmp_path))
    assert (marker.kind, marker.readable, marker.content) == ("other", True, b"")


@pytest.mark.skipif(
    os.geteuid() != 0, reason="becomes another user, which only root can"
)
def test_one_that_the_caller_may_not_read(tmp_path: Path) -> None:
    host = tree(tmp_path, {MARKER: Mode(TEXT, 0)})
    tmp_path.chmod(0o755)
    try:
        os.seteuid(65534)
        marker = read_marker(host, "/" + STDLIB)
    finally:
        os.seteuid(0)
    assert (marker.kind, marker.readable, marker.content) == ("file", False, None)
