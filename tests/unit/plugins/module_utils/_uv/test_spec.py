# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is valid in the options of `uv_python`."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._uv.spec import (
    OPTION_TABLE,
    PythonRequest,
    make_spec,
    parse_request,
    validate_options,
)


def options(**given: Any) -> Dict[str, Any]:
    """Return options as the module has them."""
    defaults = {name: row.get("default") for name, row in OPTION_TABLE.items()}
    return {**defaults, "versions": ["3.13"], **given}


@pytest.mark.parametrize(
    ("text", "request_of"),
    [
        ("3.13", PythonRequest("3.13", "3.13")),
        ("3.13.5", PythonRequest("3.13.5", "3.13", "3.13.5")),
        ("3.15.0rc2", PythonRequest("3.15.0rc2", "3.15", "3.15.0rc2")),
        ("3.14t", PythonRequest("3.14t", "3.14", "", "t")),
        ("3.14.1t", PythonRequest("3.14.1t", "3.14", "3.14.1", "t")),
        ("3", None),
        (">=3.11", None),
        ("pypy3.10", None),
        ("3.13 --force", None),
    ],
)
def test_versions(text: str, request_of: PythonRequest) -> None:
    assert parse_request(text) == request_of


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        ({}, []),
        ({"versions": []}, ["versions is empty"]),
        ({"versions": ["3.13", "3.13.5"]}, []),
        ({"versions": ["3.13", "3.13"]}, ["3.13 is listed twice"]),
        ({"versions": ["3"]}, ["not a version of Python: 3"]),
        (
            {"versions": ["3.13.5"], "state": "latest"},
            ["3.13.5 and state=latest contradict each other"],
        ),
        ({"install_dir": "py"}, ["install_dir is not an absolute path: py"]),
        (
            {"python_downloads_json_url": "list.json"},
            [
                "python_downloads_json_url is neither a URL nor an absolute path: list.json"
            ],
        ),
        (
            {"python_downloads_json_url": "/list.json", "mirror": "https://mirror"},
            ["mirror and python_downloads_json_url contradict each other"],
        ),
    ],
)
def test_validation(given: Dict[str, Any], messages: List[str]) -> None:
    found = list(validate_options(options(**given)))
    assert [problem.message for problem in found] == messages
    assert all(problem.hint for problem in found)


def test_a_spec_has_what_the_options_have() -> None:
    spec = make_spec(options(state="latest", install_dir="/srv/py/", owner="alice"))
    assert spec.requests == (PythonRequest("3.13", "3.13"),)
    assert (spec.state, spec.install_dir, spec.owner) == ("latest", "/srv/py", "alice")
