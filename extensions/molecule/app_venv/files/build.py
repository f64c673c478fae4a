# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the wheels of the scenario's WSGI application: build.py DIRECTORY, with tests/ on PYTHONPATH.

Its parts, and what it comes from, say of which release they are; `late` is imported by a request, not before.
Version 3.0 does not pass its own check.
"""

from __future__ import annotations

import sys
from pathlib import Path

from convergence.packages import write_wheel

APPLICATION = """
import os, sys, time
import bottle
try:
    from markupsafe import _speedups  # the compiled half
except ImportError:
    _speedups = None

VERSION = "{version}"
app = bottle.Bottle()

@app.get("/")
def index():
    from shop import late
    return {{
        "versions": [VERSION, late.VERSION],
        "prefix": sys.prefix,
        "compiled": _speedups and _speedups.__file__,
        "user": os.getuid(),
        "greeting": os.environ.get("SHOP_GREETING"),
    }}

@app.get("/slow")
def slow():
    time.sleep(0.3)
    return index()
"""
CHECK = """
import sys
from shop import VERSION, app

def main():
    print("checked " + VERSION)
    if VERSION == "3.0":
        sys.exit("the database of 3.0 is not there")
"""


def main(directory: Path) -> None:
    """Write them."""
    directory.mkdir(parents=True, exist_ok=True)
    for version in ("1.0", "2.0", "3.0"):
        files = {
            "shop/__init__.py": APPLICATION.format(version=version),
            "shop/late.py": f"VERSION = {version!r}\n",
            "shop/check.py": CHECK,
        }
        scripts = {"shop-check": "shop.check:main"}
        write_wheel(
            directory,
            "shop",
            version,
            ["gunicorn", "bottle"],
            scripts=scripts,
            files=files,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
