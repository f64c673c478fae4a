# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of a task: which count, and which are refused."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.environment import (
    KEPT,
    clean_environment,
    reject_unsupported_variables,
)


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("PIP_CONSTRAINT", "constraints"),
        ("UV_NO_BUILD", "only_binary"),
        ("PIP_UPGRADE", "latest"),
    ],
)
def test_what_would_change_the_result_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, option: str
) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(OperationError) as raised:
        reject_unsupported_variables()
    assert raised.value.code == "variable-not-supported"
    assert name in raised.value.message and option in raised.value.hint


@pytest.mark.parametrize(
    "name",
    ["PIP_BREAK_SYSTEM_PACKAGES", "PIP_ROOT_USER_ACTION", "PIP_REQUIRE_VIRTUALENV"],
)
def test_what_changes_nothing_is_left_out(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    reject_unsupported_variables()
    assert name not in clean_environment(None, {})[0]


@pytest.mark.parametrize("password", ["'", '"', "<", "/", "?", "#", " ", "%27"])
def test_passwords_are_taken_out_of_variables(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    url = "https://u:CANARY%stail@h/simple" % password
    monkeypatch.setenv("PIP_INDEX_URL", url)
    monkeypatch.setenv("UV_INDEX", "mine=%s" % url)
    environment, credentials = clean_environment(None, {})
    assert (environment["PIP_INDEX_URL"], environment["UV_INDEX"]) == (
        "https://h/simple",
        "mine=https://h/simple",
    )
    assert {each.host for each in credentials} == {"h"}


def test_what_counts_says_nothing_of_what_is_installed() -> None:
    assert not {"PIP_CONSTRAINT", "PIP_TARGET", "UV_OVERRIDE"} & KEPT
