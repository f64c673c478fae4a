# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose an interpreter is, of which version, and whether a marker belongs there."""

from __future__ import annotations

from typing import Mapping, Sequence

from ..._host.record import NamedTuple
from ..data.providers import PROVIDERS, MarkerRule, Provider
from ..model import InterpreterReading, Owner, Ownership, System
from ..pep440 import from_distribution, minor, release
from ..unknown_owner import find_unknown
from ..verdicts import Installation

#: Claims by what runs, or by what its own build wrote; a package's version comes before the others.
_CERTAIN = ("symbol", "build-details", "Info.plist", "conda-meta", "confirmed")
_SYSTEM_NAMES = {"/usr/bin/python3", "/bin/python3", "/usr/bin/python", "/bin/python"}
#: They own whole directories, and so say nothing of a single file in there.
_BY_PLACE = ("homebrew", "nix", "guix")


class Subject(NamedTuple):
    """All that a signal may ask about."""

    reading: InterpreterReading
    owner: Owner | None
    system: System
    owner_known: bool  # False: no owner was found, and that proves nothing


def fits(text: str, pattern: str) -> bool:
    """Return whether ``text`` matches a pattern in which ``*`` is any text, including slashes; in linear time."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    at = len(first)
    for piece in rest[:-1]:
        at = text.find(piece, at) + len(piece)
        if at < len(first) + len(piece):
            return False
    return (
        text.startswith(first)
        and text.endswith(rest[-1])
        and len(text) - len(rest[-1]) >= at
    )


def facts(subject: Subject) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return all values that tests may refer to, each with a clause that describes it."""
    reading, owner, system, known = subject
    whose = "no package owns it" if known else "its owning package is unknown"
    if owner:
        whose = f"{owner.manager} says that it belongs to {owner.package} {owner.version}".rstrip()
    marker = (reading.marker.content or b"")[:4096].decode("utf-8", "replace")
    manager = "none" if known else "?"
    if owner:
        manager = owner.manager
    return {
        "path": [(reading.path, f"it is {reading.path}")],
        "name": [(name.path, f"it is also {name.path}") for name in reading.names],
        "framework": [(reading.framework, f"its framework is {reading.framework}")],
        "implementation": [
            (reading.implementation, f"its implementation is {reading.implementation}")
        ],
        "kernel": [(system.kernel, f"the kernel is {system.kernel}")],
        "system": [
            (each, f"the system is {system.name or each}")
            for each in (system.id, *system.like)
        ],
        "marker": [(marker, "the text of its marker says so")],
        "owner": [(manager, whose)],
        "package": [(owner.package if owner else "", whose)],
        "package-version": [(owner.version if owner else "", whose)],
        **{
            f"build.{name}": [(value, f"it was built with {name} = {value}")]
            for name, value in reading.build.items()
        },
    }


def classify_provider(
    subject: Subject, rows: Sequence[Provider] = PROVIDERS
) -> tuple[Provider | None, str]:
    """Return the row that an interpreter belongs to and why; None and why not, if no row matches."""
    known = facts(subject)
    for row in rows:
        for tests in row.signals:
            clauses: dict[str, None] = {}
            for test in tests:
                name, _equals, patterns = test.partition("=")
                values = known.get(name, ())
                seen = [
                    said
                    for value, said in values
                    if any(fits(value, each) for each in patterns.split("|"))
                ]
                if not seen:
                    break
                clauses[seen[0]] = None
            else:
                return row, "; ".join(clauses)
    if subject.owner:
        return (
            None,
            f"{subject.owner.package} of {subject.owner.manager} put it where no known provider does",
        )
    return None, "it lies where no known provider puts one, and " + known["owner"][0][1]


def expected_marker(row: Provider, language: str, system: System) -> MarkerRule:
    """Return the first rule of a row that applies to this X.Y on this release of the system."""
    spoken, current = release(language), release(system.version)
    for rule in row.marker:
        if rule.language != (0, 0) and not spoken:
            break
        elsewhere = (rule.ids and system.id not in rule.ids) or (
            system.version and current < rule.release
        )
        if not elsewhere and (rule.language == (0, 0) or spoken >= rule.language):
            return rule
    return MarkerRule("unknown")


