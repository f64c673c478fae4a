# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns, the order of rows, and what is expected of a marker; whole hosts are in test_providers.py."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.classify.installation import (
    Subject,
    classify_provider,
    expected_marker,
    fits,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.data.providers import (
    PROVIDERS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    InterpreterReading,
    Marker,
    Owner,
    System,
    Trust,
    VenvParts,
)

ROWS = {row.key: row for row in PROVIDERS}
LINUX = System("debian", "13", (), "Debian 13", "linux")


def reading(
    path: str = "/usr/bin/python3.13", language: str = "3.13", **fields: Any
) -> InterpreterReading:
    values = {
        "path": path,
        "names": (),
        "implementation": "cpython",
        "language": language,
        "variant": "",
        "versions": (),
        "prefix": "/usr",
        "stdlib": "/usr/lib/python" + language,
        "framework": "",
        "build": {},
        "layout": "posix",
        "site_directories": (),
        "purelib": "",
        "marker": Marker(f"/usr/lib/python{language}/EXTERNALLY-MANAGED", "missing"),
        "pip": None,
        "venv": VenvParts(True, True, True),
        "trust": Trust(True),
        "owner_uid": 0,
    }
    return InterpreterReading(**{**values, **fields})


def provider(
    found: InterpreterReading,
    owner: Any = None,
    system: System = LINUX,
    known: bool = True,
) -> tuple:
    row, because = classify_provider(Subject(found, owner, system, known))
    return (row.key if row else None), because


@given(st.text("ab/", max_size=12), st.text("ab/*", max_size=8))
def test_fits_as_a_regular_expression_would(text: str, pattern: str) -> None:
    expression = ".*".join(re.escape(piece) for piece in pattern.split("*"))
    assert fits(text, pattern) == (
        re.fullmatch(expression, text, re.DOTALL) is not None
    )


def test_fits_is_quick() -> None:
    started = time.perf_counter()
    assert not fits("a" * 10_000, "*a" * 50 + "*b")
    assert time.perf_counter() - started < 1


def test_the_reason_names_what_was_seen() -> None:
    owner = Owner("/usr/bin/python3.13", "dpkg", "python3.13-minimal", "3.13.5-2")
    assert provider(reading(), owner) == (
        "debian",
        "dpkg says that it belongs to python3.13-minimal 3.13.5-2; it is /usr/bin/python3.13; the system is Debian 13",
    )
    assert provider(reading("/nix/store/x/bin/python3")) == (
        "nix",
        "it is /nix/store/x/bin/python3",
    )


@pytest.mark.parametrize(
    ("owner", "known", "because"),
    [
        (
            None,
            True,
            "it lies where no known provider puts one, and no package owns it",
        ),
        (
            None,
            False,
            "it lies where no known provider puts one, and its owning package is unknown",
        ),
        (
            Owner("", "apk", "thing", "1"),
            True,
            "thing of apk put it where no known provider does",
        ),
    ],
)
def test_no_row(owner: Any, known: bool, because: str) -> None:
    assert provider(reading("/srv/x/python3"), owner, known=known) == (None, because)


def test_not_knowing_the_owner_is_not_having_none() -> None:
    """In /usr/bin of Debian: without a database it counts as Debian's, with one that does not list it as nobody's."""
    assert provider(reading(), known=False)[0] == "debian"
    assert provider(reading(), known=True)[0] is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"path": "/home/alice/.pyenv/versions/mambaforge/bin/python3"}, "miniforge"),
        ({"path": "/home/alice/.pyenv/versions/3.13-dev/bin/python3"}, "pyenv"),
        (
            {"path": "/opt/app/bin/python3", "build": {"prefix": "/install"}},
            "python-build-standalone",
        ),
        ({"path": "/opt/app/bin/python3", "build": {"prefix": "/installed"}}, "source"),
        (
            {
                "path": "/home/a/x/bin/python3",
                "build": {"abs_srcdir": "/tmp/python-build.2026.1/Python-3.9.1"},
            },
            "pyenv",
        ),
        (
            {
                "path": "/home/a/x/bin/python3",
                "build": {"abs_srcdir": "/home/a/Python-3.9.1"},
            },
            "source",
        ),
        ({"path": "/x/_work/_tool/Python/3.9.1/x64/bin/python3"}, "github-toolcache"),
        ({"path": "/Applications/Xcode-16.2.app/x/bin/python3.9"}, "xcode"),
    ],
)
def test_rows_in_order(fields: dict, expected: str) -> None:
    assert provider(reading(**fields))[0] == expected


