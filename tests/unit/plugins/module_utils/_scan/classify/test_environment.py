# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind, version and base of an environment."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.classify.environment import (
    classify_environment,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    EnvironmentReading,
    PipxReading,
)

READING = EnvironmentReading(
    path="/v",
    user="",
    owner_uid=0,
    config={"home": "/usr/bin", "version": "3.11.2"},
    has_config=True,
    python="/v/bin/python",
    python_link="/usr/bin/python3",
    resolved="/usr/bin/python3.11",
    base="/usr/bin/python3.11",
    base_language="3.11",
    lib_languages=("3.11",),
    site_packages=("/v/lib/python3.11/site-packages",),
    home_exists=True,
    has_activate=True,
    has_pip=True,
    full_version="3.11.4",
)
PIPX = PipxReading("black", "24.1", "", (), (), "", False, "pip", "/p")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, "venv"),
        ({"config": {"home": "/usr", "virtualenv": "20.4.0"}}, "virtualenv"),
        ({"config": {"home": "/usr/bin", "uv": "0.13.9"}}, "uv"),
        ({"receipt": "[tool]"}, "uv"),
        ({"config": {}, "has_config": False, "legacy_prefix": "/usr"}, "virtualenv"),
        ({"config": {}, "has_config": False}, "venv"),
        ({"conda": {"version": "3.12.4"}}, "conda"),
        # pipx with the uv backend: the environment is uv's, the application pipx's.
        ({"pipx": PIPX, "config": {"home": "/usr/bin", "uv": "0.13.9"}}, "pipx"),
    ],
)
def test_kind(change, kind):
    assert (
        classify_environment(READING._replace(**change), lambda path: "").kind == kind
    )


@pytest.mark.parametrize(
    ("change", "version"),
    [
        ({}, "3.11.4"),  # pyvenv.cfg may be older than the Python that is there
        ({"full_version": ""}, "3.11"),
        (
            {"full_version": "", "base_language": "", "resolved": "", "base": ""},
            "3.11.2",
        ),
        (
            {
                "full_version": "",
                "base_language": "",
                "config": {"version_info": "3.9.2.final.0"},
            },
            "3.9.2",
        ),
        (
            {
                "full_version": "",
                "base_language": "",
                "config": {"version_info": "3.14.10"},
            },
            "3.14.10",
        ),
        ({"full_version": "", "base_language": "", "config": {}}, "3.11"),
        (
            {
                "full_version": "",
                "base_language": "",
                "config": {"version": "x.y"},
                "lib_languages": ("3.9", "3.8"),
            },
            "",
        ),
        (
            {"full_version": "3.13.5", "base_language": "3.13"},
            "3.13.5",
        ),  # moved: what is really there
    ],
)
def test_version(change, version):
    assert (
        classify_environment(READING._replace(**change), lambda path: "").version
        == version
    )


def test_base_and_its_provider():
    providers = {"/usr/bin/python3.11": "debian"}
    environment = classify_environment(READING, lambda path: providers.get(path, ""))
    assert (environment.base, environment.base_provider) == (
        "/usr/bin/python3.11",
        "debian",
    )
    environment = classify_environment(
        READING._replace(base=""), lambda path: "never asked"
    )
    assert (environment.base, environment.base_provider) == ("", "")
