# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge PEP 668 for one installation: is the marker as shipped, and are pip and uv in fact stopped."""

from __future__ import annotations

from typing import Callable, Iterator, Sequence

from ..model import Effective, Installation, ManagedVerdict, Marker, Neutraliser, Ownership, Settings, VariableSetting
from ..pep440 import at_least
from .installer_config_effect import CHECKS_SINCE, Outcome, pip_outcome, uv_outcome
from .marker import marker_state, marker_text

Variables = Sequence[VariableSetting]


def judge_managed(
    installation: Installation, settings: Settings, ownership: Ownership, shipped_text: str = ""
) -> ManagedVerdict:
    """Give the verdict on ``pip install`` and ``uv pip install`` for the caller, and every neutraliser for everybody.

    ``shipped_text`` is how the vendor's text begins, for providers whose package database records no digest.
    """
    reading = installation.reading
    marker, version = reading.marker, reading.pip.version if reading.pip is not None else ""
    state, because = marker_state(installation, ownership, shipped_text)
    text = marker_text(marker, settings.language, reading.prefix)

    def pip(variables: Variables) -> Outcome:
        return pip_outcome(settings, reading.prefix, settings.caller, variables, version, "install")

    by_marker = _pip_and_marker(installation, text.crash)
    stopped = _effective(by_marker, pip, settings)
    works = not pip([row for row in settings.variables if row.scope == "process"]).stops
    return ManagedVerdict(
        marker.path,
        state,
        because,
        stopped,
        _effective(_uv_and_marker(marker), lambda rows: uv_outcome(settings, settings.caller, rows), settings),
        text.text if works and stopped.stopped is not False and by_marker.stopped is not False else "",
        () if state == "not_expected" else tuple(dict.fromkeys(_neutralisers(installation, settings, version))),
    )


def _pip_and_marker(installation: Installation, crash: str) -> Effective:
    marker, pip = installation.reading.marker, installation.reading.pip
    if marker.kind not in ("file", "link"):
        return Effective(False, "no marker: no regular file at %s" % marker.path)
    if pip is None:
        return Effective(True, "the marker is in place; no pip is installed, one of %s or newer obeys" % CHECKS_SINCE)
    checks = at_least(pip.version, CHECKS_SINCE)
    if not checks:
        why = "is older than %s and does not look at the marker" % CHECKS_SINCE
        return Effective(checks, "pip %s %s" % (pip.version, why if checks is False else "is of no known version"))
    does = "fails on its content: %s" % crash if crash else "obeys it"
    return Effective(True, "the marker is in place, and pip %s %s" % (pip.version, does))


def _uv_and_marker(marker: Marker) -> Effective:
    if marker.readable is False:
        return Effective(False, "uv passes over a marker that it may not read")
    if marker.content is None:
        large = marker.kind in ("file", "link")
        return Effective(None if large else False, "the marker could not be read" if large else "no marker")
    try:
        marker.content.decode("utf-8")
    except UnicodeDecodeError:
        return Effective(False, "uv passes over a marker that is not valid UTF-8")
    return Effective(True, "the marker is in place, and uv obeys it")


def _effective(by_marker: Effective, judge: Callable[[Variables], Outcome], settings: Settings) -> Effective:
    """Join the marker with the settings: of the caller's process, then of his login, then what is set perhaps."""
    process = [row for row in settings.variables if row.scope == "process"]
    login = [row for row in settings.variables if row.scope == "login" and row.user in ("", settings.caller)]
    sure = [row for row in login if not row.doubt]
    now = _joined(by_marker, judge(process))
    for rows, stopped, where in ((sure, False, "in"), (login, None, "perhaps in")) if now.stopped is not False else ():
        then = _joined(by_marker, judge(process + rows)) if rows else now
        if then.stopped is False:
            return Effective(stopped, "%s a login shell: %s" % (where, then.because))
    return now


def _joined(by_marker: Effective, outcome: Outcome) -> Effective:
    if outcome.stops:
        return Effective(True, outcome.stops)
    if outcome.openings and by_marker.stopped is not False:
        return Effective(False, "%s (%s)" % outcome.openings[0][1::-1])
    return Effective(None, outcome.unknown) if outcome.unknown and by_marker.stopped else by_marker


def _neutralisers(installation: Installation, settings: Settings, version: str) -> Iterator[Neutraliser]:
    prefix, pip = installation.reading.prefix, installation.reading.pip
    if pip is not None and at_least(pip.version, CHECKS_SINCE) is False:
        yield Neutraliser("pip", pip.path, "pip %s" % pip.version, "")
    users = dict.fromkeys(["", *(row.user for row in settings.pip_files), *(row.user for row in settings.uv_files)])
    cases: list[tuple[Settings, str, Variables]] = [(settings, user, ()) for user in users]
    named = settings._replace(
        pip_files=tuple(row for row in settings.pip_files if row.scope == "env"),
        uv_files=tuple(row for row in settings.uv_files if row.scope == "env"),
    )
    sources: dict[tuple[str, str], list[VariableSetting]] = {}
    for row in settings.variables:
        sources.setdefault((row.source, row.user), []).append(row)
    cases += [(named, "", rows) for rows in sources.values()]
    for told, user, variables in cases:
        doubts = {"%s=%s" % row[:2]: " (%s)" % row.doubt for row in variables if row.doubt}
        installs = pip_outcome(told, prefix, user, variables, version, "install").openings
        removes = pip_outcome(told, prefix, user, variables, version, "uninstall").openings
        openings = [("pip", row) for row in (*installs, *(row for row in removes if not row.silent))]
        openings += [("uv", row) for row in uv_outcome(told, user, variables).openings]
        for tool, (source, what, whose, silent) in openings:
            yield Neutraliser(tool, source, what + doubts.get(what, ""), whose, silent)
