# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge PEP 668 for one installation: is the marker as shipped, and are pip and uv in fact stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterator, Sequence

from ..model import Marker, Ownership, Settings, VariableSetting
from ..pep440 import at_least
from ..verdicts import Effective, Installation, ManagedVerdict, Override
from .marker import marker_state, marker_text

if TYPE_CHECKING:
    from .installer_config_effect import Outcome

Variables = Sequence[VariableSetting]

_CHECKS_SINCE = "23.0"  # pip's NEWS
_MANAGED = "externally managed (PEP 668)"


def judge_managed(
    installation: Installation,
    settings: Settings,
    ownership: Ownership,
    shipped_text: str = "",
) -> ManagedVerdict:
    """Judge ``pip install`` and ``uv pip install`` for the caller, and find every override for everybody.

    ``shipped_text`` is how the vendor's text begins, for providers whose package database records no digest.
    """
    reading = installation.reading
    marker, version = (
        reading.marker,
        reading.pip.version if reading.pip is not None else "",
    )
    state, because = marker_state(installation, ownership, shipped_text)
    text = marker_text(marker, settings.language, reading.prefix)

    pip, uv = _tools(reading.prefix, version, settings)
    by_marker = _pip_and_marker(installation, text.crash)
    pip_stopped = _effective(by_marker, pip, settings)
    process = [row for row in settings.variables if row.scope == "process"]
    works = not (_is_configured(settings) and pip(process).stops)
    shows_text = (
        works and pip_stopped.stopped is not False and by_marker.stopped is not False
    )
    overrides: tuple[Override, ...] = ()
    if state != "not_expected":
        overrides = tuple(dict.fromkeys(_overrides(installation, settings, version)))
    return ManagedVerdict(
        marker=marker.path,
        state=state,
        because=because,
        pip=pip_stopped,
        uv=_effective(_uv_and_marker(marker), uv, settings),
        message=text.text if shows_text else "",
        overrides=overrides,
    )


def _tools(
    prefix: str, version: str, settings: Settings
) -> tuple[Callable[[Variables], Outcome], Callable[[Variables], Outcome]]:
    """Return what pip and uv do, as the caller, with given variables."""

    def pip(variables: Variables) -> Outcome:
        from .installer_config_effect import pip_outcome

        return pip_outcome(
            settings=settings,
            prefix=prefix,
            user=settings.caller,
            variables=variables,
            version=version,
            command="install",
        )

    def uv(variables: Variables) -> Outcome:
        from .installer_config_effect import uv_outcome

        return uv_outcome(settings, settings.caller, variables)

    return pip, uv


def _is_configured(settings: Settings) -> bool:
    """Return whether any file or variable says anything to pip or uv; on most hosts none does."""
    return bool(settings.pip_files or settings.uv_files or settings.variables)


def _pip_and_marker(installation: Installation, crash: str) -> Effective:
    marker, pip = installation.reading.marker, installation.reading.pip
    if marker.kind not in ("file", "link"):
        return Effective(
            False, "not externally managed: no regular file at %s" % marker.path
        )
    if pip is None:
        return Effective(
            True,
            "%s; no pip is installed, one of %s or newer obeys"
            % (_MANAGED, _CHECKS_SINCE),
        )
    checks = at_least(pip.version, _CHECKS_SINCE)
    if checks is None:
        return Effective(None, "pip %s is of no known version" % pip.version)
    if not checks:
        return Effective(
            False,
            "pip %s is older than %s and ignores EXTERNALLY-MANAGED"
            % (pip.version, _CHECKS_SINCE),
        )
    does = "fails on the content of the file: %s" % crash if crash else "obeys"
    return Effective(True, "%s, and pip %s %s" % (_MANAGED, pip.version, does))


