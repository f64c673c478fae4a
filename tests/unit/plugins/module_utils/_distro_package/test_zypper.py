# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What zypper answers, by outputs recorded on zypper 1.14.42 over a repository of packages named as openSUSE's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.package_records import (
    NameQuery,
    PackageVersions,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.zypper import (
    gather_zypper,
    parse_search,
    sort_key,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import System
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils._distro_package.recorded_host import (
    RecordedHost,
    query,
)

TUMBLEWEED = System(id="opensuse-tumbleweed", version="20261120")
FOUND = """\
Loading repository data...
Reading installed packages...

S  | Name                  | Type    | Version     | Arch   | Repository
---+-----------------------+---------+-------------+--------+------------------
   | python313-requests    | package | 2.32.10-1.1 | noarch | update
    provides: python3.13dist(requests) = 2.32.10
    provides: python3dist(requests) = 2.32.10
i+ | python313-requests    | package | 2.32.3-1.1  | noarch | oss
    provides: python3.13dist(requests) = 2.32.3
   | python311-requests    | package | 2.31.0-1.1  | noarch | oss
    provides: python3.11dist(requests) = 2.31
   | python313-ruamel.yaml | package | 0.18.6-1.1  | noarch | oss
    provides: python3.13dist(ruamel-yaml) = 0.18.6
   | python313-six         | package | 1.17-1.1    | noarch | oss
    provides: python313-six = 1.17-1.1
i  | python313-site        | package | 1-1         | noarch | (System Packages)
    provides: python3.13dist(site) = 1
"""
RPM = "python313-requests\t2.32.3-1.1\t\npython3.13dist(requests) = 2.32.3\n"
NOTHING = "Loading repository data...\nNo matching items found.\n"


class Suse(RecordedHost):
    """Answers with a status too, and may run zypper twice."""

    def __init__(self, root: Path, rpm: str, *answers: tuple[int, str, str]) -> None:
        super().__init__(root, {}, {"/usr/bin/rpm -q": rpm})
        self._answers = list(answers)

    def run(self, argv: Any, seconds: float = 30.0) -> tuple[int, bytes, bytes]:
        if "zypper" not in argv[0]:
            return super().run(argv, seconds)
        self.commands.append(list(argv))
        status, output, errors = self._answers.pop(0)
        return status, output.encode(), errors.encode()


def suse_query(names: list[str], **options: Any) -> NameQuery:
    return query(names, TUMBLEWEED, **options)._replace(default_python="3.13")


def test_rpm_and_zypper_are_queried_once_for_all_names(tmp_path: Path) -> None:
    host = Suse(tmp_path, RPM, (0, FOUND, ""))
    state = gather_zypper(
        host, suse_query(["requests", "ruamel.yaml", "six", "none", "site"])
    )
    assert state.candidates["requests"][0].package == "python313-requests"
    assert state.candidates["requests"][0].candidate_upstream == "2.32.10"
    assert state.candidates["requests"][0].installed_upstream == "2.32.3"
    assert state.candidates["ruamel-yaml"][0].package == "python313-ruamel.yaml"
    assert [(row.package, row.guess) for row in state.candidates["six"]] == [
        ("python313-six", True)
    ]
    assert set(state.candidates) == {"requests", "ruamel-yaml", "six"}
    assert state.versions["python313-requests"] == PackageVersions(
        installed="2.32.3-1.1", candidate="2.32.10-1.1"
    )
    assert (state.index_missing, len(host.commands)) == ("", 2)
    options, _separator, names = " ".join(host.commands[1]).partition(" -- ")
    assert "--no-refresh" in options and "--match-exact" in options
    assert {"python3.13dist(ruamel-yaml)", "python3.13dist(ruamel.yaml)"} <= set(
        names.split()
    )
    assert "python3dist(" not in names  # of any Python


def test_another_python_counts_only_its_own_capabilities(tmp_path: Path) -> None:
    host = Suse(tmp_path, "", (0, FOUND, ""))
    state = gather_zypper(host, suse_query(["requests"], python="3.11"))
    assert [row.package for row in state.candidates["requests"]] == [
        "python311-requests"
    ]


def test_packages_of_leaps_own_python_have_no_version_in_their_names(
    tmp_path: Path,
) -> None:
    row = "  | python3-six | package | 1.14-1 | noarch | oss\n    provides: python3-six = 1.14\n"
    host = Suse(tmp_path, "", (0, row, ""))
    state = gather_zypper(host, suse_query(["six"])._replace(default_python="3.6"))
    assert state.candidates["six"][0].package == "python3-six"


def test_a_search_is_a_query_of_its_own_for_its_pattern_is_not_exact(
    tmp_path: Path,
) -> None:
    host = Suse(tmp_path, "", (0, FOUND, ""), (0, FOUND, ""))
    state = gather_zypper(host, suse_query(["ruamel.yaml"], search="yaml"))
    assert [row.package for row in state.matches] == ["python313-ruamel.yaml"]
    assert host.commands[-1][-1] == "python3.13dist(*yaml*)"
    assert "--match-exact" not in host.commands[-1]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((104, NOTHING, ""), ""),
        (
            (106, "Warning: Skipping repository 'gone' because of the above error.", "x"),
            "zypper says: Skipping repository 'gone' because of the above error.",
        ),
        (
            (
                104,
                "Warning: No repositories defined. Operating only with the installed resolvables.",
                "",
            ),
            "zypper says: No repositories defined. Operating only with the installed resolvables.",
        ),
        (
            (7, "", "System management is locked by the application with pid 7.\n"),
            "zypper cannot read its repositories: System management is locked by the application with pid 7.",
        ),
    ],
)  # fmt: skip
def test_what_zypper_could_not_read_is_said(
    tmp_path: Path, answer: tuple[int, str, str], problem: str
) -> None:
    state = gather_zypper(Suse(tmp_path, "", answer), suse_query(["requests"]))
    assert state.index_missing == problem


