# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the PATH that sudo gives to what it runs: secure_path of sudoers(5)."""

from __future__ import annotations

import os
import re
from typing import Iterator, List, Tuple

from ..._host.host import Host

_INCLUDE = re.compile(r"[#@]include(dir)?[ \t]+(\S+)")
_OPTION = "secure_path"
_WORD = re.compile(r"[^\s,]+")
_IN_DIRECTORY = re.compile(
    r"[^.]*[^.~]"
)  # sudo leaves out names with a dot, and backup copies
_FILES_LIMIT = 100


def find_secure_path(host: Host, path: str) -> Tuple[str, str]:
    """Return the last secure_path and the file that sets it, included files read in their place, each once."""
    found = ("", "")
    seen = {path}
    pending = [(path, _lines(host, path))]
    while pending:
        source, lines = pending[-1]
        line = next(lines, None)
        if line is None:
            pending.pop()
            continue
        value = parse_secure_path(line)
        if value:
            found = value, source
        included: List[str] = []
        for each in _included(host, source, line):
            if each not in seen and len(seen) < _FILES_LIMIT:
                seen.add(each)
                included.append(each)
        pending += [(each, _lines(host, each)) for each in reversed(included)]
    return found


def _lines(host: Host, path: str) -> Iterator[str]:
    """Yield the lines of a file, which is read when the first one is asked for."""
    text = host.text(path) or ""
    yield from text.replace("\\\n", " ").split("\n")


def _included(host: Host, source: str, line: str) -> List[str]:
    """Return the files that a line includes."""
    match = _INCLUDE.match(line)
    if match is None:
        return []
    target = os.path.join(os.path.dirname(source), match[2])
    if not match[1]:
        return [target]
    return [
        target + "/" + entry.name
        for entry in host.list(target, _IN_DIRECTORY.fullmatch)
    ]


def parse_secure_path(line: str) -> str:
    """Return the value of the last secure_path among the options of a ``Defaults`` line, '' where it has none."""
    words = line.lstrip(" \t")
    if not words.startswith(("Defaults ", "Defaults\t")):
        return ""
    options = words[len("Defaults") :]
    start = -1
    at = 0
    comment = options.find("#")
    for option in options.split(","):
        if 0 <= comment < at:
            break
        if option.strip().startswith(_OPTION):
            start = options.index(_OPTION, at) + len(_OPTION)
        at += len(option) + 1
    return _parse_value(options[start:]) if start >= 0 else ""


def _parse_value(text: str) -> str:
    """Return what follows an equals sign: in quotation marks, or up to a blank or comma."""
    text = text.lstrip()
    if not text.startswith("="):
        return ""
    text = text[1:].lstrip()
    if text.startswith('"'):
        value, closing, _rest = text[1:].partition('"')
        return value if closing else ""
    word = _WORD.match(text)
    return word.group() if word else ""
