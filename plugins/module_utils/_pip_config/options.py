# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values each option takes that pip accepts in its configuration files."""

from __future__ import annotations

from typing import Mapping, NamedTuple, Tuple

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
    if option.kind == "flag":
        return (
            ""
            if value.lower() in (*TRUE_WORDS, *FALSE_WORDS)
            else "%s takes true or false" % key
        )
    if option.kind == "choice":
        return (
            ""
            if value in option.choices
            else "%s takes one of: %s" % (key, ", ".join(option.choices))
        )
    if option.kind == "count":
        words = (*TRUE_WORDS, *FALSE_WORDS)
        return (
            ""
            if value.isdecimal() or value.lower() in words
            else "%s takes a number from 0" % key
        )
    if option.kind == "integer":
        return "" if value.lstrip("+-").isdecimal() else "%s takes a whole number" % key
    if option.kind == "number":
        return _find_number_error(key, value)
    if (
        option.kind == "list"
        and key in ("extra-index-url", "trusted-host")
        and len(value.split()) > 1
    ):
        return "each value of %s is one word" % key
    return ""


def _find_number_error(key: str, value: str) -> str:
    try:
        float(value)
    except ValueError:
        return "%s takes a number of seconds" % key
    return ""
