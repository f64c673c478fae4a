# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user of an application does to its environment: swap what is there for links to what is root's, in a loop.

    python attacker.py PATH CANARY STOP SEED

Runs as that user, until STOP is there, and puts back what can be put back. Prints how often a swap was made.
"""

from __future__ import annotations

import contextlib
import glob
import os
import random
import sys
import time

path, canary, stop, seed = sys.argv[1:]
chance = random.Random(int(seed))
parent, name = os.path.split(path)
releases = os.path.join(parent, ".%s.releases" % name)
SUFFIX = ".aside"
INSIDE = (
    "bin", "bin/python", "bin/pip", "bin/alpha", "lib", "lib64", "pyvenv.cfg", ".pyfleet.json", "lib/python*",
    "lib/python*/site-packages", "lib/python*/site-packages/alpha", "lib/python*/site-packages/alpha*.dist-info",
    "lib/python*/site-packages/alpha*.dist-info/RECORD",
)  # fmt: skip


def targets() -> list[str]:
    found = [path, releases, os.path.join(parent, "scripts")]
    for release in glob.glob(releases + "/*"):
        found.append(release)
        for pattern in INSIDE:
            found += glob.glob(os.path.join(release, pattern))
    return [each for each in found if not each.endswith(SUFFIX)]


def swap(target: str) -> bool:
    """Put a link to the root's tree in the place of something, for a moment."""
    decoy = (
        os.path.join(canary, "file")
        if os.path.isfile(target)
        else os.path.join(canary, "tree")
    )
    try:
        os.rename(target, target + SUFFIX)
    except OSError:
        return False
    with contextlib.suppress(OSError):
        os.symlink(decoy, target)
    time.sleep(chance.choice((0, 0.0005, 0.005, 0.05, 0.2)))
    with contextlib.suppress(OSError):
        os.unlink(target)
    with contextlib.suppress(OSError):
        os.rename(target + SUFFIX, target)
    return True


swaps = 0
while not os.path.exists(stop):
    found = targets()
    swaps += bool(found) and swap(chance.choice(found))
    time.sleep(chance.uniform(0, 0.002))
print(swaps)
