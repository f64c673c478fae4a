# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values each option takes that pip accepts in its configuration files."""

from __future__ import annotations

from typing import Callable, Mapping, NamedTuple, Tuple

from .._scan.data.pip_options import (
    CHOICES,
    COUNTS,
    FLAGS,
    FLAGS_WITH_WORDS,
    INTEGERS,
    LISTS,
    NUMBERS,
    SECTIONS,
    TEXTS,
)

__all__ = ["SECTIONS"]

#: The section whose keys configparser adds to every other section.
DEFAULT_SECTION = "DEFAULT"
#: The words of ``pip/_internal/utils/misc.py`` (strtobool).
TRUE_WORDS = ("y", "yes", "t", "true", "on", "1")
FALSE_WORDS = ("n", "no", "f", "false", "off", "0")

#: Options that install into the system's Python in spite of PEP 668.
OVERRIDE = "break-system-packages"
#: Options whose values are lists, and may hold no blanks.
_LISTS_OF_WORDS = ("extra-index-url", "trusted-host")


class OptionValues(NamedTuple):
    """The values of one option: its ``kind`` (flag, count, integer, number, choice, list or text) and choices."""

    kind: str
    choices: Tuple[str, ...] = ()


def _build_options() -> Mapping[str, OptionValues]:
    found = {key: OptionValues("flag") for key in FLAGS - FLAGS_WITH_WORDS}
    found.update({key: OptionValues("text") for key in TEXTS | FLAGS_WITH_WORDS})
    found.update({key: OptionValues("count") for key in COUNTS})
    found.update({key: OptionValues("integer") for key in INTEGERS})
    found.update({key: OptionValues("number") for key in NUMBERS})
    found.update({key: OptionValues("list") for key in LISTS})
    found.update(
        {key: OptionValues("choice", choices) for key, choices in CHOICES.items()}
    )
    return found


OPTIONS = _build_options()


def normalize_key(key: str) -> str:
    """Return a key as pip spells it: lower case, hyphens, no leading dashes (``configuration.py``, _normalize_name)."""
    key = key.lower().replace("_", "-")
    return key[2:] if key.startswith("--") else key


def find_value_error(key: str, values: Tuple[str, ...]) -> str:
    """Return what is wrong with the values of a known option, or an empty string."""
    option = OPTIONS[key]
    if option.kind != "list" and len(values) > 1:
        return "%s takes one value" % key
    for value in values:
        problem = _find_error(key, option, value)
        if problem:
            return problem
    return ""


def _find_error(key: str, option: OptionValues, value: str) -> str:
    if option.kind == "choice" and value not in option.choices:
        return "%s takes one of: %s" % (key, ", ".join(option.choices))
    if key in _LISTS_OF_WORDS and len(value.split()) > 1:
        return "each value of %s is one word" % key
    check = _CHECKS.get(option.kind)
    if check is not None and not check.accepts(value):
        return "%s takes %s" % (key, check.expected)
    return ""


def _is_flag(value: str) -> bool:
    return value.lower() in (*TRUE_WORDS, *FALSE_WORDS)


def _is_count(value: str) -> bool:
    return value.isdecimal() or _is_flag(value)


def _is_integer(value: str) -> bool:
    return value.lstrip("+-").isdecimal()


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


class _ValueCheck(NamedTuple):
    """Whether a value is of a kind, and what that kind is called."""

    accepts: Callable[[str], bool]
    expected: str


#: By kind of option; kinds that are not listed take any text.
_CHECKS = {
    "flag": _ValueCheck(_is_flag, "true or false"),
    "count": _ValueCheck(_is_count, "a number from 0"),
    "integer": _ValueCheck(_is_integer, "a whole number"),
    "number": _ValueCheck(_is_number, "a number of seconds"),
}
