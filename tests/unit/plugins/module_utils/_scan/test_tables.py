# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of providers and releases: each row is whole, can be reached, and says when it was true."""

from __future__ import annotations

import datetime
import re
import sys
from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.classify.installation import (
    Subject,
    facts,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.data.owners import (
    OWNERS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.data.providers import (
    COMMON_ROOTS,
    PROVIDERS,
    MarkerRule,
    Provider,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.data.python_eol import (
    RELEASES,
    TABLE_DATE,
    VENDOR_SUPPORT,
    end_of_life,
    vendor_support,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import System
from ansible_collections.pyfleet.python.plugins.module_utils._scan.pep440 import release
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.python_version import (
    WANTED,
)

from .classify.test_provider import reading

KINDS = "system package-manager version-manager conda standalone ci container vendor source".split()
ROOT = re.compile(r"(?:/|~/|\{[A-Z_]+:/?[\w./-]+\}/)[^\0]+")


def row_id(row: Provider) -> str:
    return row.key


def test_keys_and_titles_are_unique() -> None:
    for names in ([row.key for row in PROVIDERS], [row.title for row in PROVIDERS]):
        assert len(names) == len(set(names))
    assert "unknown" not in {row.key for row in PROVIDERS}


@pytest.mark.parametrize("row", PROVIDERS, ids=row_id)
def test_a_row_is_whole(row: Provider) -> None:
    assert re.fullmatch(r"[a-z][a-z-]*", row.key) and row.title and row.evidence
    assert row.kind in KINDS
    assert row.signals and all(row.signals)
    assert row.kernel in ("", "linux", "darwin")
    assert all(ROOT.fullmatch(root) and not root.endswith("/") for root in row.roots)


@pytest.mark.parametrize("row", PROVIDERS, ids=row_id)
def test_signals_ask_about_what_is_read(row: Provider) -> None:
    known = facts(Subject(reading(), None, System(), True))
    for tests in row.signals:
        for test in tests:
            subject, equals, patterns = test.partition("=")
            assert equals and all(patterns.split("|"))
            assert subject in known or (
                subject.startswith("build.") and subject[6:] in WANTED
            ), test
            if subject == "owner":
                assert set(patterns.split("|")) <= {*OWNERS, "none", "?"}


@pytest.mark.parametrize("row", PROVIDERS, ids=row_id)
def test_marker_rules_always_give_an_answer(row: Provider) -> None:
    """The last rule has no condition on the language or on who, so that no combination falls through unsaid."""
    assert {rule.expectation for rule in row.marker} <= {
        "shipped",
        "not-shipped",
        "unknown",
    }
    last = row.marker[-1]
    assert last == MarkerRule(last.expectation, last.since)


def test_common_roots_are_given_to_no_provider() -> None:
    """Else a Python in /usr/bin would be said to be met as somebody's."""
    assert not {root for row in PROVIDERS for root in row.roots} & set(COMMON_ROOTS)


def iso(text: str) -> datetime.date:
    return datetime.date(*map(int, text.split("-")))


def test_dates() -> None:
    iso(TABLE_DATE)
    for row in RELEASES:
        assert release(row.language)[:2] == release(row.language)
        if row.first and row.end:
            assert iso(row.first) < iso(row.end)
    for support in VENDOR_SUPPORT:
        assert not support.extended or iso(support.extended) > iso(support.until)


def test_pep_602() -> None:
    """From 3.9 on a release lives for five years, to the end of the month at the latest."""
    for row in RELEASES:
        if row.implementation == "cpython" and release(row.language) >= (3, 9):
            first, end = iso(row.first), iso(row.end)
            assert (end.year, end.month) == (first.year + 5, first.month)


def test_no_cpython_is_left_out() -> None:
    languages = [
        release(row.language) for row in RELEASES if row.implementation == "cpython"
    ]
    assert languages == sorted(set(languages))
    assert [minor for major, minor in languages if major == 3] == list(
        range(1, languages[-1][1] + 1)
    )
    assert sys.version_info[:2] in languages
    assert max(iso(row.first) for row in RELEASES if row.first) > iso(TABLE_DATE), (
        "the next release is missing"
    )


@pytest.mark.parametrize(
    ("ident", "version", "language", "until"),
    [
        ("debian", "11", "3.9", "2026-08-31"),
        ("debian", "12", "3.11", "2028-06-30"),
        ("debian", "12", "3.9", None),
        ("debian", "", "3.13", None),
        ("ubuntu", "22.04", "3.10", "2027-06-01"),
        ("ubuntu", "22.10", "3.10", None),
        ("rhel", "8.10", "3.6", "2029-05-31"),
        ("rocky", "9.4", "3.9", "2032-05-31"),
        ("rhel", "9.4", "3.11", None),
        ("amzn", "2023", "3.9", "2029-06-30"),
        ("sles", "15.6", "3.6", None),
        ("", "x.y", "", None),
    ],
)
def test_vendor_support(ident: str, version: str, language: str, until: str) -> None:
    row = vendor_support(System(ident, version), language)
    assert (row.until if row else None) == until


@pytest.mark.parametrize(
    ("implementation", "language", "end"),
    [
        ("cpython", "3.9", "2025-10-31"),
        ("cpython", "2.7", "2020-01-01"),
        ("pypy", "3.9", "2024-08-28"),
        ("pypy", "2.7", ""),
        ("cpython", "3.99", ""),
        ("graalpy", "3.11", ""),
    ],
)
def test_end_of_life(implementation: str, language: str, end: str) -> None:
    assert end_of_life(implementation, language) == end


DISTRO_INFO = Path("/usr/share/distro-info")


@pytest.mark.skipif(
    not DISTRO_INFO.is_dir(), reason="the package distro-info-data is not installed"
)
def test_debian_and_ubuntu_as_distro_info_has_them() -> None:
    rows = {}
    for name, ident in (("debian.csv", "debian"), ("ubuntu.csv", "ubuntu")):
        head, *lines = (DISTRO_INFO / name).read_text().splitlines()
        for line in lines:
            row = dict(zip(head.split(","), line.split(",")))
            rows[ident, release(row["version"])] = row
    for support in VENDOR_SUPPORT:
        row = rows.get((support.ids[0], support.release))
        if row is not None:
            until = row.get("eol-lts") or row["eol"]
            assert (support.until, support.extended) == (
                until,
                row.get("eol-elts") or row.get("eol-esm"),
            )
