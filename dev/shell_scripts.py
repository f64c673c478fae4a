# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the shell scripts of the repository, by first line or suffix; with -z, NUL ends each name (for xargs -0)."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from sync_tree import ROOT, repository_files

SHELL_LINE = re.compile(rb"#!\s*\S*/(env\s+)?(ba|da|k)?sh\b")


def is_shell(path: Path) -> bool:
    """Whether the file is a shell script, by its suffix or its first line."""
    if path.suffix == ".sh":
        return True
    with path.open("rb") as stream:
        return bool(SHELL_LINE.match(stream.read(64)))


def main() -> None:
    """Print the scripts' names, relative to the root of the repository."""
    end = "\0" if "-z" in sys.argv[1:] else "\n"
    for name in repository_files():
        path = ROOT / name
        # Fixture trees hold other tools' scripts (shims, activate), which are data here.
        if (
            not name.startswith("tests/unit/")
            and path.is_file()
            and not path.is_symlink()
            and is_shell(path)
        ):
            sys.stdout.write(name + end)


if __name__ == "__main__":
    main()
