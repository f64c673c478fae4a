# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pythons of uv for `python_source`: what is there is used, and what is not is predicted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

import pytest

pytest.importorskip("ansible.module_utils.basic", reason="needs ansible-core")

from ansible_collections.pyfleet.python.plugins.module_utils._ansible.uv_provider import (
    make_provider,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._uv import (
    carry_out as carrying_out,
)


def never(*_given: Any) -> NoReturn:
    raise AssertionError("a process was started")


@pytest.mark.parametrize("check", [True, False])
def test_a_python_that_is_there_is_used_without_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: bool
) -> None:
    prefix = tmp_path / "cpython-3.13.5-linux-x86_64-gnu"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin/python3.13").write_text("")
    link = tmp_path / "cpython-3.13-linux-x86_64-gnu"
    link.symlink_to(prefix)
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path))
    real = os.path.realpath(tmp_path)
    provide = make_provider(never, check)
    assert provide("3.13") == "%s/%s/bin/python3.13" % (real, link.name)
    assert provide("3.13.5") == "%s/%s/bin/python3.13" % (real, prefix.name)


def test_check_mode_tells_that_it_is_not_there_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path))
    monkeypatch.setattr(carrying_out, "find_uv", lambda *_given: "")
    with pytest.raises(OperationError) as caught:
        make_provider(never, True)("3.13")
    assert caught.value.code == "python-not-yet"
    assert "no uv was found" in caught.value.message
    with pytest.raises(OperationError) as caught:
        make_provider(never, False)("3.13")
    assert caught.value.code == "no-uv"


def test_what_is_no_version_for_uv() -> None:
    with pytest.raises(OperationError) as caught:
        make_provider(never, False)(">=3.11")
    assert caught.value.code == "bad-option"