def _uv_and_marker(marker: Marker) -> Effective:
    if marker.readable is False:
        return Effective(
            False, "uv ignores an EXTERNALLY-MANAGED file that it cannot read"
        )
    if marker.content is None:
        if marker.kind in ("file", "link"):
            return Effective(None, "the EXTERNALLY-MANAGED file could not be read")
        return Effective(False, "not externally managed")
    try:
        marker.content.decode("utf-8")
    except UnicodeDecodeError:
        return Effective(
            False, "uv ignores an EXTERNALLY-MANAGED file that is not valid UTF-8"
        )
    return Effective(True, "%s, and uv obeys" % _MANAGED)


def _effective(
    by_marker: Effective, judge: Callable[[Variables], Outcome], settings: Settings
) -> Effective:
    """Join the marker with the settings: of the caller's process, then of their login, then what is set perhaps."""
    if not _is_configured(settings):
        return by_marker
    process = [row for row in settings.variables if row.scope == "process"]
    login = [
        row
        for row in settings.variables
        if row.scope == "login" and row.user in ("", settings.caller)
    ]
    certain = [row for row in login if not row.doubt]
    now = _joined(by_marker, judge(process))
    if now.stopped is False:
        return now
    for variables, stopped, where in (
        (certain, False, "in"),
        (login, None, "perhaps in"),
    ):
        then = _joined(by_marker, judge(process + variables)) if variables else now
        if then.stopped is False:
            return Effective(stopped, "%s a login shell: %s" % (where, then.because))
    return now


def _joined(by_marker: Effective, outcome: Outcome) -> Effective:
    if outcome.stops:
        return Effective(True, outcome.stops)
    if outcome.bypasses and by_marker.stopped is not False:
        first = outcome.bypasses[0]
        return Effective(False, "%s (%s)" % (first.what, first.source))
    if outcome.unknown and by_marker.stopped:
        return Effective(None, outcome.unknown)
    return by_marker


def _overrides(
    installation: Installation, settings: Settings, version: str
) -> Iterator[Override]:
    """Yield what overrides the marker: an old pip, then each source of settings by itself."""
    pip = installation.reading.pip
    if pip is not None and at_least(pip.version, _CHECKS_SINCE) is False:
        yield Override(
            tool="pip", source=pip.path, what="pip %s" % pip.version, user=""
        )
    if not _is_configured(settings):
        return
    users = dict.fromkeys(
        [
            "",
            *(row.user for row in settings.pip_files),
            *(row.user for row in settings.uv_files),
        ]
    )
    for user in users:
        yield from _overrides_by(installation, settings, user, (), version)
    named = settings._replace(
        pip_files=tuple(row for row in settings.pip_files if row.scope == "env"),
        uv_files=tuple(row for row in settings.uv_files if row.scope == "env"),
    )
    by_source: dict[tuple[str, str], list[VariableSetting]] = {}
    for row in settings.variables:
        by_source.setdefault((row.source, row.user), []).append(row)
    for variables in by_source.values():
        yield from _overrides_by(installation, named, "", variables, version)


def _overrides_by(
    installation: Installation,
    settings: Settings,
    user: str,
    variables: Variables,
    version: str,
) -> Iterator[Override]:
    from .installer_config_effect import pip_outcome, uv_outcome

    doubts = {
        "%s=%s" % (row.name, row.value): " (%s)" % row.doubt
        for row in variables
        if row.doubt
    }

    def outcome_of(command: str) -> Outcome:
        return pip_outcome(
            settings=settings,
            prefix=installation.reading.prefix,
            user=user,
            variables=variables,
            version=version,
            command=command,
        )

    found = [("pip", row) for row in outcome_of("install").bypasses]
    found += [
        ("pip", row) for row in outcome_of("uninstall").bypasses if not row.silent
    ]
    found += [("uv", row) for row in uv_outcome(settings, user, variables).bypasses]
    for tool, bypass in found:
        what = bypass.what + doubts.get(bypass.what, "")
        yield Override(
            tool=tool,
            source=bypass.source,
            what=what,
            user=bypass.user,
            silent=bypass.silent,
        )
