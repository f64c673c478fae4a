# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements from version control whose branch or tag still leads to the commit that is installed."""

from __future__ import annotations

from typing import Any, FrozenSet, Mapping, Sequence, Tuple

from .._install.requirements.parse import Reference
from .._process.secrets import strip_text
from .inputs import Inputs


def find_unmoved_names(
    references: Sequence[Reference],
    commits: Mapping[str, str],
    record: Mapping[str, Any],
) -> FrozenSet[str]:
    """Return the names of the projects whose reference leads to the commit on record."""
    return frozenset(
        each.name
        for each in references
        if each.name and _is_unmoved(each, commits, record)
    )


def find_moved(
    references: Sequence[Reference],
    commits: Mapping[str, str],
    record: Mapping[str, Any],
) -> Tuple[str, ...]:
    """Return, as requirements, the projects that have to be installed again as their commit is not that on record.

    An editable project is always installed again by pip, its one installer.
    """
    moved = []
    for each in references:
        if each.name and not each.editable and not _is_unmoved(each, commits, record):
            moved.append("%s @ %s" % (each.name, each.text))
    return tuple(moved)


def is_as_recorded(
    inputs: Inputs, commits: Mapping[str, str], record: Mapping[str, Any], digest: str
) -> bool:
    """Return whether the same is requested as in the last run, it means the same, and is what is installed.

    :param commits: that the references of ``inputs`` lead to now.
    :param digest: of what is installed.
    """
    if not inputs.references or inputs.moving:
        return False
    if record.get("inputs") != inputs.digest or record.get("digest") != digest:
        return False
    return all(_is_unmoved(each, commits, record) for each in inputs.references)


def _is_unmoved(
    reference: Reference, commits: Mapping[str, str], record: Mapping[str, Any]
) -> bool:
    recorded = record.get("commits")
    key = strip_text(reference.text)[0]
    return (
        isinstance(recorded, dict)
        and key in commits
        and recorded.get(key) == commits[key]
    )
