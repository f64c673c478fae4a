# SPDX-License-Identifier: GPL-3.0-or-later
"""What is requested of the configuration files of pip or uv: the option table and the records made from it."""

from __future__ import annotations

import difflib
from typing import Any, Dict, Iterator, NamedTuple, Optional, Tuple

from .._scan.invalid_option import OptionProblem
from .option_values import (
    DEFAULT_SECTION,
    OPTIONS,
    OVERRIDE,
    SECTIONS,
    TRUE_WORDS,
    find_value_error,
)

SCOPES = ("global", "user", "site")


class Setting(NamedTuple):
    """One key of one section, with its values; no values where it is to be absent."""

    section: str
    key: str
    values: Tuple[str, ...]
    state: str  # present, absent


class PipConfigSpec(NamedTuple):
    """The settings of one scope."""

    tool: str  # pip, uv
    scope: str  # global, user, site
    user: str
    prefix: str  # of scope site: the prefix of the installation or environment
    settings: Tuple[Setting, ...]
    acknowledge_risk: bool
    check_values: bool


class OptionRow(NamedTuple):
    """One option of the module: its argument specification, and whether it belongs to a single setting."""

    name: str
    argument: Dict[str, Any]
    of_setting: bool = False


#: The one table of options: the argument specification of the module and of its list ``settings`` come from it.
OPTION_TABLE = (
    OptionRow("tool", {"type": "str", "choices": ["pip", "uv"], "default": "pip"}),
    OptionRow("scope", {"type": "str", "choices": list(SCOPES)}),
    OptionRow("user", {"type": "str"}),
    OptionRow("prefix", {"type": "path"}),
    OptionRow("section", {"type": "str", "default": "global"}, of_setting=True),
    OptionRow("key", {"type": "str", "no_log": False}, of_setting=True),
    OptionRow("value", {"type": "raw"}, of_setting=True),
    OptionRow(
        "state",
        {"type": "str", "choices": ["present", "absent"], "default": "present"},
        of_setting=True,
    ),
    OptionRow("acknowledge_risk", {"type": "bool", "default": False}),
    OptionRow("check_values", {"type": "bool", "default": True}),
)


def make_argument_spec() -> Dict[str, Any]:
    """Return the argument specification of the module."""
    spec: Dict[str, Any] = {row.name: dict(row.argument) for row in OPTION_TABLE}
    item = {row.name: dict(row.argument) for row in OPTION_TABLE if row.of_setting}
    for argument in item.values():
        argument.pop(
            "default", None
        )  # the module's own value is the default of each item
    item["key"]["required"] = True
    spec["settings"] = {"type": "list", "elements": "dict", "options": item}
    return spec


def make_values(value: Any) -> Tuple[str, ...]:
    """Return the values of a setting as pip spells them; raise TypeError for what is no word or list of words."""
    items = value if isinstance(value, (list, tuple)) else [value]
    words = []
    for item in items:
        if isinstance(item, bool):
            words.append("true" if item else "false")
        elif isinstance(item, (int, float, str)):
            words.append(str(item).strip())
        else:
            raise TypeError("a value is a word, a number, a boolean, or a list of them")
    return tuple(words)


def validate_spec(spec: PipConfigSpec, throwaway: bool) -> Iterator[OptionProblem]:
    """Yield what is invalid in a spec; ``throwaway`` is true in an image build or on a disposable CI runner."""
    if spec.scope == "site" and not spec.prefix:
        yield OptionProblem(
            "prefix",
            "scope=site needs prefix",
            "Name the directory of the environment or installation.",
        )
    if spec.scope != "site" and spec.prefix:
        yield OptionProblem(
            "prefix",
            "prefix belongs to scope=site",
            "Set scope to site, or leave prefix out.",
        )
    if spec.user and spec.scope != "user":
        yield OptionProblem(
            "user",
            "user belongs to scope=user",
            "Set scope to user, or leave user out.",
        )
    if spec.tool == "uv" and spec.scope == "site":
        yield OptionProblem(
            "scope",
            "uv reads no file of an environment",
            "Set scope to global or user.",
        )
    seen = set()
    for setting in spec.settings:
        place = (setting.section, setting.key)
        if place in seen:
            message = "[%s] %s is listed twice in settings" % place
            yield OptionProblem(
                "settings", message, "Keep one: - and _ are the same to pip."
            )
        seen.add(place)
        yield from _validate_setting(spec, setting, throwaway)


