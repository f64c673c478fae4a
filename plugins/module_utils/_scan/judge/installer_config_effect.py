# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge what pip and uv make of their configuration: what leads past the marker, or stops the tool altogether."""

from __future__ import annotations

from typing import NamedTuple, Sequence

from ..model import PipConfigFile, Settings, UvConfigFile, VariableSetting
from ..pep440 import at_least

CHECKS_SINCE = "23.0"  # pip's NEWS
_OVERRIDE_SINCE = "23.0.1"
_ONE_PLACE_SINCE = "25.2"  # a file that is named twice counts only at its first place (configuration.py, _dictionary)

_SWITCH = "break-system-packages"
#: Options of `pip install` that take a boolean; another value ends every command that has them with status 2.
_BOOLEANS = frozenset(
    "break-system-packages compile debug disable-pip-version-check dry-run force-reinstall ignore-installed isolated "
    "no-build-isolation no-color no-compile no-dependencies no-deps no-index no-input no-user no-warn-script-location "
    "pre prefer-binary require-hashes require-venv require-virtualenv upgrade use-pep517 user".split()
)
_TRUE = ("y", "yes", "t", "true", "on", "1")
_WORDS = (*_TRUE, "n", "no", "f", "false", "off", "0")


class Opening(NamedTuple):
    """One setting that leads a tool past the marker."""

    source: str
    what: str
    user: str
    silent: bool = False


class Outcome(NamedTuple):
    """What one set of settings does."""

    stops: str = ""  # why the tool does not work at all
    openings: tuple[Opening, ...] = ()
    unknown: str = ""  # why it can't be told


def pip_outcome(
    settings: Settings, prefix: str, user: str, variables: Sequence[VariableSetting], version: str, command: str
) -> Outcome:
    """Give what pip ``version`` does for ``user`` with these variables, on the installation ``prefix``.

    As cli/parser.py: [global], the command's section, the environment; files merged before; empty values dropped.
    """
    files = _pip_files(settings, prefix, user, variables)
    if at_least(version, _ONE_PLACE_SINCE) is not False:
        files = list({file.path: file for file in files}.values())
    for file in files:
        if file.error and (not file.error_from or at_least(version, file.error_from) is not False):
            return Outcome("every pip command fails on %s: %s" % (file.path, file.error))
    values: dict[str, tuple[str, Opening]] = {}
    for section in ("global", command, ""):
        for key, (value, row) in _group(files, variables, section).items():
            # An option that this pip lacks it passes over.
            if value and (key != _SWITCH or at_least(version, _OVERRIDE_SINCE) is not False):
                if _wrong(key, value):
                    return Outcome("pip %s takes no such value: %s (%s)" % (command, row.what, row.source))
                values[key] = value, row
    on = {key: row for key, (value, row) in values.items() if key in _BOOLEANS and value.lower() in _TRUE}
    for key in ("require-virtualenv", "require-venv"):
        if key in on:
            return Outcome("pip works in virtual environments only: %s (%s)" % (on[key].what, on[key].source))
    redirects = [values[key][1]._replace(silent=True) for key in ("target", "prefix", "root") if key in values]
    if "user" in on and ("target" in values or "prefix" in values):
        return Outcome("pip install fails: %s contradicts %s" % (on["user"].what, redirects[0].what))
    return Outcome("", (*(on[key] for key in (_SWITCH,) if key in on), *redirects), _unread(files))


def _wrong(key: str, value: str) -> bool:
    if key in ("timeout", "default-timeout", "retries"):
        try:
            float(value)
        except ValueError:
            return True
    return key in _BOOLEANS and value.lower() not in _WORDS


def _unread(files: Sequence[PipConfigFile | UvConfigFile]) -> str:
    return next(("%s could not be read: %s" % (file.path, file.unread) for file in files if file.unread), "")


def _pip_files(settings: Settings, prefix: str, user: str, variables: Sequence[VariableSetting]) -> list[PipConfigFile]:
    """Give the files that pip loads, the weakest first; what PIP_CONFIG_FILE names replaces the user's own."""
    named = {row.name: row.value for row in variables}.get("PIP_CONFIG_FILE", "")
    last = [file for file in settings.pip_files if file.scope == "env" and file.path == named][:1]
    left_out = ("env", "user" if last else "")
    own = [row for row in settings.pip_files if row.prefix in ("", prefix) and row.user in ("", user)]
    return [] if named == "/dev/null" else [file for file in own if file.scope not in left_out] + last


def _group(
    files: Sequence[PipConfigFile], variables: Sequence[VariableSetting], section: str
) -> dict[str, tuple[str, Opening]]:
    """Give (value, setting) by key: of a section, or '' for the environment."""
    if section:
        return {
            key: (value, Opening(file.path, "[%s] %s = %s" % (name, key, value), file.user))
            for file in files
            for name, key, value in file.settings
            if name == section
        }
    keys = [row.name[4:].lower().replace("_", "-") if row.name.startswith("PIP_") else "" for row in variables]
    return {
        key[2:] if key.startswith("--") else key: (row.value, _variable(row))
        for key, row in zip(keys, variables)
        if key
    }


def _variable(row: VariableSetting) -> Opening:
    return Opening(row.source, "%s=%s" % (row.name, row.value), row.user)


def uv_outcome(settings: Settings, user: str, variables: Sequence[VariableSetting]) -> Outcome:
    """Give what uv does for ``user`` with these variables (tried with uv 0.13).

    UV_CONFIG_FILE replaces all other files; a user's value goes before the system's; UV_BREAK_SYSTEM_PACKAGES can only
    switch on. Booleans are pip's words; another one, '' too, ends uv.
    """
    by_name = {row.name: row for row in variables if row.name.startswith("UV_")}
    for row in by_name.values():
        if not row.value if row.name == "UV_CONFIG_FILE" else row.value.lower() not in _WORDS:
            return Outcome("uv fails on the value of %s (%s)" % (_variable(row).what, row.source))
    on = [row.name for row in by_name.values() if row.value.lower() in _TRUE]
    files = [row for row in settings.uv_files if row.scope == "user" and row.user == user]
    files += [row for row in settings.uv_files if row.scope == "system"]
    named, unknown = by_name.get("UV_CONFIG_FILE"), ""
    if named is not None:
        files = [row for row in settings.uv_files if row.scope == "env" and row.path == named.value][:1]
        unknown = "" if files else "UV_CONFIG_FILE=%s could not be looked at" % named.value
    elif "UV_NO_CONFIG" in on:
        files = []
    for file in files:
        if file.error:
            return Outcome("uv fails on %s: %s" % (file.path, file.error))
    openings = [_variable(by_name[name]) for name in on if name == "UV_BREAK_SYSTEM_PACKAGES"]
    deciding = [file for file in files if file.break_system_packages is not None][:1]
    shown = "[pip] break-system-packages = true"
    openings += [Opening(file.path, shown, file.user) for file in deciding if file.break_system_packages]
    openings += [Opening(file.path, "[pip] " + file.redirect, file.user, True) for file in files if file.redirect][:1]
    return Outcome("", tuple(openings), unknown or _unread(files))
