# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of an EXTERNALLY-MANAGED file of the site's own, for a Python whose vendor ships none.

The format is PEP 668's: an INI file with the section ``externally-managed``, the key ``Error``, and the keys
``Error-<language>`` for messages in other languages. A comment at its head says who manages the file, so that it can be
removed again.
"""

from __future__ import annotations

from typing import Mapping

HEADER = "# Managed by Ansible: pyfleet.python.externally_managed\n"


def make_text(message: str, localized: Mapping[str, str]) -> str:
    """Return the text of the file; ``localized`` has messages by language code."""
    keys = {"Error": message}
    keys.update(
        ("Error-" + language, text) for language, text in sorted(localized.items())
    )
    settings = "".join("%s=%s\n" % (key, _indent(text)) for key, text in keys.items())
    return HEADER + "[externally-managed]\n" + settings


def _indent(text: str) -> str:
    """Return a text of several lines as the value of a key: further lines are indented."""
    first, *rest = text.strip().splitlines()
    lines = [first.strip()]
    for line in rest:
        lines.append(" " + line.rstrip() if line.strip() else "")
    return "\n".join(lines)


def is_site_marker(content: bytes) -> bool:
    """Return whether a file was written by this collection."""
    return content.startswith(HEADER.encode("ascii"))
