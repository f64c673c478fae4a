# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that contradict each other, or can't be meant so, are refused with a sentence that says what to do."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._core.plan.refusals import refuse, refuse_together
from ansible_collections.pyfleet.python.plugins.module_utils._core.wish import HealthCheck, Link, Wish

PATH = "/srv/app/venv"


@pytest.mark.parametrize(
    "wish",
    [
        Wish(PATH),
        Wish(PATH, packages=("requests[socks]>=2 ; python_version > '3.8'", "a @ https://example.com/a.whl")),
        Wish(PATH, state="absent", packages=("six",)),
        Wish(PATH, lock="/srv/app/pylock.toml"),
        Wish(PATH, release="20261125T120000-0a1b2c"),
        Wish(PATH, mode="0750", links=(Link("app", "/usr/local/bin", "shop"),)),
        Wish(PATH, no_index=True, find_links=("/srv/wheels",)),
    ],
)
def test_what_makes_sense_passes(wish: Wish) -> None:
    assert list(refuse(wish)) == []


@pytest.mark.parametrize(
    ("wish", "option"),
    [
        (Wish("venv"), "path"),
        (Wish(""), "path"),
        (Wish("/"), "path"),
        (Wish("/usr/local"), "path"),
        (Wish(PATH, requirements=("requirements.txt",)), "requirements"),
        (Wish(PATH, lock="lock.txt"), "lock"),
        (Wish(PATH, lock="/l", packages=("six",)), "lock"),
        (Wish(PATH, lock="/l", requirements=("/r",)), "lock"),
        (Wish(PATH, lock="/l", constraints=("/c",)), "lock"),
        (Wish(PATH, lock="/l", state="latest"), "lock"),
        (Wish(PATH, release="20261125T120000-0a1b2c", state="latest"), "release"),
        (Wish(PATH, release="20261125T120000-0a1b2c", packages=("six",)), "release"),
        (Wish(PATH, release="20261125T120000-0a1b2c", strategy="in_place"), "release"),
        (Wish(PATH, release="../../etc"), "release"),
        (Wish(PATH, require_hashes=True, packages=("six",)), "require_hashes"),
        (Wish(PATH, no_index=True, index_url="https://example.com/simple"), "no_index"),
        (Wish(PATH, packages=("-e /srv/app",)), "packages"),
        (Wish(PATH, packages=("--index-url=https://example.com",)), "packages"),
        (Wish(PATH, packages=("six\n-e .",)), "packages"),
        (Wish(PATH, packages=(" ",)), "packages"),
        (Wish(PATH, mode="u+x"), "mode"),
        (Wish(PATH, mode="493"), "mode"),
        (Wish(PATH, keep=-1), "keep"),
        (Wish(PATH, health_check=HealthCheck(())), "health_check"),
        (Wish(PATH, health_check=HealthCheck(("",))), "health_check"),
        (Wish(PATH, health_check=HealthCheck(("true",), timeout=0)), "health_check"),
        (Wish(PATH, health_check=HealthCheck(("true",)), strategy="in_place"), "health_check"),
        (Wish(PATH, links=(Link("../app", "/usr/local/bin"),)), "links"),
        (Wish(PATH, links=(Link("app", "/usr/local/bin", "a/b"),)), "links"),
        (Wish(PATH, links=(Link("app", "bin"),)), "links"),
        (Wish(PATH, links=(Link("app", "/usr/local/../bin"),)), "links"),
    ],
)
def test_what_makes_no_sense_is_refused(wish: Wish, option: str) -> None:
    found = list(refuse(wish))
    assert {row.option for row in found} == {option}
    assert all(row.message and row.hint.endswith(".") for row in found)


def test_one_environment_is_named_once_and_lies_in_no_other() -> None:
    assert list(refuse_together([Wish("/srv/a"), Wish("/srv/ab")])) == []
    assert [row.option for row in refuse_together([Wish("/srv/a"), Wish("/srv/a")])] == ["path"]
    assert [row.option for row in refuse_together([Wish("/srv/a/b"), Wish("/srv/a")])] == ["path"]
