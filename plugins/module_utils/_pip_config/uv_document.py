# SPDX-License-Identifier: GPL-3.0-or-later
"""The one setting of uv.toml that is managed: ``break-system-packages`` of the table ``[pip]``, edited as a line."""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Optional, Sequence

from .option_values import OVERRIDE

#: The key by the table that it stands in; '' before the first one.
_KEYS = {"": "pip." + OVERRIDE, "pip": OVERRIDE}


class _Line(NamedTuple):
    """One line, and what of the key begins or stands there."""

    text: str
    begins_pip: bool = False  # the header of the table [pip]
    is_override: bool = False


def set_override(text: str, value: Optional[str]) -> str:
    """Return the text of a uv.toml with ``break-system-packages`` set to ``true`` or ``false``, or removed for None.

    Only a line of the table ``[pip]``, and the dotted key ``pip.break-system-packages`` before the first table, are
    edited; the caller checks by parsing that the result says what was requested.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = list(_parse_lines(text.split(newline)))
    if value is None:
        edited = [line.text for line in lines if not line.is_override]
    elif any(line.is_override for line in lines):
        edited = _replace(lines, value)
    else:
        edited = _add(lines, value)
    return newline.join(edited)


def _parse_lines(texts: Sequence[str]) -> Iterator[_Line]:
    table = ""
    for text in texts:
        stripped = text.strip()
        if stripped.startswith("["):
            table = stripped.split("#")[0].strip().strip("[]").strip()
            yield _Line(text, begins_pip=table == "pip")
        else:
            key = stripped.split("=")[0].strip().strip("\"'")
            yield _Line(text, is_override=key == _KEYS.get(table))


def _replace(lines: Sequence[_Line], value: str) -> List[str]:
    """Set the first line of the key, and remove the others."""
    edited: List[str] = []
    is_set = False
    for line in lines:
        if not line.is_override:
            edited.append(line.text)
        elif not is_set:
            edited.append("%s= %s" % (line.text.split("=")[0], value))
            is_set = True
    return edited


def _add(lines: Sequence[_Line], value: str) -> List[str]:
    """Add the key at the beginning of the last table ``[pip]``, or with a new table at the end."""
    row = "%s = %s" % (OVERRIDE, value)
    edited = [line.text for line in lines]
    headers = [place for place, line in enumerate(lines) if line.begins_pip]
    if headers:
        edited.insert(headers[-1] + 1, row)
        return edited
    if not edited[-1]:
        edited.pop()
    blank = [""] if edited else []
    return [*edited, *blank, "[pip]", row, ""]
