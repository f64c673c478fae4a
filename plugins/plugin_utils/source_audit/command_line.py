# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: arguments, output, exit status."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Optional, Sequence

from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.text import (
    safe_text,
)

from .audit_source import audit_paths
from .serialize import FORMATS

_EPILOG = """
exit status: 0 nothing found; 1 a finding without a waiver; 2 wrong arguments; 3 nothing found, but something could not
be judged. A waiver is a comment on the line, or before it: # pyfleet: ignore[RULE] REASON
"""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Audit the paths of the arguments, write the report to standard output, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="pyfleet-source-audit",
        description="Find what in a repository would cause the error externally-managed-environment (PEP 668) on hosts.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        default=["."],
        help="files or directories; default: .",
    )
    parser.add_argument("--format", choices=sorted(FORMATS), default="text")
    parser.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="GLOB",
        help="leave these paths out",
    )
    parser.add_argument(
        "--output", metavar="FILE", help="write the report to this file instead"
    )
    options = parser.parse_args(arguments)
    missing = [path for path in options.paths if not os.path.lexists(path)]
    if missing:
        parser.error(f"{safe_text(missing[0])} does not exist")
    report = audit_paths(options.paths, options.exclude)
    text = FORMATS[options.format](report)
    if options.output:
        with open(options.output, "w", encoding="utf-8") as stream:
            stream.write(text)
    else:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    return {"pass": 0, "fail": 1, "incomplete": 3}[report.verdict]