@pytest.mark.parametrize(
    ("path", "manager", "ident", "expected"),
    [
        ("/opt/pypy3/bin/pypy3", "pacman", "arch", "arch"),
        ("/opt/pypy/bin/pypy", "pacman", "arch", "arch"),
        ("/usr/lib64/pypy3.10-v7.3.16/bin/pypy3.10", "rpm", "fedora", "fedora"),
        ("/usr/lib/pypy3.11/pypy3.11", "portage", "gentoo", "gentoo"),
        ("/usr/lib/pypy3/bin/pypy3-c", "dpkg", "debian", "debian-pypy"),
        ("/opt/pypy/bin/pypy3", "", "debian", "docker-library"),
    ],
)
def test_pypy_of_distributions(
    path: str, manager: str, ident: str, expected: str
) -> None:
    owner = Owner(path, manager, "pypy3", "7.3.16-1") if manager else None
    assert (
        provider(
            reading(path, "3.10", implementation="pypy"),
            owner,
            System(ident, kernel="linux"),
        )[0]
        == expected
    )


@pytest.mark.parametrize(
    "path",
    [
        "/usr/lib/product/bin/python3",
        "/usr/share/x/python3",
        "/opt/product/bin/python3",
    ],
)
def test_a_package_with_a_python_of_its_own(path: str) -> None:
    assert provider(reading(path), Owner("", "dpkg", "product", "1"))[0] == "vendor"


def test_a_marker_with_uvs_words_does_not_make_it_uvs() -> None:
    """The words are looked at only where no package owns the interpreter."""
    found = reading(
        marker=Marker(
            "/usr/lib/python3.13/EXTERNALLY-MANAGED", "file", True, b"managed by uv"
        )
    )
    assert (
        provider(found, Owner("", "dpkg", "python3.13-minimal", "3.13.5-2"))[0]
        == "debian"
    )
    assert provider(found._replace(path="/srv/py/bin/python3"))[0] == "uv"


@pytest.mark.parametrize(
    ("key", "language", "system", "expectation"),
    [
        ("debian", "3.11", System("debian", "12"), "shipped"),
        ("debian", "3.9", System("debian", "11"), "not-shipped"),
        ("debian", "3.13", System("debian", ""), "shipped"),
        ("debian", "3.11", System("devuan", "5"), "unknown"),
        ("ubuntu", "3.10", System("ubuntu", "22.04"), "not-shipped"),
        ("ubuntu", "3.11", System("ubuntu", "23.04"), "shipped"),
        ("ubuntu", "3.10", System("linuxmint", "21.3"), "not-shipped"),
        ("ubuntu", "3.12", System("linuxmint", "22"), "shipped"),
        ("alpine", "3.11", System("alpine", "3.19.0"), "shipped"),
        ("alpine", "3.11", System("alpine", "3.18.9"), "not-shipped"),
        ("alpine", "3.12", System("alpine", "3.21_alpha20240807"), "shipped"),
        ("opensuse", "3.6", System("opensuse-leap", "15.6"), "not-shipped"),
        ("opensuse", "3.13", System("opensuse-leap", "16.0"), "shipped"),
        ("opensuse", "3.13", System("opensuse-tumbleweed", "20260801"), "shipped"),
        ("homebrew", "3.11", System("macos", "15"), "not-shipped"),
        ("homebrew", "3.12", System("macos", "15"), "shipped"),
        ("homebrew", "", System("macos", "15"), "unknown"),
        ("arch", "3.13", System("arch"), "shipped"),
        ("fedora", "3.13", System("fedora", "42"), "not-shipped"),
        ("uv", "3.8", System("debian", "13"), "shipped"),
    ],
)
def test_expected_marker(
    key: str, language: str, system: System, expectation: str
) -> None:
    assert expected_marker(ROWS[key], language, system).expectation == expectation
