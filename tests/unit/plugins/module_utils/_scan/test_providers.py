# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole pipeline over one host for each provider: whose each Python is, of which version, and its marker."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.data.providers import (
    PROVIDERS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Request
from ansible_collections.pyfleet.python.plugins.module_utils._scan.pipeline import scan
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    JudgedInstallation,
)

from ..fixtures.provider_trees import CASES, Case
from ..fixtures.trees import tree


def judged(tmp_path: Path, case: Case) -> JudgedInstallation:
    host = tree(tmp_path, case.files, env=dict(case.env), uid=0)
    found = {
        each.installation.reading.path: each
        for each in scan(host, Request()).judged.installations
    }
    assert case.path in found, sorted(found)
    return found[case.path]


@pytest.mark.parametrize("name", CASES)
def test_provider(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    each = judged(tmp_path, case)
    row = each.installation
    owner = f"{row.package.manager} {row.package.package}" if row.package else ""
    answer = (row.provider, row.version, owner, row.system, each.managed.state)
    assert answer == (
        case.provider,
        case.version,
        case.owner,
        case.system,
        case.state,
    ), each
    assert row.provider_because and row.expectation_because


def test_every_row_has_a_tree() -> None:
    assert {case.provider for case in CASES.values()} == {
        row.key for row in PROVIDERS
    } | {"unknown"}


def test_an_owner_that_is_not_known_is_said(tmp_path: Path) -> None:
    row = judged(tmp_path, CASES["rhel-8"]).installation
    assert row.package is None and "BerkeleyDB" in row.package_unknown
    assert (row.expectation, row.expectation_because) == (
        "not-shipped",
        "RHEL's platform Python does not ship the marker",
    )


def test_one_installation_whatever_links_to_it(tmp_path: Path) -> None:
    """uv's link for the minor version, mise's `latest` and the names in ~/.local/bin are names of one Python."""
    for name in ("uv", "mise", "docker-library-and-debian"):
        case = CASES[name]
        host = tree(tmp_path / name, case.files, uid=0)
        paths = [
            each.installation.reading.path
            for each in scan(host, Request()).judged.installations
        ]
        assert len(paths) == len(set(paths)) == (2 if name.startswith("docker") else 1)


def test_a_shim_is_no_installation(tmp_path: Path) -> None:
    for name in ("pyenv", "asdf", "command-line-tools"):
        case = CASES[name]
        host = tree(tmp_path / name, case.files, uid=0)
        paths = [
            each.installation.reading.path
            for each in scan(host, Request()).judged.installations
        ]
        assert paths == [case.path]
