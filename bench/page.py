# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures in Chromium when the page of a fleet report is painted, and when it can be used.

    .build/envs/unit-3.13/bin/python bench/page.py [--rounds 5]

Needs playwright, which the environments of the unit tests have, and a Chromium of the operating system. A page can be
used when a click on the table of hosts has shown its rows; that time counts from the start of the navigation.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH))

from playwright import sync_api
from report import make_results
from results import Table, keep

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.build import (
    ReportRequest,
    build_reports,
)

FIRST_PAINT = (
    """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime"""
)


def open_page(browser: Any, page_file: Path) -> tuple[float, float]:
    """Return the seconds until the first paint, and until the rows of the hosts are shown."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    began = time.perf_counter()
    page.goto(page_file.as_uri())
    page.click("#tabs a[data-view=hosts]")
    page.locator("#hosts .line").first.wait_for()
    usable = time.perf_counter() - began
    painted = page.evaluate(FIRST_PAINT) / 1000
    page.close()
    return painted, usable


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    rows = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        for hosts in (1, 50, 5_000):
            with tempfile.TemporaryDirectory() as directory:
                make_results(directory, hosts, findings=14)
                outcome = build_reports(
                    ReportRequest(
                        results=directory, output=directory, formats=("html",)
                    )
                )
                page_file = Path(directory, "report.html")
                times = [
                    open_page(browser, page_file) for _round in range(options.rounds)
                ]
                rows.append(
                    (
                        f"{hosts:,}",
                        f"{outcome.totals['findings']['total']:,}",
                        f"{page_file.stat().st_size / 1e6:.1f}",
                        *(f"{statistics.median(each):.2f}" for each in zip(*times)),
                    )
                )
        version = {"Chromium": browser.version}
        browser.close()
    columns = ("hosts", "findings", "size, MB", "first paint, s", "usable, s")
    keep("page", [Table("page", columns, rows)], f"{options.rounds} rounds", version)
    return 0


if __name__ == "__main__":
    sys.exit(main())
