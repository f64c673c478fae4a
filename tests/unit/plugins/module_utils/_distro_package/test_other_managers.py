# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What dnf, pacman and apk answer, by outputs recorded on dnf 4.23, dnf5 5.4 and pacman 7.0.

Those of apk are written from the source of apk-tools: no host with it was at hand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.apk import (
    gather_apk,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.dnf import (
    gather_dnf,
    parse_provides,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.metadata_pattern import (
    make_metadata_pattern,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.package_records import (
    PackageVersions,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.pacman import (
    gather_pacman,
    parse_list,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.plan import (
    plan_packages,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import System
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils._distro_package.recorded_host import (
    RecordedHost,
    query,
)

DNF = """\
python3-packaging\t26.3-1.fc43\tpython3-packaging = 26.3-1.fc43
python3.14dist(packaging) = 26.3
python3dist(packaging) = 26.3

python3.12-zope\t5-1\tpython3.12-zope = 5-1
python3.12dist(zope.interface) = 5
"""
RPM = "python3-rpm\t4.20.1-1.fc43\t\npython3.14dist(rpm) = 4.20.1\npython3dist(rpm) = 4.20.1\n"
FEDORA = System(id="fedora", version="43")
DNF_FILE = {"/usr/bin/dnf": ""}


def test_dnf_and_rpm_are_queried_once_for_all_names(tmp_path: Path) -> None:
    host = RecordedHost(
        tmp_path, DNF_FILE, {"/usr/bin/rpm -q": RPM, "/usr/bin/dnf --quiet": DNF}
    )
    state = gather_dnf(
        host, query(["packaging", "rpm", "zope.interface", "none"], FEDORA)
    )
    assert [(each.package, each.source) for each in state.candidates["packaging"]] == [
        ("python3-packaging", "provides")
    ]
    assert state.candidates["rpm"][0].installed_upstream == "4.20.1"
    assert state.candidates["zope-interface"][0].package == "python3.12-zope"
    assert "none" not in state.candidates
    assert state.versions["python3-packaging"] == PackageVersions(
        candidate="26.3-1.fc43"
    )
    assert state.versions["python3-rpm"] == PackageVersions(installed="4.20.1-1.fc43")
    assert "python3dist(zope.interface)" in host.commands[0]


def test_another_python_counts_only_its_own_capabilities() -> None:
    projects = [row.projects for row in parse_provides(DNF, "3.12")]
    assert projects == [{}, {"zope-interface": "5"}]


def test_a_guess_for_another_python_has_its_version_in_the_name(tmp_path: Path) -> None:
    listed = "python3.12-six\t1-1\tpython3.12-six = 1-1\n\npython3-six\t1-1\tpython3-six = 1-1\n"
    host = RecordedHost(
        tmp_path, DNF_FILE, {"/usr/bin/rpm -q": "", "/usr/bin/dnf --quiet": listed}
    )
    state = gather_dnf(host, query(["six"], FEDORA, python="3.12"))
    assert [(each.package, each.guess) for each in state.candidates["six"]] == [
        ("python3.12-six", True)
    ]


#: What dnf answers where all of its repositories do.
DNF_REPOSITORIES: Any = {
    "/usr/bin/dnf repolist": "repo id repo name\nfedora  Fedora 43\n",
    "/usr/bin/dnf --setopt=*.skip_if_unavailable=0": "",
}


@pytest.mark.parametrize(
    "answers, problem",
    [
        ({}, ""),
        ({"/usr/bin/dnf repolist": ""}, "dnf has no enabled repository"),
        (
            {
                "/usr/bin/dnf --setopt=*.skip_if_unavailable=0": (
                    1,
                    b"",
                    b'Failed to download metadata for repository "x": Usable URL not found\n',
                )
            },
            'dnf cannot read its repositories: Failed to download metadata for repository "x": Usable URL not found',
        ),
    ],
)
def test_that_dnf_finds_nothing_counts_only_where_its_repositories_answer(
    tmp_path: Path, answers: Any, problem: str
) -> None:
    """It skips those that do not answer, says nothing, and ends with status 0."""
    outputs = {
        "/usr/bin/rpm -q": "",
        "/usr/bin/dnf --quiet": DNF,
        **DNF_REPOSITORIES,
        **answers,
    }
    asked = query(["packaging", "none"], FEDORA)
    state = gather_dnf(RecordedHost(tmp_path, DNF_FILE, outputs), asked)
    assert state.index_missing == problem
    plan = plan_packages(asked.spec, state)
    assert [row.status for row in plan.results] == [
        "install",
        "unknown" if problem else "missing",
    ]
    assert plan.install == ("python3-packaging",)


def test_where_all_are_found_the_repositories_are_not_queried_again(
    tmp_path: Path,
) -> None:
    outputs = {"/usr/bin/rpm -q": "", "/usr/bin/dnf --quiet": DNF}
    host = RecordedHost(tmp_path, DNF_FILE, outputs)
    assert gather_dnf(host, query(["packaging"], FEDORA)).index_missing == ""
    assert len(host.commands) == 2


def test_where_dnf_cannot_be_queried_it_is_unknown_what_is_available(
    tmp_path: Path,
) -> None:
    host = RecordedHost(tmp_path, DNF_FILE, {"/usr/bin/rpm -q": RPM})
    state = gather_dnf(host, query(["rpm"], FEDORA))
    assert state.index_missing.startswith("dnf cannot be queried")
    assert state.versions == {"python3-rpm": PackageVersions(installed="4.20.1-1.fc43")}


def test_where_a_package_manager_fails_its_words_say_why(tmp_path: Path) -> None:
    dnf = {"/usr/bin/rpm -q": RPM, "/usr/bin/dnf --quiet": (1, b"", b"error: a\nb\n")}
    state = gather_dnf(RecordedHost(tmp_path / "a", DNF_FILE, dnf), query(["attrs"]))
    assert state.index_missing == "dnf cannot read its repositories: error: a"
    words = b"error: could not open file x.db: Unrecognized archive format\n"
    pacman = {"/usr/bin/pacman -Sl": (1, b"core python 3.13.5-1\n", words)}
    state = gather_pacman(RecordedHost(tmp_path / "b", {}, pacman), query(["attrs"]))
    assert state.index_missing.startswith("pacman cannot read its databases: error: ")


def test_no_argument_is_longer_than_linux_takes(tmp_path: Path) -> None:
    outputs = {"/usr/bin/rpm -q": "", "/usr/bin/dnf --quiet": "", **DNF_REPOSITORIES}
    host = RecordedHost(tmp_path, DNF_FILE, outputs)
    names = ["a" * 190 + str(number) for number in range(3000)]
    assert gather_dnf(host, query(names, FEDORA)).index_missing == ""
    assert max(len(word) for command in host.commands for word in command) < 128 * 1024


def test_a_search_asks_for_capabilities_with_the_text(tmp_path: Path) -> None:
    host = RecordedHost(tmp_path, DNF_FILE, {"/usr/bin/dnf --quiet": DNF})
    state = gather_dnf(host, query([], FEDORA, search="pack"))
    assert [match.name for match in state.matches] == ["packaging"]
    assert host.commands[0][-1] == "python3dist(*pack*)"


SL = "core python-packaging 26.3-1\ncore python-requests 2.34-1 [installed]\nextra python-six 2-1 [installed: 1-1]\n"
FILES = "core\0python-packaging\x0026.3-1\0usr/lib/python3.13/site-packages/packaging-26.3.dist-info/\n"


def test_pacman_is_asked_for_files_only_where_it_has_fetched_them(
    tmp_path: Path,
) -> None:
    outputs = {"/usr/bin/pacman -Sl": SL, "/usr/bin/pacman -Fx": FILES}
    with_files = RecordedHost(
        tmp_path / "a", {"/var/lib/pacman/sync/core.files": ""}, outputs
    )
    state = gather_pacman(with_files, query(["packaging", "six"]))
    assert state.candidates["packaging"][0].source == "contents"
    assert [(each.package, each.guess) for each in state.candidates["six"]] == [
        ("python-six", True)
    ]
    without = RecordedHost(tmp_path / "b", {}, {"/usr/bin/pacman -Sl": SL})
    assert gather_pacman(without, query(["packaging"])).candidates["packaging"][0].guess


def test_the_list_of_pacman_has_installed_versions() -> None:
    assert parse_list(SL) == {
        "python-packaging": PackageVersions("", "26.3-1"),
        "python-requests": PackageVersions("2.34-1", "2.34-1"),
        "python-six": PackageVersions("1-1", "2-1"),
    }


APK = """\
<py3.11:typing_extensions> py3-typing-extensions-4.12.2-r0 x86_64 {py3-typing-extensions} (PSF-2.0)
<py3-yaml> py3-yaml-6.0.2-r0 x86_64 {py3-yaml} (MIT) [upgradable from: py3-yaml-6.0.1-r0]
<py3.11:yaml> py3-yaml-6.0.2-r0 x86_64 {py3-yaml} (MIT) [upgradable from: py3-yaml-6.0.1-r0]
<py3.11:yaml> py3-yaml-6.0.1-r0 x86_64 {py3-yaml} (MIT) [installed]
"""


def test_apk_knows_projects_with_underscores(tmp_path: Path) -> None:
    index = {"/var/cache/apk/APKINDEX.abc.tar.gz": ""}
    host = RecordedHost(tmp_path, index, {"/sbin/apk list": APK})
    state = gather_apk(host, query(["Typing-Extensions", "yaml"]))
    assert "py3.11:typing_extensions" in host.commands[0]
    assert [
        (each.package, each.source) for each in state.candidates["typing-extensions"]
    ] == [("py3-typing-extensions", "provides")]
    assert state.versions["py3-yaml"] == PackageVersions("6.0.1-r0", "6.0.2-r0")
    assert state.index_missing == ""


def test_the_pattern_fits_any_spelling() -> None:
    assert (
        make_metadata_pattern(["a-b"])
        == "(dist|site)-packages/([Aa][-_.]+[Bb])(-[^/]+)?[.](dist|egg)-info"
    )


def test_a_search_of_contents_that_is_late_makes_what_is_not_found_unknown(
    tmp_path: Path,
) -> None:
    files = {"/var/lib/pacman/sync/core.files": ""}
    host = RecordedHost(tmp_path, files, {"/usr/bin/pacman -Sl": SL})
    asked = query(["none", "packaging"])
    plan = plan_packages(asked.spec, gather_pacman(host, asked))
    assert [row.status for row in plan.results] == ["unknown", "install"]
    assert "could not be searched" in plan.message
    assert plan.missing == ()
