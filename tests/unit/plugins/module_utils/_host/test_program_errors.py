# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A failure says what the tool said."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.program_errors import (
    find_deciding_lines,
)

_APT = """Reading package lists...
E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)
E: Unable to acquire the dpkg frontend lock, is another process using it?
"""
_DIVERT = """dpkg-divert: error: rename involves overwriting '/a' with
  different file '/a.distrib', not allowed
"""
_GIT = """fatal: repository '/nowhere' does not exist
Please make sure you have the correct access rights
and the repository exists.
"""
_PACMAN = """error: failed to init transaction (unable to lock database)
error: could not lock database: File exists
  if you're sure a package manager is not already running, remove it
"""

_DNF = """[3/4] Reinstalling python3-libs-0:3.14. 100% | 13.6 MiB/s
>>> [RPM] unpacking of archive failed on file /a: cpio: rename failed
Warning: skipped OpenPGP checks for 1 package from repository: fedora
"""


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        (
            _APT + _APT,
            "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt); "
            "E: Unable to acquire the dpkg frontend lock, is another process using it?",
        ),
        (
            _DIVERT,
            "dpkg-divert: error: rename involves overwriting '/a' with",
        ),
        (_GIT, "fatal: repository '/nowhere' does not exist"),
        (
            _PACMAN,
            "error: failed to init transaction (unable to lock database); "
            "error: could not lock database: File exists",
        ),
        (_DNF, ">>> [RPM] unpacking of archive failed on file /a: cpio: rename failed"),
        (
            "dpkg: error processing archive a.deb (--install):\n unable to make backup link of './a'\n",
            "dpkg: error processing archive a.deb (--install): unable to make backup link of './a'",
        ),
        ("one\ntwo\n\n", "two"),
        ("", ""),
    ],
)
def test_the_deciding_lines(output: str, lines: str) -> None:
    assert find_deciding_lines(output) == lines
