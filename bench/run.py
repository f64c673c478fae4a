# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every measurement of this directory, one after the other; further arguments go to each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PARTS = ("scan.py", "tasks.py")


def main() -> int:
    """Run the parts and give the first status that is not 0."""
    status = 0
    for part in PARTS:
        print("== bench/%s" % part, flush=True)
        command = [sys.executable, str(Path(__file__).with_name(part)), *sys.argv[1:]]
        status = status or subprocess.run(command, check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
