# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pipx is for everyone and for users."""

from __future__ import annotations

import os
import pwd

from ansible_collections.pyfleet.python.plugins.module_utils._pipx.installation_places import (
    find_places,
)


def test_places_of_users():
    own = pwd.getpwuid(os.geteuid())
    found = find_places("user", [])
    assert [place.user for place in found.places] == [own.pw_name]
    assert found.places[0].bin_directory == own.pw_dir.rstrip("/") + "/.local/bin"
    assert find_places("user", ["no-such-user-here"]).unknown_users == (
        "no-such-user-here",
    )
    (everyone,) = find_places("global", []).places
    assert (everyone.user, everyone.bin_directory) == ("", "/usr/local/bin")
