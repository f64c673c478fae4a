# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that pip accepts in its configuration files, and which values each takes.

Source: ``pip/_internal/commands`` and ``cli/cmdoptions.py`` of pip 20.3 to 26.3. A key is the long name of
an option (https://pip.pypa.io/en/stable/topics/configuration/). pip ignores keys that it does not know.
"""

from __future__ import annotations

from typing import Mapping, NamedTuple, Tuple

#: Sections that pip reads: one for all commands, and one for each command.
SECTIONS = frozenset(
    "global cache check completion config debug download freeze hash help index inspect install list lock search show "
    "uninstall wheel".split()
)
#: The section whose keys configparser adds to every other section.
DEFAULT_SECTION = "DEFAULT"
#: The words of ``pip/_internal/utils/misc.py`` (strtobool).
TRUE_WORDS = ("y", "yes", "t", "true", "on", "1")
FALSE_WORDS = ("n", "no", "f", "false", "off", "0")

#: Options that install into the system's Python in spite of PEP 668.
OVERRIDE = "break-system-packages"

_FLAGS = frozenset(
    "all all-releases break-system-packages check-build-dependencies compile debug disable-pip-version-check dry-run "
    "exclude-editable files force-reinstall ignore-installed ignore-requires-python include-editable isolated local "
    "no-build-isolation no-cache-dir no-clean no-color no-compile no-dependencies no-deps no-index no-input "
    "no-proxy-env no-python-version-warning no-require-hashes no-user no-verify no-warn-conflicts "
    "no-warn-script-location not-required only-dependencies only-deps outdated pre prefer-binary require-hashes "
    "require-venv require-virtualenv upgrade uptodate use-pep517 user yes".split()
)
#: Flags of which newer releases of pip take words as well: package names, ``:all:`` or ``:none:``.
_FLAGS_WITH_WORDS = frozenset(["all-releases"])
_COUNTS = frozenset(["quiet", "verbose"])
_INTEGERS = frozenset(["resume-retries", "retries"])
_NUMBERS = frozenset(["default-timeout", "timeout"])
_CHOICES = {
    "algorithm": ("sha256", "sha384", "sha512"),
    "exists-action": ("s", "i", "w", "b", "a"),
    "format": ("columns", "freeze", "json"),
    "keyring-provider": ("auto", "disabled", "import", "subprocess"),
    "progress-bar": ("auto", "on", "off", "raw"),
    "root-user-action": ("warn", "ignore"),
    "upgrade-strategy": ("only-if-needed", "eager"),
}
#: Options that take several values, which pip separates at white space.
_LISTS = frozenset(
    "abi build-constraint config-settings constraint editable exclude extra-index-url find-links group no-binary "
    "only-binary only-final path platform refresh-package requirement requirements-from-script trusted-host "
    "use-deprecated use-feature".split()
)
_TEXTS = frozenset(
    "cache-dir cert client-cert dest destination-dir destination-directory editor implementation index index-url "
    "local-log log log-file output prefix proxy pypi-url python python-version report root source source-dir "
    "source-directory src target uploaded-prior-to wheel-dir".split()
)


class OptionValues(NamedTuple):
    """The values of one option: its ``kind`` (flag, count, integer, number, choice, list or text) and choices."""

    kind: str
    choices: Tuple[str, ...] = ()


def _build_options() -> Mapping[str, OptionValues]:
    found = {key: OptionValues("flag") for key in _FLAGS - _FLAGS_WITH_WORDS}
    found.update({key: OptionValues("text") for key in _TEXTS | _FLAGS_WITH_WORDS})
    found.update({key: OptionValues("count") for key in _COUNTS})
    found.update({key: OptionValues("integer") for key in _INTEGERS})
    found.update({key: OptionValues("number") for key in _NUMBERS})
    found.update({key: OptionValues("list") for key in _LISTS})
    found.update({key: OptionValues("choice", choices) for key, choices in _CHOICES.items()})
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
        return "" if value.lower() in (*TRUE_WORDS, *FALSE_WORDS) else "%s takes true or false" % key
    if option.kind == "choice":
        return "" if value in option.choices else "%s takes one of: %s" % (key, ", ".join(option.choices))
    if option.kind == "count":
        words = (*TRUE_WORDS, *FALSE_WORDS)
        return "" if value.isdecimal() or value.lower() in words else "%s takes a number from 0" % key
    if option.kind == "integer":
        return "" if value.lstrip("+-").isdecimal() else "%s takes a whole number" % key
    if option.kind == "number":
        return _find_number_error(key, value)
    if option.kind == "list" and key in ("extra-index-url", "trusted-host") and len(value.split()) > 1:
        return "each value of %s is one word" % key
    return ""


def _find_number_error(key: str, value: str) -> str:
    try:
        float(value)
    except ValueError:
        return "%s takes a number of seconds" % key
    return ""
