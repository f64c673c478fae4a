# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send requests to an application until a file appears, some slow, and print the results: client.py URL FILE."""

from __future__ import annotations

import collections
import json
import os
import sys
import threading
import urllib.request


def ask(url: str, until: str, came: collections.Counter[str]) -> None:
    """Count each answer by the versions in it, and each failure by its words."""
    while not os.path.exists(until):
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                came["/".join(json.load(answer)["versions"])] += 1
        except Exception as error:
            came[f"failed: {error!r}"] += 1


def main(url: str, until: str) -> None:
    """Send requests from four threads."""
    came: collections.Counter[str] = collections.Counter()
    threads = [
        threading.Thread(target=ask, args=(url + path, until, came))
        for path in ("", "", "slow", "slow")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write(json.dumps(came) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
