# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of this collection, which each run records."""

from __future__ import annotations

import json
import re
from pathlib import Path

_COLLECTION = Path(__file__).resolve().parents[3]


def read_collection_version(collection: Path = _COLLECTION) -> str:
    """Return the version that the manifest of an installed collection has, or the source of a clone; empty if neither."""
    try:
        manifest = json.loads((collection / "MANIFEST.json").read_text("utf-8"))
        return str(manifest["collection_info"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    try:
        source = (collection / "galaxy.yml").read_text("utf-8")
    except OSError:
        return ""
    found = re.search(r"^version: *(\S+)$", source, re.MULTILINE)
    return found.group(1) if found else ""
