# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge what pip and uv make of their configuration: what bypasses the marker, or stops the tool altogether."""

from __future__ import annotations

from typing import Iterable, Iterator, Sequence

from ..._host.record import NamedTuple
from ..model import PipConfigFile, Settings, UvConfigFile, VariableSetting
from ..pep440 import at_least

_OVERRIDE_SINCE = "23.0.1"
_ONE_PLACE_SINCE = "25.2"  # a file that is named twice counts only at its first place (configuration.py, _dictionary)

_SWITCH = "break-system-packages"
_REDIRECTS = ("target", "prefix", "root")
#: Options of `pip install` that take a boolean; another value ends every command that has them with status 2.
_BOOLEANS = frozenset(
    "break-system-packages compile debug disable-pip-version-check dry-run force-reinstall ignore-installed isolated "
    "no-build-isolation no-color no-compile no-dependencies no-deps no-index no-input no-user no-warn-script-location "
    "pre prefer-binary require-hashes require-venv require-virtualenv upgrade use-pep517 user".split()
)
_TRUE = ("y", "yes", "t", "true", "on", "1")
_WORDS = (*_TRUE, "n", "no", "f", "false", "off", "0")


class Bypass(NamedTuple):
    """One setting by which a tool bypasses the marker."""

    source: str
    what: str
    user: str
    silent: bool = False


class Outcome(NamedTuple):
    """What one set of settings does."""

    stops: str = ""  # why the tool does not work at all
    bypasses: tuple[Bypass, ...] = ()
    unknown: str = ""  # why it is not known


def pip_outcome(
    *,
    settings: Settings,
    prefix: str,
    user: str,
    variables: Sequence[VariableSetting],
    version: str,
    command: str,
) -> Outcome:
    """Return what pip ``version`` does for ``user`` with these variables, on the installation ``prefix``.

    As cli/parser.py: [global], the command's section, the environment; files merged before; empty values dropped.
    """
    files = _pip_files(settings, prefix, user, variables)
    if at_least(version, _ONE_PLACE_SINCE) is not False:
        files = list({file.path: file for file in files}.values())
    failure = _pip_failure(files, version)
    if failure:
        return Outcome(failure)
    options: dict[str, _Option] = {}
    for found in (
        _options_of(files, "global"),
        _options_of(files, command),
        _options_in_environment(variables),
    ):
        for key, option in found.items():
            if not option.value or (
                key == _SWITCH and at_least(version, _OVERRIDE_SINCE) is False
            ):
                continue  # pip ignores an option that it does not know
            if _is_rejected(key, option.value):
                setting = option.setting
                return Outcome(
                    "pip %s rejects the value of %s (%s)"
                    % (command, setting.what, setting.source)
                )
            options[key] = option
    return _pip_bypasses(options, _unread(files))


def _pip_failure(files: Sequence[PipConfigFile], version: str) -> str:
    """Return what every command of pip ``version`` fails on; '' if on nothing."""
    for file in files:
        if file.error and (
            not file.error_from or at_least(version, file.error_from) is not False
        ):
            return "every pip command fails on %s: %s" % (file.path, file.error)
    return ""


class _Option(NamedTuple):
    """One option of pip, and where it is set."""

    value: str
    setting: Bypass


def _pip_bypasses(options: dict[str, _Option], unread: str) -> Outcome:
    """Return what options that are all valid make of the marker."""
    on = {}
    for key, option in options.items():
        if key in _BOOLEANS and option.value.lower() in _TRUE:
            on[key] = option.setting
    for key in ("require-virtualenv", "require-venv"):
        if key in on:
            return Outcome(
                "pip works in virtual environments only: %s (%s)"
                % (on[key].what, on[key].source)
            )
    redirects = [
        options[key].setting._replace(silent=True)
        for key in _REDIRECTS
        if key in options
    ]
    if "user" in on and ("target" in options or "prefix" in options):
        return Outcome(
            "pip install fails: %s contradicts %s"
            % (on["user"].what, redirects[0].what)
        )
    switch = [on[_SWITCH]] if _SWITCH in on else []
    return Outcome("", (*switch, *redirects), unread)


def _is_rejected(key: str, value: str) -> bool:
    if key in ("timeout", "default-timeout", "retries"):
        try:
            float(value)
        except ValueError:
            return True
    return key in _BOOLEANS and value.lower() not in _WORDS


def _unread(files: Sequence[PipConfigFile | UvConfigFile]) -> str:
    return next(
        (
            "%s could not be read: %s" % (file.path, file.unread)
            for file in files
            if file.unread
        ),
        "",
    )


