# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge the EXTERNALLY-MANAGED file: is it as its owner ships it, and which text does pip show out of it."""

from __future__ import annotations

from ..._host.record import NamedTuple
from ..._host.wildcard import matches_wildcard
from ..ini import IniDuplicate, parse_ini
from ..model import Marker, Owner, Ownership
from ..unknown_owner import find_unknown
from ..verdicts import Installation

TEXT_LIMIT = 4096
_LARGEST = 64 * 1024  # no vendor ships a marker of more than 1 KiB

_INSTEAD = {
    "missing": "the file does not exist",
    "dangling": "it is a dangling symbolic link",
    "directory": "it is a directory",
    "other": "it is not a regular file",
}
#: What pip says where the file has no text of its own (pip/_internal/exceptions.py).
_GENERIC = (
    "The Python environment under %s is managed externally, and may not be\n"
    "manipulated by the user. Please use specific tooling from the distributor of\n"
    "the Python installation to interact with this environment instead.\n"
)


def marker_state(
    installation: Installation, ownership: Ownership, shipped: str
) -> tuple[str, str]:
    """Return (state, because); ``shipped`` is how the vendor's text begins, used if no digest is recorded."""
    marker, owner = installation.reading.marker, installation.marker_owner
    for row in ownership.diversions:
        if row.path == marker.path and (owner is None or owner.package != row.by):
            return "diverted", "dpkg diverts it to %s, by %s" % (
                row.to,
                row.by or "the administrator",
            )
    if owner is not None:
        return _owned_state(marker, owner, ownership, shipped)
    return _unowned_state(installation, ownership, shipped)


def _is_present(marker: Marker) -> bool:
    return marker.kind in ("file", "link")


def _absence(marker: Marker) -> str:
    """Return what lies in the place of a marker that is not there."""
    instead = _INSTEAD.get(marker.kind, "")
    return (
        "%s, beside it %s" % (instead, ", ".join(marker.siblings))
        if marker.siblings
        else instead
    )


def _owned_state(
    marker: Marker, owner: Owner, ownership: Ownership, shipped: str
) -> tuple[str, str]:
    if _is_present(marker):
        return _owned(marker, owner, shipped)
    rule = _excluded_by(marker.path, ownership)
    if rule:
        return "excluded", rule
    return "missing", "%s %s ships it, and %s" % (
        owner.manager,
        owner.package,
        _absence(marker),
    )


def _unowned_state(
    installation: Installation, ownership: Ownership, shipped: str
) -> tuple[str, str]:
    marker, package = installation.reading.marker, installation.package
    expected, because = installation.expectation, installation.expectation_because
    present, absence = _is_present(marker), _absence(marker)
    not_shipped = "unexpected" if present else "not_expected"
    if expected == "not-shipped":
        return not_shipped, "the vendor ships none: %s" % because
    unknown = _unknown_owner(installation, ownership)
    if unknown:
        return "unknown", unknown if present else "%s, and %s" % (absence, unknown)
    has_file_list = package is not None and package.manager not in (
        "homebrew",
        "nix",
        "guix",
    )
    if has_file_list:
        return not_shipped, "no installed package ships it"
    if expected == "shipped" and present:
        return _by_text(marker, shipped, because)
    if expected == "shipped":
        return "missing", "%s, and %s" % (because, absence)
    if present:
        return "unexpected", "no installed package ships it"
    return "unknown", "%s, and whether one should exist is unknown (%s)" % (
        absence,
        because or "unknown provider",
    )


def _owned(marker: Marker, owner: Owner, shipped: str) -> tuple[str, str]:
    whose = "%s %s" % (owner.manager, owner.package)
    _algorithm, recorded = owner.digest
    if owner.link or (recorded and marker.kind == "link"):  # Gentoo ships a link
        what = "it is %s, %s ships %s" % (
            marker.target or "a file",
            whose,
            owner.link or "a file",
        )
        return "intact" if marker.target == owner.link else "modified", what
    if recorded:
        return _by_digest(marker, owner, whose)
    if owner.manager == "nix":
        return "intact", "it is in the Nix store, which is immutable"
    return _by_text(marker, shipped, "%s owns it and records no digest" % whose)


def _by_digest(marker: Marker, owner: Owner, whose: str) -> tuple[str, str]:
    algorithm, recorded = owner.digest
    actual = dict(marker.digests).get(algorithm)
    if actual is None:
        state = "modified" if marker.size > _LARGEST else "unknown"
        return state, "its %s could not be taken (%d bytes)" % (algorithm, marker.size)
    if actual == recorded.lower():
        return "intact", "its %s is the one that %s records" % (algorithm, whose)
    return "modified", "its %s is not the one that %s records" % (algorithm, whose)


def _by_text(marker: Marker, shipped: str, because: str) -> tuple[str, str]:
    if not shipped:
        return "unknown", "no record of its content exists (%s)" % because
    found = marker_text(marker, "", "")
    same = found.vendor and " ".join(found.text.split()).startswith(
        " ".join(shipped.split())
    )
    return "intact" if same else "modified", "its text is %s vendor's (%s)" % (
        "the" if same else "not the",
        because,
    )


def _excluded_by(path: str, ownership: Ownership) -> str:
    """Return what excludes ``path``; the last match wins: dpkg(1) --path-exclude, pacman.conf(5) NoExtract."""
    for rule in reversed(ownership.exclusions):
        if matches_wildcard(path, rule.pattern) or matches_wildcard(
            path[1:], rule.pattern
        ):
            return (
                "%s leaves it out (%s)" % (rule.source, rule.pattern)
                if rule.excluded
                else ""
            )
    return ""


def _unknown_owner(installation: Installation, ownership: Ownership) -> str:
    package, reason = installation.package, installation.package_unknown
    for manager, why in find_unknown(
        ownership, [installation.reading.path, installation.reading.marker.path]
    ):
        if (
            manager == package.manager
            if package is not None
            else installation.system or reason
        ):
            reason = "%s: %s" % (manager, why)
            break
    return "its owner is unknown: %s" % reason if reason else ""


class MarkerText(NamedTuple):
    """What pip makes of the file's content."""

    text: str
    vendor: bool = False  # the text is the file's own
    crash: str = ""  # why pip ends with a traceback instead


def marker_text(marker: Marker, language: str, prefix: str) -> MarkerText:
    """Return what pip shows, at most 4 KiB, for messages in ``language`` (de_DE), as pip's exceptions.py selects it."""
    if marker.content is None:
        return MarkerText("" if marker.readable else _GENERIC % prefix)
    names = (
        [language, *(language.partition(char)[0] for char in "-_" if char in language)]
        if language
        else []
    )
    try:
        text = marker.content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        parsed = parse_ini(text, str.lower)
    except IniDuplicate as exc:  # which pip does not catch
        return MarkerText("", crash=str(exc)[:300])
    except (
        ValueError
    ):  # no UTF-8, or no such file: pip says what it says without a text
        return MarkerText(_GENERIC % prefix)
    section = parsed.sections.get("externally-managed")
    if section is not None:
        values = {**parsed.defaults, **section}
        for key in (*("Error-" + name for name in names), "Error"):
            if key.lower() in values:
                return MarkerText(values[key.lower()][:TEXT_LIMIT], True)
    return MarkerText(_GENERIC % prefix)
