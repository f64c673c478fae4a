# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module conda_env: its options and results are those of its documentation, and it reads prefixes without a tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")
pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

import yaml

from ansible_collections.pyfleet.python.plugins.module_utils._ansible.conda_env_module import (
    CONDA_ENV_ARGUMENTS,
)
from ansible_collections.pyfleet.python.plugins.modules import conda_env
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.runner import run

TOKEN = "tk-0123456789abcdef"


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    meta = tmp_path / "env/conda-meta"
    meta.mkdir(parents=True)
    (meta / "history").touch()
    for name, depends in (
        ("numpy-1.26.4-0", ["python >=3.12"]),
        ("python-3.12.1-0", []),
    ):
        record = {"channel": "conda-forge", "depends": depends}
        (meta / (name + ".json")).write_text(json.dumps(record))
    return tmp_path / "env"


def test_options_are_those_of_the_documentation() -> None:
    documented = yaml.safe_load(conda_env.DOCUMENTATION)["options"]
    assert set(documented) == set(CONDA_ENV_ARGUMENTS)
    for name, argument in CONDA_ENV_ARGUMENTS.items():
        for key in ("type", "elements", "choices", "default"):
            assert documented[name].get(key) == argument.get(key), name


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {"packages": ["numpy=1.26", "python>=3.12"]},
        {"packages": ["conda-forge::numpy"], "exact": True},
        {"content": "dependencies: [numpy]\n"},
        {"content": {"dependencies": ["python"]}},
        {},
    ],
)
def test_what_is_satisfied_needs_no_tool(
    prefix: Path, capsys: Any, options: dict[str, Any], check: bool
) -> None:
    given = {"prefix": str(prefix), "executable": "/nonexistent", **options}
    done = run(conda_env, capsys, {**given, "_ansible_check_mode": check})
    assert not done["changed"] and done["steps"] == []
    documented = set(yaml.safe_load(conda_env.RETURN))
    assert set(done) - {"changed", "invocation"} <= documented


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"name": "web"}, "prefix"),
        ({"prefix": "relative"}, "prefix"),
        ({"packages": ["numpy>="]}, "packages"),
        ({"packages": ["numpy"], "content": {}}, "packages"),
        ({"packages": ["numpy"], "state": "absent"}, "packages"),
        ({"file": "/a", "content": {}}, "content"),
        ({"channels": ["--offline"]}, "channels"),
        ({"environments": [{"prefix": "/srv/x"}]}, "prefix"),
    ],
)
def test_contradictions_are_refused(
    capsys: Any, options: dict[str, Any], option: str
) -> None:
    failed = run(conda_env, capsys, {"prefix": "/srv/env", **options})
    assert failed["problem"]["option"] == option and failed["problem"]["hint"]


def test_an_environment_is_requested_once(capsys: Any) -> None:
    rows = [{"prefix": "/srv/env"}, {"prefix": "/srv/env/"}]
    failed = run(conda_env, capsys, {"environments": rows})
    assert failed["problem"]["option"] == "environments"


def test_a_token_is_in_no_result(prefix: Path, capsys: Any) -> None:
    url = "https://host.example/t/%s/main" % TOKEN
    for packages in (["numpy"], ["scipy"], [url + "::numpy"]):
        options = {"prefix": str(prefix), "executable": "/nonexistent"}
        done = run(
            conda_env, capsys, {**options, "packages": packages, "channels": [url]}
        )
        assert TOKEN not in json.dumps(done)


def test_absent_removes_the_directory(prefix: Path, capsys: Any) -> None:
    options = {"prefix": str(prefix), "state": "absent"}
    predicted = run(conda_env, capsys, {**options, "_ansible_check_mode": True})
    assert predicted["changed"] and prefix.exists()
    assert run(conda_env, capsys, options)["changed"] and not prefix.exists()
