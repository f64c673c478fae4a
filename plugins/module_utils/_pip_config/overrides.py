# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a setting from having its effect: stronger files, sections of commands, variables."""

from __future__ import annotations

from typing import Callable, Iterator, NamedTuple

from .._scan.model import Settings
from .option_values import normalize_key
from .spec import PipConfigSpec, Setting

#: The scopes of pip's files, the weakest first; ``env`` is the file that PIP_CONFIG_FILE names.
_SCOPES = ("global", "user", "site", "env")


class Override(NamedTuple):
    """A setting of the spec, and what pip uses in its place: ``text`` as it stands in ``source``."""

    section: str
    key: str
    source: str
    text: str
    user: str  # whose pip is affected; empty for everybody's


def is_variable_of(spec: PipConfigSpec) -> Callable[[str], bool]:
    """Return a function that tells whether a variable sets a key of the spec: PIP_INDEX_URL for index-url."""
    keys = {setting.key for setting in spec.settings}
    return lambda name: name.startswith("PIP_") and normalize_key(name[4:]) in keys


def find_overrides(spec: PipConfigSpec, settings: Settings) -> Iterator[Override]:
    """Yield what is stronger than the settings of a spec.

    pip merges files from the weakest scope to the strongest, then takes [global], the section of the command, and the
    environment (``cli/parser.py``, _get_ordered_configuration_items).
    """
    if spec.tool != "pip":
        return
    for setting in spec.settings:
        if setting.state == "present":
            yield from _find_in_files(spec, setting, settings)
            yield from _find_in_variables(setting, settings)


def _find_in_files(
    spec: PipConfigSpec, setting: Setting, settings: Settings
) -> Iterator[Override]:
    for file in settings.pip_files:
        if file.prefix and file.prefix != spec.prefix:
            continue
        is_stronger = _SCOPES.index(file.scope) > _SCOPES.index(spec.scope)
        for section, key, value in file.settings:
            of_a_command = setting.section == "global" and section != "global"
            if key == setting.key and (
                of_a_command or (is_stronger and section == setting.section)
            ):
                text = "[%s] %s = %s" % (section, key, " ".join(value.split()))
                yield Override(setting.section, setting.key, file.path, text, file.user)


def _find_in_variables(setting: Setting, settings: Settings) -> Iterator[Override]:
    name = "PIP_" + setting.key.upper().replace("-", "_")
    for row in settings.variables:
        if row.name.upper() == name and row.value:
            yield Override(
                setting.section,
                setting.key,
                row.source,
                "%s=%s" % (row.name, row.value),
                row.user,
            )
