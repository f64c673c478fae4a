# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operating system's name, from os-release and from macOS."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import System
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.plist import (
    parse_plist,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.system import (
    parse_os_release,
    read_system,
)

from ...fixtures.trees import Link, tree

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n'
ROCKY = (
    'NAME="Rocky Linux"\nVERSION_ID="9.4"\nID="rocky"\nID_LIKE="rhel centos fedora"\n'
)
PLIST = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>ProductName</key><string>macOS</string>'
    b"<key>ProductVersion</key><string>15.1</string></dict></plist>"
)


def test_debian(tmp_path: Path) -> None:
    with tree(
        tmp_path,
        {"usr/lib/os-release": DEBIAN, "etc/os-release": Link("../usr/lib/os-release")},
    ) as host:
        assert read_system(host) == System(
            "debian", "13", (), "Debian GNU/Linux 13 (trixie)", "linux"
        )


def test_rocky_without_a_link_in_etc(tmp_path: Path) -> None:
    with tree(tmp_path, {"usr/lib/os-release": ROCKY}) as host:
        assert read_system(host) == System(
            "rocky", "9.4", ("rhel", "centos", "fedora"), "Rocky Linux", "linux"
        )


def test_macos(tmp_path: Path) -> None:
    with tree(
        tmp_path, {"System/Library/CoreServices/SystemVersion.plist": PLIST}
    ) as host:
        assert read_system(host) == System("macos", "15.1", (), "macOS 15.1", "darwin")


def test_nothing(tmp_path: Path) -> None:
    with tree(tmp_path, {}) as host:
        assert read_system(host) == System(kernel="linux")


def test_quoting() -> None:
    assert parse_os_release('A=\'x y\'\nB="q\\"\\$"\n# C=1\n\nD=plain\nbad line\n') == {
        "A": "x y",
        "B": 'q"$',
        "D": "plain",
    }


@given(st.text(max_size=200), st.binary(max_size=200))
def test_garbage(text: str, data: bytes) -> None:
    parse_os_release(text)
    parse_plist(data)
    parse_plist(b'<?xml version="1.0"?><plist>' + data)
