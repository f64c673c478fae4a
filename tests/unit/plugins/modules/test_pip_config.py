# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module pip_config, run for real on the pip.conf of a directory: options in, results out, as documented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")
pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

import yaml

from ansible_collections.pyfleet.python.plugins.module_utils._ansible.pip_config_module import (
    PIP_CONFIG_ARGUMENTS,
)
from ansible_collections.pyfleet.python.plugins.modules import pip_config
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.runner import run

PASSWORD = "s3cret-pass"


def call(prefix: Path, capsys: Any, **options: Any) -> dict[str, Any]:
    return run(pip_config, capsys, {"scope": "site", "prefix": str(prefix), **options})


def test_check_mode_then_the_real_run_then_nothing(tmp_path: Path, capsys: Any) -> None:
    options = {"key": "index-url", "value": "https://pypi.example.com/simple"}
    predicted = call(tmp_path, capsys, **options, _ansible_check_mode=True)
    assert not (tmp_path / "pip.conf").exists()
    done = call(tmp_path, capsys, **options)
    assert {**predicted, "invocation": None} == {**done, "invocation": None}
    assert done["changed"] and done["settings"][0]["after"] == [
        "https://pypi.example.com/simple"
    ]
    assert (
        tmp_path / "pip.conf"
    ).read_text() == "[global]\nindex-url = https://pypi.example.com/simple\n"
    assert not call(tmp_path, capsys, **options)["changed"]


def test_many_settings_share_defaults(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "pip.conf").write_text("[install]\nuser = true\n")
    rows = [{"key": "no_compile", "value": True}, {"key": "user", "state": "absent"}]
    done = call(tmp_path, capsys, section="install", settings=rows)
    assert [row["changed"] for row in done["settings"]] == [True, True]
    assert (tmp_path / "pip.conf").read_text() == "[install]\nno-compile = true\n"


def test_with_one_invalid_setting_nothing_is_written(
    tmp_path: Path, capsys: Any
) -> None:
    rows = [{"key": "timeout", "value": 5}, {"key": "retries", "value": "many"}]
    failed = call(tmp_path, capsys, settings=rows)
    assert (
        failed["failed"]
        and failed["problem"]["option"] == "value"
        and "retries" in failed["msg"]
    )
    assert not (tmp_path / "pip.conf").exists()


def test_a_password_is_in_no_result(tmp_path: Path, capsys: Any) -> None:
    url = f"https://alice:{PASSWORD}@pypi.example.com/simple"
    for _run in range(2):
        done = call(tmp_path, capsys, key="index-url", value=url, _ansible_diff=True)
        assert PASSWORD not in str(done)
    assert PASSWORD in (tmp_path / "pip.conf").read_text()
    removed = call(
        tmp_path, capsys, key="index-url", state="absent", _ansible_diff=True
    )
    assert removed["diff"] and PASSWORD not in str(removed)


def test_what_is_stronger_is_reported(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "pip.conf").write_text("[install]\ntimeout = 1\n")
    done = call(tmp_path, capsys, key="timeout", value=9)
    assert [row["text"] for row in done["overridden_by"]] == ["[install] timeout = 1"]


def test_a_variable_of_the_process_is_stronger(
    tmp_path: Path, capsys: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("PIP_TIMEOUT", "7")
    monkeypatch.setenv("PIP_RETRIES", "3")
    done = call(tmp_path, capsys, key="timeout", value=9)
    assert [row["text"] for row in done["overridden_by"]] == ["PIP_TIMEOUT=7"]


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({}, "key"),
        ({"key": "timeout"}, "value"),
        ({"key": "timeout", "value": {"a": 1}}, "value"),
        (
            {
                "key": "timeout",
                "value": 5,
                "settings": [{"key": "retries", "value": 1}],
            },
            "settings",
        ),
        ({"key": "break-system-packages", "value": True}, "acknowledge_risk"),
    ],
)
def test_what_is_invalid(
    options: dict[str, Any], option: str, tmp_path: Path, capsys: Any
) -> None:
    failed = call(tmp_path, capsys, **options)
    assert failed["failed"] and failed["problem"]["option"] == option


def test_the_options_are_documented() -> None:
    documented = yaml.safe_load(pip_config.DOCUMENTATION)["options"]
    assert set(documented) == set(PIP_CONFIG_ARGUMENTS)
    for name, argument in PIP_CONFIG_ARGUMENTS.items():
        for key in ("type", "elements", "choices", "default"):
            assert documented[name].get(key) == argument.get(key), (name, key)


def test_the_results_are_documented(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "pip.conf").write_text("[install]\ntimeout = 1\n")
    done = call(tmp_path, capsys, key="timeout", value=9)
    documented = yaml.safe_load(pip_config.RETURN)
    assert set(done) - {"changed", "invocation"} == set(documented) - {"problem"}
    for key in ("settings", "files", "overridden_by"):
        assert all(set(row) == set(documented[key]["contains"]) for row in done[key]), (
            key
        )
