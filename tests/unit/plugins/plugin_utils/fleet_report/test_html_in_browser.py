# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page in a real Chromium: filters, keyboard, panel, export, print, and without JavaScript.

No Python package carries a browser: these tests need the package playwright and a Chromium of the operating system
(``apt-get install chromium``). Where one is missing they are skipped; in CI that is an error.
"""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

if sys.version_info < (3, 13):
    pytest.skip(
        "a page depends on no Python: tested on 3.13 and newer", allow_module_level=True
    )
pytest.importorskip(
    "playwright.sync_api", reason="the package playwright is not installed"
)

from axe_playwright_python.sync_playwright import Axe
from playwright import sync_api

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.build import (
    ReportRequest,
    build_reports,
)

from .sample_fleet import HOSTILE, MARKER, write_fleet

CHROMIUM = (
    shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
pytestmark = pytest.mark.skipif(
    not CHROMIUM, reason="a Chromium of the operating system is not installed"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("page")
    results = write_fleet(directory / "results")
    build_reports(
        ReportRequest(results=str(results), output=str(directory), formats=("html",))
    )
    return directory / "report.html"


@pytest.fixture
def page(browser: Any, page_file: Path) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    errors: list[str] = []
    requests: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console",
        lambda message: (
            errors.append(message.text) if message.type == "error" else None
        ),
    )
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(page_file.as_uri())
    yield opened
    assert errors == []
    assert [
        url for url in requests if not url.startswith(("file:", "data:", "blob:"))
    ] == []
    context.close()


def rows(page: Any, view: str) -> list[str]:
    return [
        line.replace("\n", " ")
        for line in page.locator(f"#{view} .line").all_inner_texts()
    ]


def test_a_count_leads_to_what_it_counts(page: Any) -> None:
    page.click(".card.fail")
    assert "view=hosts" in page.url and "status=fail" in page.url
    assert [row.split()[0] for row in rows(page, "hosts")] == ["web1", "web2"]
    page.go_back()
    assert page.is_visible("#overview")


def test_filters_are_in_the_address_and_work_from_it(
    page: Any, page_file: Path
) -> None:
    page.select_option("#severity", "high")
    page.fill("#host", "web*")
    sync_api.expect(page.locator("#shown")).to_have_text("2 of 9 hosts, 2 findings")
    assert len(rows(page, "findings")) == 1
    other = page.context.new_page()
    other.goto(page.url)
    assert other.input_value("#severity") == "high"
    assert rows(other, "findings") == rows(page, "findings")
    page.click("#clear")
    assert len(rows(page, "findings")) == 3


def test_free_text_searches_hosts_and_findings(page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("another text")
    sync_api.expect(page.locator("#shown")).to_have_text("1 of 9 hosts, 1 finding")
    page.click("#tabs a[data-view=hosts]")
    assert [row.split()[0] for row in rows(page, "hosts")] == ["web10"]


def test_a_column_sorts_both_ways(page: Any) -> None:
    page.click("#tabs a[data-view=hosts]")
    page.click("#hosts .head button >> text=High")
    page.click("#hosts .head button >> text=High")
    assert (
        page.locator("#hosts [role=columnheader][aria-sort=descending]")
        .inner_text()
        .startswith("High")
    )
    assert {row.split()[0] for row in rows(page, "hosts")[:2]} == {"web1", "web2"}


def test_a_table_is_used_with_the_keyboard_alone(page: Any) -> None:
    page.click("#tabs a[data-view=findings]")
    page.focus("#findings .sheet")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    assert (
        page.get_attribute("#findings .sheet", "aria-activedescendant") == "findings-2"
    )
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert page.inner_text("#panel-title") == "marker-removed"
    assert MARKER["cure"] in page.inner_text("#panel")
    page.keyboard.press("Escape")
    assert page.is_hidden("#panel")
    assert page.evaluate("document.activeElement.classList.contains('sheet')")


def test_the_cure_is_copied(page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(
        page.url.partition("#")[0] + "#view=findings&open=finding:" + MARKER["id"]
    )
    page.click("#panel .cure button")
    page.wait_for_selector(".toast.on")
    assert page.evaluate("navigator.clipboard.readText()") == MARKER["cure"]


def test_who_has_a_package(page: Any) -> None:
    page.click("#tabs a[data-view=packages]")
    page.fill("#find", "LiteLLM==1.82")
    assert rows(page, "packages") == ["litellm 1.82.7 pip 5"]
    page.click("#packages .line")
    assert page.locator("#panel .rows li").count() == 5
    assert "/usr/bin/python3.13" in page.inner_text("#panel")


def test_the_filtered_view_is_exported_without_formulas(
    page: Any, tmp_path: Path
) -> None:
    page.goto(page.url.partition("#")[0] + "#view=findings&host=web2")
    with page.expect_download() as download:
        page.click("#export")
    download.value.save_as(tmp_path / "view.csv")
    with open(tmp_path / "view.csv", encoding="utf-8-sig", newline="") as stream:
        exported = list(csv.DictReader(stream))
    assert [row["rule"] for row in exported] == ["marker-removed", "python-end-of-life"]
    assert exported[1]["waived"] == "'@until spring"
    assert exported[0]["evidence"].startswith("'=cmd()")


def test_hostile_text_stays_text(page: Any) -> None:
    page.goto(page.url.partition("#")[0] + "#view=hosts&open=host:web1")
    assert HOSTILE.replace("\u2028", "") in page.inner_text("#panel").replace(
        "\u2028", ""
    ).replace("\n", "")
    assert page.locator("#panel b").count() == 0


def test_hosts_that_were_not_reached_are_in_every_table(page: Any) -> None:
    for view in ("hosts", "matrix"):
        page.goto(page.url.partition("#")[0] + f"#view={view}&status=not_reached")
        assert {name for row in rows(page, view) for name in row.split()} >= {
            "gone",
            "slow",
            "silent",
            "stale",
        }


def test_only_visible_rows_are_in_the_document(browser: Any, tmp_path: Path) -> None:
    from .sample_fleet import audit, finding

    many = [
        finding("unknown-python", "low", f"/opt/{number}/python")
        for number in range(2000)
    ]
    results = write_fleet(tmp_path / "results", web1=audit("pass", *many))
    build_reports(
        ReportRequest(results=str(results), output=str(tmp_path), formats=("html",))
    )
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    opened.goto((tmp_path / "report.html").as_uri() + "#view=findings")
    assert opened.locator("#findings .line").count() < 60
    opened.focus("#findings .sheet")
    opened.keyboard.press("End")
    assert opened.locator("#findings .line.active").count() == 1
    opened.close()


def test_without_javascript_totals_matrix_and_findings_are_there(
    browser: Any, page_file: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(page_file.as_uri())
    text = opened.inner_text("main")
    for part in (
        "Not reached",
        MARKER["subject"],
        MARKER["cure"],
        "web10",
        "marker-removed",
    ):
        assert part in text
    assert opened.is_hidden("#filters")
    context.close()


@pytest.mark.parametrize("width", [390, 800, 1440])
def test_no_view_is_wider_than_the_window(
    browser: Any, page_file: Path, width: int
) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 800})
    for view in ("overview", "findings", "hosts", "matrix", "pythons", "packages"):
        opened.goto(page_file.as_uri() + f"#view={view}")
        assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            view
        )
    opened.close()


def test_print_shows_all_rows_and_no_controls(page: Any) -> None:
    page.goto(page.url.partition("#")[0] + "#view=hosts")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#hosts .line").count() == 9
    assert page.is_hidden("#filters")


def test_dark_and_light_follow_the_system_and_the_button(
    browser: Any, page_file: Path
) -> None:
    context = browser.new_context(color_scheme="dark")
    opened = context.new_page()
    opened.goto(page_file.as_uri())
    color = "getComputedStyle(document.body).backgroundColor"
    dark = opened.evaluate(color)
    opened.click("#theme")
    assert opened.evaluate(color) != dark
    context.close()


VIEWS = ("overview", "findings", "hosts", "matrix", "pythons", "packages")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(page: Any, scheme: str, view: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.click(f"#tabs a[data-view={view}]")
    sync_api.expect(page.locator(f"#{view}")).to_be_visible()
    found = Axe().run(page).response["violations"]
    serious = [
        (each["id"], [node["html"] for node in each["nodes"][:3]])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
