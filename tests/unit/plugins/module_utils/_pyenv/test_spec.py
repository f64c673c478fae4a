# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that cannot work are refused with the cure, before anything is read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.spec import (
    OPTION_TABLE,
    make_spec,
    validate_options,
)

DEFAULTS = {
    **{row.name: row.argument.get("default") for row in OPTION_TABLE},
    "root": "/opt/pyenv",
}


def problems(**options: Any) -> list[str]:
    found = validate_options({**DEFAULTS, "versions": ["3.13"], **options})
    return [problem.option for problem in found]


def test_what_is_valid() -> None:
    assert problems() == []
    versions = ["3.13", "3.13.5", "3.13t", "pypy3.11-7.3.20", "3.15.0b4"]
    assert problems(versions=versions, **{"global": ["3.13", "system"]}) == []


@pytest.mark.parametrize(
    ("option", "options"),
    [
        ("root", {"root": "pyenv"}),
        ("versions", {"versions": [3.1]}),
        ("versions", {"versions": ["3"]}),
        ("versions", {"versions": [3]}),
        ("versions", {"versions": ["../x"]}),
        ("versions", {"versions": ["--force"]}),
        ("versions", {"versions": []}),
        ("global", {"global": [3.1]}),
        ("global", {"state": "absent", "global": ["3.13"]}),
        ("configure_options", {"configure_options": ["--with-lto --enable-shared"]}),
        ("build_environment", {"build_environment": {"A B": "1"}}),
        ("required_extensions", {"required_extensions": ["zib"]}),
        ("mirror_url", {"mirror_url": "https://me:secret@mirror.example.com"}),
        ("offline", {"offline": True, "mirror_url": "https://mirror.example.com"}),
        ("jobs", {"jobs": -1}),
    ],
)
def test_what_is_refused(option: str, options: dict[str, Any]) -> None:
    assert problems(**options) == [option]


def test_the_spec_has_each_version_once() -> None:
    spec = make_spec({**DEFAULTS, "versions": ["3.13", " 3.13"], "global": []})
    assert spec.versions == ("3.13",) and spec.global_versions == ()
    assert make_spec(DEFAULTS).global_versions is None
