# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report functions outside of ``tests`` that are too complex and give no reason for it.

A reason is a comment ``# Complex: …`` in the line above the function, or above a decorator of it.
"""

from __future__ import annotations

import ast
import re
import sys
from typing import Iterator, NamedTuple

from code_metrics import COMPLEXITY_LIMIT, Function, complexity
from sync_tree import ROOT, repository_files

SCOPE = ("plugins/", "roles/", "extensions/", "dev/", "bench/")
REASON = re.compile(r"\s*# Complex: \S")


class TooComplex(NamedTuple):
    """A function above the limit."""

    line: int
    name: str
    complexity: int


def find_too_complex(source: str, file: str) -> Iterator[TooComplex]:
    """Yield the functions above the limit without a reason beside them."""
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source, file)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        number = complexity(node)
        if number > COMPLEXITY_LIMIT and not has_reason(lines, node):
            yield TooComplex(node.lineno, node.name, number)


def has_reason(lines: list[str], function: Function) -> bool:
    """Return whether the line above a function, or above one of its decorators, is a reason."""
    starts = [node.lineno for node in (function, *function.decorator_list)]
    return any(
        REASON.match(lines[start - 2]) is not None for start in starts if start > 1
    )


def main() -> int:
    """Print each function as ``file:line: name: number``; return 1 where there is one."""
    names = sys.argv[1:] or [
        name for name in repository_files() if name.startswith(SCOPE)
    ]
    found = 0
    for name in names:
        path = ROOT / name
        if path.suffix != ".py" or path.is_symlink():
            continue
        for each in find_too_complex(path.read_text(encoding="utf-8"), name):
            print(f"{name}:{each.line}: {each.name}: {each.complexity}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
