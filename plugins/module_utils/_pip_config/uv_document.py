# SPDX-License-Identifier: GPL-3.0-or-later
"""The one setting of uv.toml that is managed: ``break-system-packages`` of the table ``[pip]``, edited as a line."""

from __future__ import annotations

from typing import List, Optional

from .options import OVERRIDE


def set_override(text: str, value: Optional[str]) -> str:
    """Return the text of a uv.toml with ``break-system-packages`` set to ``true`` or ``false``, or removed for None.

    Only a line of the table ``[pip]``, and the dotted key ``pip.break-system-packages`` before the first table, are
    edited; the caller checks by parsing that the result says what was requested.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines: List[str] = []
    table, header, done = "", -1, False
    for line in text.split(newline):
        stripped = line.strip()
        if stripped.startswith("["):
            table = stripped.split("#")[0].strip().strip("[]").strip()
            header = len(lines) if table == "pip" else header
        key = stripped.split("=")[0].strip().strip("\"'")
        if key == (OVERRIDE if table == "pip" else "pip." + OVERRIDE) and table in (
            "",
            "pip",
        ):
            if value is not None and not done:
                lines.append("%s= %s" % (line.split("=")[0], value))
                done = True
            continue
        lines.append(line)
    if value is None or done:
        return newline.join(lines)
    row = "%s = %s" % (OVERRIDE, value)
    if header >= 0:
        lines.insert(header + 1, row)
        return newline.join(lines)
    if lines and not lines[-1]:
        lines.pop()
    blank = [""] if lines else []
    return newline.join([*lines, *blank, "[pip]", row, ""])
