# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report conditional expressions that stand inside another one: an ``if`` or a named step reads better."""

from __future__ import annotations

import ast
import sys

from code_metrics import nested_conditionals
from sync_tree import ROOT, repository_files


def main() -> int:
    """Print each place as ``file:line: message``; return 1 where there is one."""
    found = 0
    for name in sys.argv[1:] or repository_files():
        path = ROOT / name
        if path.suffix != ".py" or path.is_symlink():
            continue
        for expression in nested_conditionals(
            ast.parse(path.read_text(encoding="utf-8"), name)
        ):
            print(
                f"{name}:{expression.lineno}: conditional expression inside another one"
            )
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
