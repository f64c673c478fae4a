# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What apt and dpkg know about projects, by file trees and recorded outputs of Debian 12."""

from __future__ import annotations

from pathlib import Path
from typing import List, Tuple

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.apt import (
    gather_apt,
    guess_packages,
    parse_apt_file,
    parse_policy,
    rank_package,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.package_records import (
    DistroState,
    PackageVersions,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import System
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils._distro_package.recorded_host import (
    RecordedHost,
    query,
)

POLICY = """\
python3-yaml:
  Installed: 6.0-3+b2
  Candidate: 6.0-3+b2
  Version table:
 *** 6.0-3+b2 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
        100 /var/lib/dpkg/status
python3-attr:
  Installed: (none)
  Candidate: 22.2.0-1
  Version table:
     22.2.0-1 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
python3-nothing:
  Installed: (none)
  Candidate: (none)
  Version table:
"""
LISTS = {"/var/lib/apt/lists/mirror_dists_bookworm_main_binary-amd64_Packages": ""}
SITE = "/usr/lib/python3/dist-packages/"
INSTALLED = {
    "/var/lib/dpkg/status": "Package: python3-yaml\nStatus: install ok installed\nVersion: 6.0-3+b2\n",
    "/var/lib/dpkg/info/python3-yaml.list": "/.\n%sPyYAML-6.0.egg-info\n" % SITE,
    SITE + "PyYAML-6.0.egg-info/PKG-INFO": "Name: PyYAML\nVersion: 6.0\n",
    SITE + "attrs-99.dist-info/METADATA": "Name: attrs\nVersion: 99\n",
}
TABLE = {"attrs": {"debian-12": "python3-attr", "debian-13": "python3-attrs-new"}}
DATES = {"debian-12": "2026-11-28", "debian-13": "2026-11-28"}


def sources(state: DistroState, name: str) -> List[Tuple[str, str, bool]]:
    return [(each.package, each.source, each.guess) for each in state.candidates[name]]


def test_the_owner_of_metadata_comes_first_and_what_pip_left_has_none(
    tmp_path: Path,
) -> None:
    host = RecordedHost(
        tmp_path, {**INSTALLED, **LISTS}, {"/usr/bin/apt-cache policy": POLICY}
    )
    asked = query(["PyYAML", "attrs"], packages_by_release=TABLE, table_dates=DATES)
    state = gather_apt(host, asked)
    assert sources(state, "pyyaml")[0] == ("python3-yaml", "installed-metadata", False)
    assert state.candidates["pyyaml"][0].installed_upstream == "6.0"
    assert sources(state, "attrs") == [
        ("python3-attr", "table", False),
        ("python3-attrs", "naive", True),
    ]
    assert state.versions["python3-yaml"] == PackageVersions("6.0-3+b2", "6.0-3+b2")
    assert state.index_missing == ""
    assert len(host.commands) == 1


def test_a_release_without_a_table_takes_those_of_others_as_guesses(
    tmp_path: Path,
) -> None:
    host = RecordedHost(tmp_path, LISTS, {"/usr/bin/apt-cache policy": POLICY})
    ubuntu = System(id="ubuntu", version="24.04", like=("debian",))
    state = gather_apt(
        host, query(["attrs"], ubuntu, packages_by_release=TABLE, table_dates=DATES)
    )
    assert sources(state, "attrs")[:2] == [
        ("python3-attrs-new", "table", True),
        ("python3-attr", "table", True),
    ]


def test_a_project_that_the_table_of_the_release_does_not_have_is_only_guessed(
    tmp_path: Path,
) -> None:
    host = RecordedHost(tmp_path, LISTS, {"/usr/bin/apt-cache policy": POLICY})
    table = {"attrs": {"debian-13": "python3-attrs-new"}}
    state = gather_apt(
        host, query(["attrs"], packages_by_release=table, table_dates=DATES)
    )
    assert sources(state, "attrs") == [("python3-attrs", "naive", True)]


def test_contents_of_apt_file_come_before_the_table(tmp_path: Path) -> None:
    contents = {
        "/var/lib/apt/lists/mirror_dists_bookworm_main_Contents-all.lz4": "",
        "/usr/bin/apt-file": "",
    }
    found = (
        "python3-attr: /usr/lib/python3/dist-packages/attrs-22.2.0.dist-info/METADATA\n"
    )
    outputs = {"/usr/bin/apt-cache policy": POLICY, "/usr/bin/apt-file search": found}
    host = RecordedHost(tmp_path, {**LISTS, **contents}, outputs)
    state = gather_apt(
        host, query(["attrs"], packages_by_release=TABLE, table_dates=DATES)
    )
    assert sources(state, "attrs")[0] == ("python3-attr", "contents", False)


def test_package_lists_that_apt_cannot_read_make_nothing_missing(
    tmp_path: Path,
) -> None:
    words = b"E: Unable to parse package file /var/lib/apt/lists/x (1)\n"
    failed = {"/usr/bin/apt-cache policy": (100, b"", words)}
    state = gather_apt(RecordedHost(tmp_path, LISTS, failed), query(["attrs"]))
    assert state.index_missing == (
        "apt cannot read its package lists: "
        "E: Unable to parse package file /var/lib/apt/lists/x (1)"
    )


def test_without_package_lists_it_is_unknown_what_is_available(tmp_path: Path) -> None:
    host = RecordedHost(tmp_path, {}, {"/usr/bin/apt-cache policy": ""})
    state = gather_apt(
        host, query(["attrs"], packages_by_release=TABLE, table_dates=DATES)
    )
    assert state.index_missing == "apt has no package lists: run apt-get update"


def test_a_search_finds_by_the_names_of_projects_and_of_packages(
    tmp_path: Path,
) -> None:
    outputs = {
        "/usr/bin/apt-cache policy": POLICY,
        "/usr/bin/apt-cache pkgnames": "python3-attr\npython3-yaml\n",
    }
    host = RecordedHost(tmp_path, LISTS, outputs)
    asked = query(
        [],
        search="attr",
        packages_by_release={"attrs": {"debian-12": "python3-attr"}},
        table_dates=DATES,
    )
    matches = gather_apt(host, asked).matches
    assert [(match.package, match.name) for match in matches] == [
        ("python3-attr", "attrs")
    ]


def test_policy_has_no_versions_of_what_apt_only_knows_by_name() -> None:
    assert parse_policy(POLICY) == {
        "python3-yaml": PackageVersions("6.0-3+b2", "6.0-3+b2"),
        "python3-attr": PackageVersions("", "22.2.0-1"),
    }


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "python3-zope.interface: /usr/lib/python3/dist-packages/zope.interface-5.4.0.egg-info/PKG-INFO",
            "zope-interface",
        ),
        (
            "python3-nacl: /usr/lib/python3/dist-packages/PyNaCl-1.5.0.egg-info",
            "pynacl",
        ),
        ("python3-x: /usr/lib/python3/dist-packages/x.egg-info", "x"),
        ("python3-x: /usr/lib/python3/dist-packages/x/__init__.py", None),
        ("E: The cache is empty", None),
    ],
)
def test_apt_file_names_projects_by_their_metadata(line: str, found: str) -> None:
    package = line.partition(":")[0]
    assert parse_apt_file(line) == ([(found, package)] if found else [])


def test_the_library_comes_before_other_packages_with_the_same_metadata() -> None:
    rows = [
        ("click", "python3-click-package"),
        ("click", "click"),
        ("click", "python3-click"),
    ]
    assert [package for _name, package in sorted(rows, key=rank_package)] == [
        "python3-click",
        "python3-click-package",
        "click",
    ]


def test_a_prefix_of_python_is_not_doubled() -> None:
    assert list(guess_packages("python-dateutil")) == [
        "python3-python-dateutil",
        "python3-dateutil",
    ]
