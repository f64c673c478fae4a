# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the EXTERNALLY-MANAGED file (PEP 668): is it as shipped, and does something override it?"""

from __future__ import annotations

from ..model import Settings
from ..verdicts import Finding, JudgedInstallation, Override
from .package_commands import reinstall_command
from .rule import Check, Results, Rule, ScannedHost

MARKER_REMOVED = Rule(
    key="marker-removed",
    severity="high",
    needs=("installations",),
    cure="Reinstall the package that ships the file.",
)
MARKER_ALTERED = Rule(
    key="marker-altered",
    severity="medium",
    needs=("installations",),
    cure="Reinstall the package that ships the file.",
)
MARKER_DIVERTED = Rule(
    key="marker-diverted",
    severity="high",
    needs=("installations",),
    cure="Remove the diversion.",
)
MARKER_NEUTRALISED = Rule(
    key="marker-neutralised",
    severity="high",
    needs=("installations", "pip_config"),
    cure="Remove the setting.",
)

_FILE = "the EXTERNALLY-MANAGED file"
#: (rule, message about the interpreter) by state of the file.
_FAULTS = {
    "missing": (
        MARKER_REMOVED,
        _FILE
        + " of %s is missing: pip can write into the directories of the system's packages",
    ),
    "excluded": (
        MARKER_REMOVED,
        "the package manager is configured to leave out " + _FILE + " of %s",
    ),
    "modified": (MARKER_ALTERED, _FILE + " of %s is not the one that was shipped"),
    "diverted": (MARKER_DIVERTED, _FILE + " of %s is diverted"),
}
_PRESENT = ("intact", "modified", "unexpected")


def check_marker(scanned: ScannedHost) -> Results:
    """Yield each marker that is missing, altered or diverted."""
    for judged in scanned.judged.installations:
        managed, installation = judged.managed, judged.installation
        if managed.state == "unknown" and installation.provider != "unknown":
            yield MARKER_REMOVED.undecided(managed.marker, managed.because)
        if managed.state not in _FAULTS:
            continue
        rule, message = _FAULTS[managed.state]
        owner = installation.marker_owner
        shipped = installation.expectation_because
        if owner:
            shipped = "shipped by %s %s (%s)" % (
                owner.package,
                owner.version,
                owner.manager,
            )
        yield rule.finding(
            managed.marker,
            message % installation.reading.path,
            cure=_restore(scanned, judged),
            evidence=(managed.because, shipped),
        )


def _restore(scanned: ScannedHost, judged: JudgedInstallation) -> str:
    """Return how the marker is put back; '' where no command is known."""
    ownership, path = scanned.readings.ownership, judged.managed.marker
    if judged.managed.state == "diverted":
        by = next((row.by for row in ownership.diversions if row.path == path), "")
        package = "--package %s " % by if by else ""
        return "dpkg-divert %s--rename --remove %s" % (package, path)
    owner = judged.installation.marker_owner or judged.installation.package
    reinstall = reinstall_command(scanned, owner, judged.installation)
    if judged.managed.state != "excluded":
        return reinstall
    sources = ", ".join(
        sorted({row.source for row in ownership.exclusions if row.excluded})
    )
    return "Remove the rule that matches the file from %s. Then: %s" % (
        sources,
        reinstall or "reinstall its package",
    )


def check_overrides(scanned: ScannedHost) -> Results:
    """Yield, by its source, each setting or old pip that overrides a marker, or will once the marker is back."""
    found: dict[str, list[tuple[str, Override]]] = {}
    for judged in scanned.judged.installations:
        managed = judged.managed
        if managed.state not in _PRESENT and managed.state not in _FAULTS:
            continue
        for override in managed.overrides:
            subject = override.source
            if not subject.startswith("/"):
                subject = "%s: %s" % (override.source, _variable(override))
            found.setdefault(subject, []).append(
                (judged.installation.reading.path, override)
            )
        if managed.state in _PRESENT:
            for tool, effective in (("pip", managed.pip), ("uv", managed.uv)):
                if effective.stopped is None:
                    yield MARKER_NEUTRALISED.undecided(
                        managed.marker, "%s: %s" % (tool, effective.because)
                    )
    for subject, overrides in found.items():
        yield _overridden(scanned, subject, overrides)


def _overridden(
    scanned: ScannedHost, subject: str, overrides: list[tuple[str, Override]]
) -> Finding:
    first = overrides[0][1]
    tools = " and ".join(sorted({override.tool for _path, override in overrides}))
    effect = "makes %s bypass" if first.silent else "makes %s override"
    user = " for " + first.user if first.user else ""
    evidence = [
        "%s: %s" % (override.source, override.what) for _path, override in overrides
    ]
    evidence += ["applies to " + path for path, _override in overrides]
    return MARKER_NEUTRALISED.finding(
        subject,
        "%s %s %s%s" % (first.what, effect % tools, _FILE, user),
        cure=_undo(scanned.readings.settings, first),
        evidence=evidence,
    )


def _undo(settings: Settings, override: Override) -> str:
    source = override.source
    if source.endswith((".dist-info", ".egg-info")):
        return (
            "Remove the old pip in %s; the distribution's own pip obeys the file."
            % source
        )
    files = {file.path for file in settings.pip_files} | {
        file.path for file in settings.uv_files
    }
    if source in files:
        section, _bracket, setting = override.what.partition("] ")
        below = " below %s]" % section if setting else ""
        return "Edit %s: remove `%s`%s." % (source, setting or override.what, below)
    if source.startswith("/"):
        return "Edit %s: remove what sets %s." % (source, _variable(override))
    return (
        "Unset %s where it is set for the process: its unit, its container image or its CI job."
        % _variable(override)
    )


def _variable(override: Override) -> str:
    return override.what.partition("=")[0].strip()


CHECKS = (
    Check(check_marker, (MARKER_REMOVED, MARKER_ALTERED, MARKER_DIVERTED)),
    Check(check_overrides, (MARKER_NEUTRALISED,)),
)
