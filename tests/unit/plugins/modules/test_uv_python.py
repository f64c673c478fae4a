# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules uv_python and uv_info: their options and results are those of their documentation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")
pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

import yaml

from ansible_collections.pyfleet.python.plugins.module_utils._ansible import (
    uv_info_module,
    uv_python_module,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.package_managers import (
    ProgramPackage,
)
from ansible_collections.pyfleet.python.plugins.module_utils._uv import program_source
from ansible_collections.pyfleet.python.plugins.modules import uv_info, uv_python
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.runner import run


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        (uv_python, uv_python_module.UV_PYTHON_ARGUMENTS),
        (uv_info, uv_info_module.UV_INFO_ARGUMENTS),
    ],
)
def test_the_options_are_documented(module: Any, arguments: Any) -> None:
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    assert set(documented) == set(arguments)
    for name, argument in arguments.items():
        for key in ("type", "elements", "choices", "default", "required"):
            assert documented[name].get(key) == argument.get(key), (name, key)


def test_the_results_are_documented(tmp_path: Path, capsys: Any) -> None:
    prefix = tmp_path / "cpython-3.13.5-linux-x86_64-gnu"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin/python3.13").write_text("")
    (tmp_path / "cpython-3.13-linux-x86_64-gnu").symlink_to(prefix)
    answer = run(
        uv_python, capsys, {"versions": ["3.13"], "install_dir": str(tmp_path)}
    )
    documented = yaml.safe_load(uv_python.RETURN)
    assert set(documented) - {"problem"} == set(answer) - {"changed", "invocation"}
    assert set(documented["pythons"]["contains"]) == set(answer["pythons"][0])
    assert answer["changed"] is False
    assert answer["pythons"][0]["version"] == "3.13.5"
    assert answer["pythons"][0]["python"] == os.path.realpath(tmp_path) + (
        "/cpython-3.13-linux-x86_64-gnu/bin/python3.13"
    )


def test_a_version_that_yaml_has_shortened(capsys: Any) -> None:
    failed = run(uv_python, capsys, {"versions": ["3"]})
    assert failed["msg"].startswith("not a version of Python: 3. Quote versions")


@pytest.fixture
def gather(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    """Return a function that runs uv_info on a host with a package manager and perhaps an environment of uv."""

    def run_on(package: ProgramPackage, has_environment: bool, source: str) -> Any:
        if has_environment:
            (tmp_path / "environment").mkdir()
        places = (str(tmp_path / "environment"), str(tmp_path / "bin"))
        monkeypatch.setattr(program_source, "_places", lambda: places)
        monkeypatch.setattr(program_source, "find_package", lambda *_given: package)
        return run(uv_info, capsys, {"source": source})

    return run_on


@pytest.mark.parametrize(
    ("package", "has_environment", "source", "expected"),
    [
        (ProgramPackage("dnf", installed="0.9.7"), False, "auto", "distribution"),
        (
            ProgramPackage("dnf", candidate="0.9.7", may_install=True),
            False,
            "auto",
            "distribution",
        ),
        (ProgramPackage("dnf", candidate="0.9.7"), False, "auto", "environment"),
        (ProgramPackage("apk", installed="0.7.2"), False, "auto", "environment"),
        (ProgramPackage("dnf", installed="0.9.7"), True, "auto", "environment"),
        (
            ProgramPackage("dnf", installed="0.9.7"),
            True,
            "distribution",
            "distribution",
        ),
        (ProgramPackage("dnf", installed="0.9.7"), False, "environment", "environment"),
        (ProgramPackage(), False, "auto", "environment"),
        (ProgramPackage(), False, "distribution", "No package of uv is known"),
        (
            ProgramPackage("apk", candidate="0.7.2", may_install=True),
            False,
            "distribution",
            "apk has uv 0.7.2, and 0.8 is the oldest",
        ),
    ],
)
def test_where_uv_comes_from(
    package: ProgramPackage,
    has_environment: bool,
    source: str,
    expected: str,
    gather: Any,
) -> None:
    answer = gather(package, has_environment, source)
    if answer.get("failed"):
        assert expected in answer["msg"]
        return
    assert answer["source"] == expected
    documented = yaml.safe_load(uv_info.RETURN)
    assert set(documented) == set(answer) - {"changed", "invocation"}
    assert set(documented["package"]["contains"]) == set(answer["package"])
