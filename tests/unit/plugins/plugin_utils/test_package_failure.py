# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a role says when a package manager fails: the line that decides, and a cure."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.plugin_utils.package_failure import (
    explain_package_failure,
)


@pytest.mark.parametrize(
    "result, words, cure",
    [
        (
            {
                "msg": "Failed to install package(s)",
                "stderr": "error: failed to init transaction (unable to lock database)\n"
                "error: could not lock database: File exists\n  if you're sure\n",
            },
            "could not lock database: File exists",
            "remove /var/lib/pacman/db.lck",
        ),
        (
            {
                "msg": "warning: database file for 'core' does not exist (use '-Sy' to download)"
            },
            "database file for 'core' does not exist",
            "pacman -Syu",
        ),
        (
            {
                "msg": "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem."
            },
            "E: dpkg was interrupted",
            "Run dpkg --configure -a",
        ),
        (
            {
                "msg": "'/usr/bin/apt-get' failed: E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7"
            },
            "held by process 7",
            "Another process uses",
        ),
        (
            {"msg": "Failed", "failures": ["No space left on device"]},
            "No space left",
            "Free space",
        ),
        ({"msg": "a new problem"}, "a new problem", ""),
        ({}, "said nothing", ""),
    ],
)
def test_the_line_that_decides_is_there_and_a_cure(
    result: Any, words: str, cure: str
) -> None:
    message = explain_package_failure(result)
    assert words in message
    assert cure in message
    assert message.count(words) == 1


def test_the_command_of_apt_is_left_out_where_its_error_is_quoted() -> None:
    error = "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?"
    result = {
        "msg": f"'/usr/bin/apt-get -y install 'pipx=1.1.0-1'' failed: {error}\n",
        "stderr": error + "\n",
    }
    assert explain_package_failure(result) == (
        f"{error} Another process uses the package manager: run it again when that has ended."
    )
