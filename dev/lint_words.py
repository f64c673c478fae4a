# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report words that the repository does not use (``banned_words.txt``), and docstrings that begin with one of them.

``lint_words.py [FILE …]``: default is every text file of the repository but licences, changelogs of old releases and
fixtures that hold the text of other programs.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

from code_metrics import UNWANTED_BEGINNINGS, docstring_of
from sync_tree import ROOT, repository_files

LIST = Path(__file__).with_name("banned_words.txt")
LEFT_OUT = (
    "LICENSES/",
    "COPYING",
    "CHANGELOG.rst",
    "changelogs/changelog.yaml",
    "dev/banned_words.txt",
    "tests/unit/dev/test_code_checkers.py",
)
SUFFIXES = {
    "",
    ".py",
    ".sh",
    ".mk",
    ".yml",
    ".yaml",
    ".md",
    ".rst",
    ".ini",
    ".toml",
    ".cfg",
    ".txt",
    ".j2",
}


class Ban(NamedTuple):
    """A pattern, and the words to write in its place."""

    pattern: re.Pattern[str]
    instead: str


def read_bans(path: Path) -> list[Ban]:
    """Return the rows of the list; raise ValueError for a row without ``=>``."""
    bans = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        words, arrow, instead = line.partition("=>")
        if not arrow:
            raise ValueError(f"{path.name}: no '=>' in {line!r}")
        # An underscore parts the words of a name, and is no boundary for \b.
        pattern = re.compile(
            rf"(?<![A-Za-z])(?:{words.strip()})(?![A-Za-z])", re.IGNORECASE
        )
        bans.append(Ban(pattern, instead.strip()))
    return bans


def banned_words(text: str, bans: list[Ban]) -> Iterator[tuple[int, str]]:
    """Yield line number and message for each banned word of ``text``."""
    for number, line in enumerate(text.splitlines(), 1):
        for ban in bans:
            for match in ban.pattern.finditer(line):
                yield number, f"'{match.group()}': write {ban.instead}"


def docstring_beginnings(source: str) -> Iterator[tuple[int, str]]:
    """Yield line number and message for each docstring that begins with an unwanted word."""
    for node in ast.walk(ast.parse(source)):
        text = docstring_of(node)
        words = str(text.value).split(None, 1) if text else []
        if text and words and words[0] in UNWANTED_BEGINNINGS:
            yield (
                text.lineno,
                f"docstring begins with '{words[0]}': write Return, Parse, Read, Check, …",
            )


def checked_files() -> list[str]:
    """Return the names of the repository's text files that are written by its authors."""
    return [
        name
        for name in repository_files()
        if not name.startswith(LEFT_OUT)
        and Path(name).suffix in SUFFIXES
        and not (ROOT / name).is_symlink()
    ]


def main() -> int:
    """Print each hit as ``file:line: message``; return 1 where there is one."""
    bans = read_bans(LIST)
    found = 0
    for name in sys.argv[1:] or checked_files():
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        hits = list(banned_words(text, bans))
        if name.endswith(".py"):
            hits += docstring_beginnings(text)
        for number, message in sorted(hits):
            print(f"{name}:{number}: {message}")
        found += len(hits)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