def _pip_files(
    settings: Settings, prefix: str, user: str, variables: Sequence[VariableSetting]
) -> list[PipConfigFile]:
    """Return the files that pip loads, the weakest first; what PIP_CONFIG_FILE names replaces the user's own."""
    named = {row.name: row.value for row in variables}.get("PIP_CONFIG_FILE", "")
    if named == "/dev/null":
        return []
    last = [
        file
        for file in settings.pip_files
        if file.scope == "env" and file.path == named
    ][:1]
    left_out = ("env", "user") if last else ("env",)
    own = [
        row
        for row in settings.pip_files
        if row.prefix in ("", prefix) and row.user in ("", user)
    ]
    return [file for file in own if file.scope not in left_out] + last


def _options_of(files: Sequence[PipConfigFile], section: str) -> dict[str, _Option]:
    """Return the options of one section, by key; the last file wins."""
    found = {}
    for file in files:
        for name, key, value in file.settings:
            if name == section:
                what = "[%s] %s = %s" % (name, key, value)
                found[key] = _Option(value, Bypass(file.path, what, file.user))
    return found


def _options_in_environment(variables: Sequence[VariableSetting]) -> dict[str, _Option]:
    """Return the options that PIP_* variables set, by key."""
    found = {}
    for row in variables:
        if row.name.startswith("PIP_"):
            key = row.name[4:].lower().replace("_", "-")
            found[key[2:] if key.startswith("--") else key] = _Option(
                row.value, _variable(row)
            )
    found.pop("", None)
    return found


def _variable(row: VariableSetting) -> Bypass:
    return Bypass(row.source, "%s=%s" % (row.name, row.value), row.user)


def uv_outcome(
    settings: Settings, user: str, variables: Sequence[VariableSetting]
) -> Outcome:
    """Return what uv does for ``user`` with these variables (tried with uv 0.13).

    UV_CONFIG_FILE replaces all other files; a user's value goes before the system's; UV_BREAK_SYSTEM_PACKAGES can only
    switch on. Booleans are pip's words; another one, '' too, ends uv.
    """
    by_name = {row.name: row for row in variables if row.name.startswith("UV_")}
    files = _uv_files(settings, user, by_name)
    failure = _uv_failure(by_name.values(), files)
    if failure:
        return Outcome(failure)
    unknown = _unread(files)
    if "UV_CONFIG_FILE" in by_name and not files:
        unknown = (
            "UV_CONFIG_FILE=%s could not be read" % by_name["UV_CONFIG_FILE"].value
        )
    switch = by_name.get("UV_BREAK_SYSTEM_PACKAGES")
    is_on = switch is not None and switch.value.lower() in _TRUE
    bypasses = [_variable(switch)] if switch is not None and is_on else []
    return Outcome("", (*bypasses, *_uv_file_bypasses(files)), unknown)


def _uv_failure(
    variables: Iterable[VariableSetting], files: Sequence[UvConfigFile]
) -> str:
    """Return what uv fails on before it installs anything; '' if on nothing."""
    for row in variables:
        is_valid = (
            bool(row.value)
            if row.name == "UV_CONFIG_FILE"
            else row.value.lower() in _WORDS
        )
        if not is_valid:
            return "uv fails on the value of %s (%s)" % (
                _variable(row).what,
                row.source,
            )
    for file in files:
        if file.error:
            return "uv fails on %s: %s" % (file.path, file.error)
    return ""


def _uv_file_bypasses(files: Sequence[UvConfigFile]) -> Iterator[Bypass]:
    deciding = next(
        (file for file in files if file.break_system_packages is not None), None
    )
    if deciding and deciding.break_system_packages:
        yield Bypass(deciding.path, "[pip] break-system-packages = true", deciding.user)
    redirecting = next((file for file in files if file.redirect), None)
    if redirecting:
        yield Bypass(
            redirecting.path,
            "[pip] " + redirecting.redirect,
            redirecting.user,
            silent=True,
        )


def _uv_files(
    settings: Settings, user: str, by_name: dict[str, VariableSetting]
) -> list[UvConfigFile]:
    """Return the files that uv loads, the strongest first."""
    named = by_name.get("UV_CONFIG_FILE")
    if named is not None:
        return [
            row
            for row in settings.uv_files
            if row.scope == "env" and row.path == named.value
        ][:1]
    without = by_name.get("UV_NO_CONFIG")
    if without is not None and without.value.lower() in _TRUE:
        return []
    own = [row for row in settings.uv_files if row.scope == "user" and row.user == user]
    return own + [row for row in settings.uv_files if row.scope == "system"]
