# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements as pipx takes them: a project's name, a specification (PEP 508), a URL or an absolute path."""

from __future__ import annotations

import re
from typing import Optional

from .._scan.project_name import canonicalize_name
from .._scan.select import is_understood, satisfies
from .spec import Requirement

_PEP508 = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([A-Za-z0-9._,\s-]*)\])?\s*(?:@\s*(\S+)|\(?([^;()@]*)\)?)\s*"
)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def parse_requirement(text: str) -> Optional[Requirement]:
    """Parse a project name, a specification, a URL or an absolute path; return None for anything else."""
    text = text.strip()
    if not text or text.startswith("-") or "\n" in text or "\0" in text:
        return None
    if text.startswith("/") or _URL.match(text):
        return Requirement(text, url=text)
    return _parse_specification(text)


def _parse_specification(text: str) -> Optional[Requirement]:
    """Parse a project name or a PEP 508 specification without a marker; return None for anything else."""
    match = _PEP508.fullmatch(text)
    if match is None:
        return None
    name, extras, url, specifier = match.groups()
    specifier = (specifier or "").replace(" ", "")
    if specifier and not (specifier[0] in "=<>!~" and is_understood(specifier)):
        return None
    words = [word.strip() for word in (extras or "").split(",")]
    names = {canonicalize_name(word) for word in words if word}
    return Requirement(
        text=text,
        name=canonicalize_name(name),
        extras=tuple(sorted(names)),
        specifier=specifier,
        url=url or "",
    )


def write_requirement(requirement: Requirement, version: str = "") -> str:
    """Return a requirement as pipx takes it; with ``version``, of exactly that version."""
    if not requirement.name or (requirement.url and not version):
        return requirement.text
    extras = "[%s]" % ",".join(requirement.extras) if requirement.extras else ""
    specifier = "==" + version if version else requirement.specifier
    return requirement.name + extras + specifier


def recorded_requirement(spec: str, name: str) -> Requirement:
    """Return what pipx recorded as the source of an installation; where that is not understood, the plain name."""
    return parse_requirement(spec) or Requirement(name, canonicalize_name(name))


def fits(requirement: Requirement, spec: str, version: str) -> bool:
    """Return whether an installed ``version`` that was installed from ``spec`` satisfies a requirement."""
    recorded = parse_requirement(spec) or Requirement(spec)
    if requirement.url and requirement.url.rstrip("/") != recorded.url.rstrip("/"):
        return False
    if not set(requirement.extras) <= set(recorded.extras):
        return False
    if not requirement.specifier:
        return True
    has_local = "+" in requirement.specifier
    return satisfies(
        version if has_local else version.partition("+")[0], requirement.specifier
    )


def exact_version(spec: str) -> str:
    """Return the version that a specification pins with ``==``; '' where it pins none."""
    match = re.search(r"===?\s*([^,*\s=]+)$", spec)
    return match.group(1) if match else ""
