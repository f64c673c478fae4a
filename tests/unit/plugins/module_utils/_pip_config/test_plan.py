# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file of a scope changes, and what prevents a change."""

from __future__ import annotations

from typing import Optional

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.plan import (
    PipConfigPlan,
    plan_pip_config,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.state import (
    ConfigFile,
    PipConfigState,
)

from .test_spec import setting, spec


def plan(
    *texts: Optional[str],
    key: str = "timeout",
    value: str = "",
    section: str = "global",
) -> PipConfigPlan:
    """Plan one setting over the files of a scope; without a value, its removal."""
    row = (
        setting(key, value, section=section)
        if value
        else setting(key, section=section, state="absent")
    )
    files = tuple(
        ConfigFile("/file%d" % number, text) for number, text in enumerate(texts)
    )
    return plan_pip_config(spec(row), PipConfigState(files))


def edited(done: PipConfigPlan) -> list[Optional[str]]:
    return [change.after for change in done.files]


def test_a_new_key_goes_into_the_last_file() -> None:
    done = plan("[global]\nretries = 1\n", None, value="5")
    assert edited(done) == ["[global]\nretries = 1\n", "[global]\ntimeout = 5\n"]
    assert done.changed and done.settings[0].path == "/file1"


def test_a_key_is_set_where_its_strongest_value_is() -> None:
    done = plan("[global]\ntimeout = 1\n", "[global]\nretries = 1\n", value="5")
    assert edited(done) == ["[global]\ntimeout = 5\n", "[global]\nretries = 1\n"]


def test_a_key_is_removed_from_every_file() -> None:
    done = plan("[global]\ntimeout = 1\n", "[global]\ntimeout = 2\nretries = 1\n")
    assert edited(done) == ["[global]\n", "[global]\nretries = 1\n"]
    assert [change.before for change in done.settings] == [("1",), ("2",)]


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("[global]\ntimeout=5\n", "timeout", "5"),
        ("[global]\nno-deps = Yes\n", "no-deps", "true"),
        ("[global]\ntrusted_host = a   b\n", "trusted-host", "a"),
        ("", "timeout", ""),
        (None, "timeout", ""),
        ("\ufeff", "timeout", ""),
    ],
)
def test_what_pip_reads_alike_is_no_change(
    text: Optional[str], key: str, value: str
) -> None:
    done = plan(text, key=key, value=value)
    if text == "\ufeff":
        assert [problem.code for problem in done.problems] == ["byte-order-mark"]
    elif "trusted" in key:
        assert done.changed  # one host is not two
    else:
        assert not done.changed and edited(done) == [text]


def test_values_on_one_line_and_on_several_are_the_same_list() -> None:
    row = setting("trusted-host", "a", "b")
    state = PipConfigState((ConfigFile("/file", "[global]\ntrusted-host = a b\n"),))
    assert not plan_pip_config(spec(row), state).changed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("timeout = 5\n", "invalid-file"),
        ("[global]\nthis is no setting\n", "invalid-file"),
        ("[global]\ntimeout = 5\ntimeout = 6\n", "invalid-file"),
        ("[global]\n[global]\n", "invalid-file"),
        ("[DEFAULT]\ntimeout = 5\n[global]\n", "in-default-section"),
    ],
)
def test_a_file_that_cannot_be_edited_is_named(text: str, code: str) -> None:
    done = plan(text)
    assert [problem.code for problem in done.problems] == [code]
    assert "/file0" in done.problems[0].message and done.problems[0].hint


def test_an_unreadable_file_is_named() -> None:
    state = PipConfigState((ConfigFile("/file", problem="it is a directory"),))
    done = plan_pip_config(spec(setting("timeout", "5")), state)
    assert [problem.code for problem in done.problems] == ["unreadable-file"]


def test_bytes_that_are_not_utf_8_stay() -> None:
    text = b"[global]\n# caf\xe9\n".decode("utf-8", "surrogateescape")
    assert edited(plan(text, value="5")) == [text.replace("#", "timeout = 5\n#")]


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        (None, "false", "[pip]\nbreak-system-packages = false\n"),
        ("[pip]\nbreak-system-packages = true # why\n", "", "[pip]\n"),
        ("pip.break-system-packages = true\n", "", ""),
        (
            "[pip]\ntarget = '/a'\n",
            "false",
            "[pip]\nbreak-system-packages = false\ntarget = '/a'\n",
        ),
        (
            "offline = true\n",
            "false",
            "offline = true\n\n[pip]\nbreak-system-packages = false\n",
        ),
        (
            "[pip]\nbreak-system-packages = true\n",
            "false",
            "[pip]\nbreak-system-packages = false\n",
        ),
    ],
)
def test_the_one_setting_of_uv(before: Optional[str], value: str, after: str) -> None:
    row = (
        setting("break-system-packages", value)
        if value
        else setting("break-system-packages", state="absent")
    )
    state = PipConfigState((ConfigFile("/uv.toml", before),))
    done = plan_pip_config(spec(row, tool="uv"), state)
    assert not done.problems and edited(done) == [after]


def test_a_uv_toml_that_needs_more_than_a_line_is_left_to_a_person() -> None:
    row = setting("break-system-packages", state="absent")
    state = PipConfigState(
        (ConfigFile("/uv.toml", "pip = {break-system-packages = true}\n"),)
    )
    done = plan_pip_config(spec(row, tool="uv"), state)
    assert [problem.code for problem in done.problems] == [
        "not-editable"
    ] and not done.files