def test_text_that_is_no_table_is_no_package() -> None:
    assert parse_search("a | b\n    provides: python3dist(x) = 1\n\n|||||\n") == []


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        # from rpm's own tests (tests/rpmvercmp.at)
        ("1.0-1", "2.0-1"),
        ("2.0-1", "2.0.1-1"),
        ("5.5p1-1", "5.5p2-1"),
        ("5.5p1-1", "5.5p10-1"),
        ("10xyz-1", "10.1xyz-1"),
        ("xyz.4-1", "8-1"),
        ("xyz.4-1", "2-1"),
        ("5.5p2-1", "5.6p1-1"),
        ("5.6p1-1", "6.5p1-1"),
        ("6.0-1", "6.0.rc1-1"),
        ("10a2-1", "10b2-1"),
        ("1.0~rc1-1", "1.0-1"),
        ("1.0~rc1~git123-1", "1.0~rc1-1"),
        ("1.0-1", "1.0^-1"),
        ("1.0^git1-1", "1.0^git2-1"),
        ("1.0^git1-1", "1.01-1"),
        ("1.0^20160101-1", "1.0.1-1"),
        ("1.0~rc1-1", "1.0~rc1^git1-1"),
        ("20101121-1", "20101122-1"),
        ("9-1", "1:1-1"),
        ("1-9", "1-10"),
        ("1-1", "1-" + "9" * 5000),
    ],
)
def test_versions_are_ordered_as_rpm_orders_them(older: str, newer: str) -> None:
    assert sort_key(older) < sort_key(newer)
    assert max(older, newer, key=sort_key) == newer


@pytest.mark.parametrize(
    ("one", "other"), [("2_0-1", "2.0-1"), ("a+-1", "a_-1"), ("1.05-1", "1.5-1")]
)
def test_versions_that_rpm_takes_for_the_same(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)
