# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which requests are valid, and what the others are told."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.option_values import (
    OPTIONS,
    find_value_error,
    normalize_key,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.spec import (
    PipConfigSpec,
    Setting,
    make_values,
    validate_spec,
)


def setting(
    key: str = "timeout", *values: str, section: str = "global", state: str = "present"
) -> Setting:
    return Setting(section=section, key=key, values=values, state=state)


def spec(*settings: Setting, **changes: Any) -> PipConfigSpec:
    base = PipConfigSpec(
        tool="pip",
        scope="global",
        user="",
        prefix="",
        settings=settings,
        acknowledge_risk=False,
        check_values=True,
    )
    return base._replace(**changes)


def problems(request: PipConfigSpec, throwaway: bool = False) -> list[str]:
    return [problem.option for problem in validate_spec(request, throwaway)]


@pytest.mark.parametrize(
    "spelling", ["index-url", "index_url", "INDEX-URL", "--index-url"]
)
def test_spellings_are_folded(spelling: str) -> None:
    assert normalize_key(spelling) == "index-url"


@pytest.mark.parametrize(
    ("value", "values"),
    [
        (True, ("true",)),
        (False, ("false",)),
        (60, ("60",)),
        (2.5, ("2.5",)),
        (" a ", ("a",)),
        (["a", 1, True], ("a", "1", "true")),
    ],
)
def test_values_of_yaml_become_words_of_pip(
    value: Any, values: tuple[str, ...]
) -> None:
    assert make_values(value) == values


def test_a_mapping_is_no_value() -> None:
    with pytest.raises(TypeError):
        make_values({"a": 1})


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("timeout", "2.5", "soon"),
        ("retries", "3", "3.5"),
        ("require-virtualenv", "yes", "perhaps"),
        ("progress-bar", "off", "ascii"),
        ("upgrade-strategy", "eager", "always"),
        ("verbose", "2", "loud"),
        ("index-url", "https://pypi.example.com/simple", None),
    ],
)
def test_values_are_those_that_pip_accepts(key: str, good: str, bad: Any) -> None:
    assert find_value_error(key, (good,)) == ""
    if bad is not None:
        assert find_value_error(key, (bad,)).startswith(key)


def test_every_option_has_one_kind_of_values() -> None:
    assert {option.kind for option in OPTIONS.values()} == {
        "flag", "count", "integer", "number", "choice", "list", "text"
    }  # fmt: skip
    assert all(normalize_key(key) == key for key in OPTIONS)


@pytest.mark.parametrize(
    ("request_", "option"),
    [
        (spec(setting("timeout", "5"), scope="site"), "prefix"),
        (spec(setting("timeout", "5"), prefix="/srv/app"), "prefix"),
        (spec(setting("timeout", "5"), user="alice"), "user"),
        (spec(setting("timeout", "5"), setting("timeout", state="absent")), "settings"),
        (spec(setting("timeout", "")), "value"),
        (spec(setting("timeout", "5\n6")), "value"),
        (spec(setting("timeout", "5", "6")), "value"),
        (spec(setting("extra-index-url", "https://a", "#b")), "value"),
        (spec(setting("extra-index-url", "https://a https://b")), "value"),
        (spec(setting("timeout", "5", section="pip")), "section"),
        (spec(setting("tiemout", "5")), "key"),
        (spec(setting("timeout", "5"), tool="uv"), "key"),
        (
            spec(
                setting("break-system-packages", "1"), tool="uv", acknowledge_risk=True
            ),
            "value",
        ),
        (
            spec(
                setting("break-system-packages", "false"),
                tool="uv",
                scope="site",
                prefix="/srv",
            ),
            "scope",
        ),
    ],
)
def test_what_is_invalid_names_its_option(request_: PipConfigSpec, option: str) -> None:
    assert problems(request_) == [option]


@pytest.mark.parametrize(
    "request_",
    [
        spec(setting("timeout", "5"), setting("timeout", "5", section="install")),
        spec(setting("timeout", "5", section="DEFAULT")),
        spec(setting("extra-index-url", "https://a", "https://b")),
        spec(setting("a-newer-option", "5"), check_values=False),
        spec(setting("tiemout", section="pip", state="absent")),
        spec(setting("timeout", "5"), scope="site", prefix="/srv/app"),
        spec(setting("break-system-packages", state="absent")),
        spec(setting("break-system-packages", "false")),
        spec(setting("break-system-packages", state="absent"), tool="uv"),
    ],
)
def test_what_is_valid_passes(request_: PipConfigSpec) -> None:
    assert problems(request_) == []


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_the_override_of_pep_668_needs_a_throwaway_host_or_an_acknowledgement(
    tool: str,
) -> None:
    request_ = spec(setting("break-system-packages", "true"), tool=tool)
    assert problems(request_) == ["acknowledge_risk"]
    assert problems(request_, throwaway=True) == []
    assert problems(request_._replace(acknowledge_risk=True)) == []


def test_a_misspelt_key_is_answered_with_the_right_one() -> None:
    (problem,) = validate_spec(spec(setting("index-urls", "https://a")), False)
    assert problem.hint == "Did you mean index-url?"
