# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of package managers."""

from __future__ import annotations

import os

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process import (
    package_managers,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.package_managers import (
    PACKAGE_MANAGERS,
    PackagedProgram,
    find_package,
    parse_version,
)

PIPX = PackagedProgram("pipx", {"apt": "pipx", "brew": "pipx"})


@pytest.mark.parametrize(
    ("manager", "query", "output", "version"),
    [
        ("apt", "installed", "config-files 1.1.0-1", ""),
        ("apt", "installed", "installed 1.1.0-1", "1.1.0"),
        ("apt", "installed", "installed 2:1.7.1-1ubuntu2", "1.7.1"),
        (
            "apt",
            "available",
            "pipx:\n  Installed: (none)\n  Candidate: 0.12.3.1-3\n  Version table:\n",
            "0.12.3.1",
        ),
        ("apt", "available", "pipx:\n  Installed: (none)\n  Candidate: (none)\n", ""),
        ("dnf", "installed", "1.7.1", "1.7.1"),
        ("dnf", "installed", "package pipx is not installed\n", ""),
        ("dnf", "available", "1.7.0\n1.7.1\n", "1.7.1"),
        ("pacman", "installed", "python-pipx 1.7.1-1\n", "1.7.1"),
        (
            "pacman",
            "available",
            "Repository : extra\nName : python-pipx\nVersion         : 1.8.0-1\n",
            "1.8.0",
        ),
        ("apk", "installed", "uv-0.9.7-r0 x86_64 {uv} (MIT) [installed]\n", "0.9.7"),
        ("apk", "installed", "", ""),
        ("apk", "available", "uv-0.9.7-r0 x86_64 {uv} (MIT OR Apache-2.0)\n", "0.9.7"),
    ],
)
def test_output_of_package_managers(manager, query, output, version):
    row = next(row for row in PACKAGE_MANAGERS if row.name == manager)
    assert parse_version(getattr(row, query + "_pattern"), output) == version


@pytest.fixture
def apt(monkeypatch, tmp_path):
    row = PACKAGE_MANAGERS[0]._replace(executable="/bin/sh")
    monkeypatch.setattr(package_managers, "PACKAGE_MANAGERS", (row,))
    monkeypatch.setattr(package_managers, "_MACOS", str(tmp_path / "none"))
    monkeypatch.setattr(package_managers, "_APT_LISTS", str(tmp_path / "*_Packages*"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def answers(installed, candidate=""):
    """Return a Run, and the commands that it was called with."""
    calls = []

    def run(argv, environment, directory, seconds):
        calls.append(os.path.basename(argv[0]))
        if argv[0].endswith("dpkg-query"):
            return CommandResult(
                0 if installed else 1, "installed %s-1" % installed, ""
            )
        return CommandResult(0, "  Candidate: %s\n" % (candidate or "(none)"), "")

    return run, calls


@pytest.mark.parametrize(
    ("installed", "query", "calls"),
    [
        ("1.7.1", True, ["dpkg-query"]),
        ("0.12.3", True, ["dpkg-query", "apt-cache"]),
        ("", True, ["dpkg-query", "apt-cache"]),
        ("", False, ["dpkg-query"]),
    ],
)
def test_the_available_version_is_queried_where_it_matters(
    apt, installed, query, calls
):
    run, made = answers(installed, "1.1.0")
    found = find_package(run, PIPX, "1.0", query)
    assert (found.manager, found.installed, made) == ("apt", installed, calls)
    assert found.candidate == ("1.1.0" if "apt-cache" in calls else "")


def test_apt_without_lists_is_told_from_one_without_the_package(apt):
    run, _calls = answers("")
    assert find_package(run, PIPX, "1.0", True).candidate_known is False
    (apt / "deb_Packages").write_text("")
    assert find_package(run, PIPX, "1.0", True).candidate_known is True
