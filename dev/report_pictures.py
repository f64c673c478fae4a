# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the pictures of the report that the documents show: ``report_pictures.py RESULTS``.

RESULTS is a directory of the role python_audit from a real run, such as that of the Molecule scenario python_audit
before its cleanup. Chromium must be on PATH, as ``chromium`` or ``google-chrome``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

PICTURES = Path(__file__).resolve().parents[1] / "docs/pictures"
PROGRAM = "ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Picture(NamedTuple):
    """A picture: its name, the fragment of the page's address that it shows, and its size in pixels."""

    name: str
    fragment: str
    width: int
    height: int
    dark: bool = False


SHOWN = (
    Picture("report.png", "", 1280, 900),
    Picture("report-dark.png", "", 1280, 900, dark=True),
)


def find_browser() -> str:
    """Return the path of Chromium; exit where there is none."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    sys.exit("Chromium is not installed: install the package chromium")


def take(browser: str, page: Path, picture: Picture, profile: Path) -> None:
    """Write one picture of a page."""
    command = [
        browser,
        "--headless",
        "--no-sandbox",  # root runs it in a container; the page is our own, from a file
        "--hide-scrollbars",
        "--virtual-time-budget=3000",
        f"--user-data-dir={profile}",
        f"--window-size={picture.width},{picture.height}",
        f"--screenshot={PICTURES / picture.name}",
    ]
    if picture.dark:
        command.append("--blink-settings=preferredColorScheme=0")
    address = page.as_uri() + picture.fragment
    subprocess.run([*command, address], check=True, capture_output=True)
    print(PICTURES / picture.name)


def main() -> None:
    """Build the report in a temporary directory, and take the pictures."""
    if len(sys.argv) != 2:
        sys.exit("usage: report_pictures.py RESULTS")
    browser = find_browser()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch, "report")
        build = [sys.executable, "-m", PROGRAM, sys.argv[1], "--output", str(output)]
        subprocess.run([*build, "--format", "html"], check=True)
        (page,) = output.glob("*.html")
        for picture in SHOWN:
            take(browser, page, picture, Path(scratch, "profile"))


if __name__ == "__main__":
    main()
