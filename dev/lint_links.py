# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report the links of the documents to other sites that do not answer; needs the network, and is no part of the tests.

Links within the repository are checked by ``tests/unit/dev/test_documents.py``. Ends with 1 if a site answers that a
page is not there; a site that cannot be reached, or refuses programs, is reported only.
"""

from __future__ import annotations

import re
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from sync_tree import ROOT, repository_files

LINK = re.compile(r"\]\((https?://[^)\s]+)\)|<(https?://[^>\s]+)>")
FOLDERS = ("docs/", "roles/", "tests/testbed/")
GONE = (404, 410)
TIMEOUT = 20  # seconds


def find_links() -> dict[str, str]:
    """Return each link without its anchor, and the first page that has it."""
    found: dict[str, str] = {}
    for name in repository_files():
        if name.endswith(".md") and ("/" not in name or name.startswith(FOLDERS)):
            for match in LINK.finditer((ROOT / name).read_text(encoding="utf-8")):
                found.setdefault((match[1] or match[2]).partition("#")[0], name)
    return found


def ask(link: str) -> str:
    """Return nothing if the page is there, else what was answered."""
    request = urllib.request.Request(link, headers={"User-Agent": "Mozilla/5.0"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            return ""
    except urllib.error.HTTPError as exc:
        return f"gone ({exc.code})" if exc.code in GONE else f"refused ({exc.code})"
    except OSError as exc:
        return f"not reached: {exc}"


def main() -> int:
    """Ask for each link and print those that are not there."""
    links = find_links()
    with ThreadPoolExecutor(8) as pool:
        answers = dict(zip(links, pool.map(ask, links)))
    for link, answer in sorted(answers.items()):
        if answer:
            print(f"{links[link]}: {link}: {answer}")
    good = sum(not answer for answer in answers.values())
    print(f"{good} of {len(links)} links answer")
    return int(any(answer.startswith("gone") for answer in answers.values()))


if __name__ == "__main__":
    sys.exit(main())
