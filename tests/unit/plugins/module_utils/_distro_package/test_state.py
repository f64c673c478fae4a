# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which package manager of a host is queried, and where none is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.state import (
    find_default_python,
    gather_state,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils._distro_package.recorded_host import (
    RecordedHost,
    query,
)


def host(root: Path, os_release: str, *programs: str) -> RecordedHost:
    files = {"/etc/os-release": os_release, **dict.fromkeys(programs, "")}
    made = RecordedHost(
        root,
        files,
        {
            "/usr/bin/apt-cache policy": "",
            "/usr/bin/pacman -Sl": "",
            "/sbin/apk list": "",
            "/usr/bin/rpm -q": "",
        },
    )
    (root / "usr/bin").mkdir(parents=True, exist_ok=True)
    (root / "usr/bin/python3.11").touch()
    (root / "usr/bin/python3").symlink_to("python3.11")
    return made


@pytest.mark.parametrize(
    ("os_release", "programs", "manager"),
    [
        ("ID=debian\nVERSION_ID=12\n", ["/usr/bin/pacman"], "apt"),
        ("ID=linuxmint\nID_LIKE='ubuntu debian'\n", [], "apt"),
        ("ID=manjaro\nID_LIKE=arch\n", [], "pacman"),
        ("ID=alpine\n", [], "apk"),
        ("ID=custom\n", ["/usr/bin/apt-cache"], "apt"),
        ("ID=opensuse-leap\nID_LIKE='suse opensuse'\n", ["/usr/bin/dnf"], "zypper"),
        ("ID=custom\n", ["/opt/homebrew/bin/brew"], "homebrew"),
        ("ID=custom\n", [], ""),
    ],
)
def test_the_package_manager_is_that_of_the_distribution(
    tmp_path: Path, os_release: str, programs: list[str], manager: str
) -> None:
    state = gather_state(
        host(tmp_path, os_release, *programs), query(["requests"]).spec
    )
    assert (state.manager, state.python) == (manager, "3.11")
    assert bool(state.unsupported) == (manager in ("homebrew", ""))


def test_debian_has_no_libraries_for_other_pythons(tmp_path: Path) -> None:
    debian = host(tmp_path, "ID=debian\n")
    state = gather_state(debian, query(["requests"], python="3.12").spec)
    assert (
        state.unsupported
        == "apt has packages of Python libraries for Python 3.11 alone"
    )
    assert debian.commands == []
    assert (
        gather_state(debian, query(["requests"], python="3.11").spec).unsupported == ""
    )


def test_the_default_python_is_what_the_link_leads_to(tmp_path: Path) -> None:
    assert find_default_python(host(tmp_path, "")) == "3.11"
    assert (
        find_default_python(RecordedHost(tmp_path / "empty", {"/etc/x": ""}, {})) == ""
    )
