# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths of metadata, as a regular expression for the file lists of package managers."""

from __future__ import annotations

import re
from typing import Iterable, Optional

from .._scan.project_name import canonicalize_name

_METADATA = re.compile(r"(?:^|/)([^/-]+)(?:-[^/]*)?\.(?:dist|egg)-info(?:/|$)")


def make_metadata_pattern(names: Iterable[str]) -> str:
    """Return an extended regular expression that fits the metadata of the projects, in any spelling.

    ``PyYAML-6.0.egg-info`` and ``zope.interface-5.4.dist-info`` are spelled as their projects spell themselves.
    """
    alternatives = "|".join(_any_spelling(name) for name in names)
    return "(dist|site)-packages/(%s)(-[^/]+)?[.](dist|egg)-info" % alternatives


def _any_spelling(name: str) -> str:
    parts = []
    for letter in name:
        if letter.isalpha():
            parts.append("[%s%s]" % (letter.upper(), letter))
        else:
            parts.append("[-_.]+" if letter == "-" else letter)
    return "".join(parts)


def parse_metadata_path(path: str) -> Optional[str]:
    """Return the normalized name of the project whose metadata a path is, or is in."""
    match = _METADATA.search(path)
    return canonicalize_name(match.group(1)) if match else None