def _validate_setting(
    spec: PipConfigSpec, setting: Setting, throwaway: bool
) -> Iterator[OptionProblem]:
    problem = _find_unwritable_value(setting)
    if problem is not None:
        yield problem
        return
    if len(setting.values) > 1 and any(
        value.startswith(("#", ";")) for value in setting.values
    ):
        message = "a value of %s would be a comment on its line" % setting.key
        yield OptionProblem("value", message, "Begin no value of a list with # or ;.")
    if spec.tool == "uv":
        yield from _validate_uv_setting(setting)
    else:
        yield from _validate_pip_setting(spec, setting)
    if overrides_pep668(setting) and not (throwaway or spec.acknowledge_risk):
        message = (
            "%s lets %s write into the system's Python, whose files belong to the package manager (PEP 668): the next "
            "upgrade of either breaks the other" % (OVERRIDE, spec.tool)
        )
        hint = (
            "Use pyfleet.python.venv, pyfleet.python.pipx_app or the distribution's package. Where the host is thrown "
            "away after use, set acknowledge_risk to true."
        )
        yield OptionProblem("acknowledge_risk", message, hint)


def _find_unwritable_value(setting: Setting) -> Optional[OptionProblem]:
    """Return why a value cannot stand in a configuration file, or None."""
    if setting.state == "present" and not any(setting.values):
        return OptionProblem(
            "value",
            "%s has no value" % setting.key,
            "pip ignores an empty value: set state to absent instead.",
        )
    if any("\n" in value or "\r" in value or "\0" in value for value in setting.values):
        return OptionProblem(
            "value",
            "a value of %s holds a line break" % setting.key,
            "Make it a list of values.",
        )
    return None


def overrides_pep668(setting: Setting) -> bool:
    """Return whether a setting switches the protection of PEP 668 off."""
    switched_on = any(value.lower() in TRUE_WORDS for value in setting.values)
    return setting.key == OVERRIDE and setting.state == "present" and switched_on


def _validate_uv_setting(setting: Setting) -> Iterator[OptionProblem]:
    if setting.key != OVERRIDE:
        message = "the module manages only %s in uv.toml" % OVERRIDE
        yield OptionProblem(
            "key", message, "Write other settings of uv with ansible.builtin.template."
        )
    elif setting.section not in ("global", "pip"):
        yield OptionProblem(
            "section", "%s belongs in [pip] of uv.toml" % OVERRIDE, "Leave section out."
        )
    elif setting.state == "present" and setting.values not in (("true",), ("false",)):
        yield OptionProblem(
            "value",
            "%s takes true or false in uv.toml" % OVERRIDE,
            "Set value to true or false.",
        )


def _validate_pip_setting(
    spec: PipConfigSpec, setting: Setting
) -> Iterator[OptionProblem]:
    if (
        setting.section not in SECTIONS
        and setting.section != DEFAULT_SECTION
        and setting.state == "present"
    ):
        near = difflib.get_close_matches(setting.section.lower(), SECTIONS, 1)
        hint = (
            "Did you mean %s?" % near[0]
            if near
            else "Use global, or the name of a pip command such as install."
        )
        yield OptionProblem(
            "section", "pip reads no section [%s]" % setting.section, hint
        )
    if not spec.check_values or setting.state == "absent":
        return
    if setting.key not in OPTIONS:
        near = difflib.get_close_matches(setting.key, OPTIONS, 1)
        hint = (
            "Did you mean %s?" % near[0]
            if near
            else "Set check_values to false if your pip knows it."
        )
        yield OptionProblem(
            "key", "pip has no option %s, and ignores the key" % setting.key, hint
        )
        return
    problem = find_value_error(setting.key, setting.values)
    if problem:
        yield OptionProblem(
            "value", problem, "pip ends every command with an error on another value."
        )