def ownership_questions(reading: InterpreterReading) -> tuple[str, ...]:
    """Return the paths whose owners ``classify_installation`` needs: the executable, its library, its marker."""
    return tuple(
        filter(
            None,
            (
                reading.path,
                reading.stdlib and reading.stdlib + "/os.py",
                reading.marker.path,
            ),
        )
    )


def classify_installation(
    reading: InterpreterReading, ownership: Ownership, system: System
) -> Installation:
    """Return an interpreter's provider, owner, version, and whether a marker is expected, each with its reason."""
    owners = ownership.owners
    owner = owners.get(reading.path) or owners.get(reading.stdlib + "/os.py")
    unknown = "" if owner else _why_owner_is_unknown(reading, ownership, system)
    row, because = classify_provider(
        Subject(reading, owner, system, owner_known=not unknown)
    )
    kind = row.kind if row else ""
    if kind in ("version-manager", "standalone", "ci"):
        unknown = ""  # no package manager has any part in these
    marker_owner = owners.get(reading.marker.path)
    if marker_owner and marker_owner.manager in _BY_PLACE:
        marker_owner = None
    if marker_owner:
        expectation, reason = (
            "shipped",
            f"it belongs to {marker_owner.package} {marker_owner.version}",
        )
    elif owner and _lists_files(owner, reading, ownership):
        expectation, reason = (
            "not-shipped",
            f"no installed package of {owner.manager} has one there",
        )
    else:
        expectation, reason = _table(row, reading, system)
    return Installation(
        reading,
        *_version(reading, owner),
        provider=row.key if row else "unknown",
        provider_because=because,
        system=_is_system(reading, kind),
        package=owner,
        package_unknown=unknown,
        expectation=expectation,
        expectation_because=reason,
        marker_owner=marker_owner,
        marker_text=row.text if row else "",
    )


def _why_owner_is_unknown(
    reading: InterpreterReading, ownership: Ownership, system: System
) -> str:
    """Return why it is unknown whether a package owns the interpreter; '' where it is known that none does."""
    unread = find_unknown(ownership, ownership_questions(reading))
    if unread:
        return "; ".join(f"{manager}: {reason}" for manager, reason in unread)
    if ownership.managers or system.kernel == "darwin":
        return ""
    return "no database of a package manager was found"


def _lists_files(
    owner: Owner, reading: InterpreterReading, ownership: Ownership
) -> bool:
    """Return whether the owner's package manager has a list of files, and all of it was read."""
    unread = [
        manager
        for manager, _reason in find_unknown(ownership, ownership_questions(reading))
    ]
    return owner.manager not in (*_BY_PLACE, *unread)


def _is_system(reading: InterpreterReading, kind: str) -> bool:
    """Return whether the operating system's own programs run on this interpreter."""
    if not reading.path.startswith("/usr/"):
        return False
    names = {name.path for name in reading.names}
    return kind == "system" or (
        kind == "package-manager" and bool(_SYSTEM_NAMES & names)
    )


def _table(
    row: Provider | None, reading: InterpreterReading, system: System
) -> tuple[str, str]:
    if row is None:
        return "unknown", "the provider of this Python is unknown"
    rule = expected_marker(row, reading.language, system)
    verb = {"shipped": "ships", "not-shipped": "does not ship"}.get(
        rule.expectation, "may ship"
    )
    return (
        rule.expectation,
        f"{row.title} {verb} the marker{', ' if rule.since else ''}{rule.since}",
    )


def _version(reading: InterpreterReading, owner: Owner | None) -> tuple[str, str]:
    """Choose among the claims: what runs itself, then its package, then what lies beside it; else X.Y alone."""
    claims = [
        claim for claim in reading.versions if minor(claim.version) == reading.language
    ]
    certain = [claim for claim in claims if claim.source in _CERTAIN]
    packaged = from_distribution(owner.version) if owner else ""
    # PyPy's packages have PyPy's version, not that of the language.
    if (
        not certain
        and len(release(packaged)) > 2
        and minor(packaged) == reading.language
    ):
        return packaged, "package"
    return next(
        ((claim.version, claim.source) for claim in certain or claims),
        (reading.language, ""),
    )
