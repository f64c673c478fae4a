# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which version is believed, whose package it is, and whether a marker belongs there."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.classify.installation import (
    classify_installation,
    ownership_questions,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Candidate,
    Marker,
    Owner,
    Ownership,
    System,
    VersionClaim,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Installation,
)

from .test_provider import LINUX, reading

EXE, LIBRARY, MARKER = (
    "/usr/bin/python3.13",
    "/usr/lib/python3.13/os.py",
    "/usr/lib/python3.13/EXTERNALLY-MANAGED",
)


def dpkg(version: str = "3.13.5-2", unknown: tuple = (), **owners: str) -> Ownership:
    paths = {"exe": EXE, "library": LIBRARY, "marker": MARKER}
    found = {
        paths[key]: Owner(paths[key], "dpkg", package, version)
        for key, package in owners.items()
    }
    return Ownership(("dpkg",), found, unknown=unknown)


def classify(
    ownership: Ownership, system: System = LINUX, **fields: Any
) -> Installation:
    return classify_installation(reading(**fields), ownership, system)


def test_questions() -> None:
    assert ownership_questions(reading()) == (EXE, LIBRARY, MARKER)
    lost = reading(prefix="", stdlib="", marker=Marker("", "missing"))
    assert ownership_questions(lost) == (EXE,)


@pytest.mark.parametrize(
    ("claims", "package_version", "expected"),
    [
        ([("3.13.5", "symbol")], "3.13.4-1", ("3.13.5", "symbol")),
        ([("3.13.0", "string")], "3.13.5-2+deb13u1", ("3.13.5", "package")),
        ([("3.13.0", "directory")], "1:3.13.0~rc1-2", ("3.13.0rc1", "package")),
        ([("3.12.1", "symbol")], "3.13.5-2", ("3.13.5", "package")),
        ([("3.13.1", "string")], "7.3.19+dfsg-2", ("3.13.1", "string")),
        ([], "3.13-1", ("3.13", "")),
        ([], "", ("3.13", "")),
    ],
)
def test_version(claims: list, package_version: str, expected: tuple) -> None:
    found = classify(
        dpkg(package_version, exe="python3.13-minimal"),
        versions=tuple(VersionClaim(*c) for c in claims),
    )
    assert (found.version, found.version_source) == expected


def test_the_library_tells_the_owner_where_the_executable_does_not() -> None:
    assert (
        classify(dpkg(library="libpython3.13-minimal")).package.package
        == "libpython3.13-minimal"
    )


def test_expectation_is_the_package_databases_before_the_tables() -> None:
    listed = classify(
        dpkg(exe="python3.13-minimal", marker="libpython3.13-stdlib"),
        LINUX._replace(version="11"),
    )
    assert (listed.expectation, listed.marker_owner.package) == (
        "shipped",
        "libpython3.13-stdlib",
    )
    # python3-minimal alone: the package that ships the marker is not there, and rightly no marker.
    minimal = classify(dpkg(exe="python3.13-minimal"))
    assert (minimal.expectation, minimal.expectation_because) == (
        "not-shipped",
        "no installed package of dpkg has one there",
    )


def test_a_database_that_was_not_read_whole_proves_nothing() -> None:
    found = classify(
        dpkg(exe="python3.13-minimal", unknown=(("dpkg", "3 lists could not be read"),))
    )
    assert (found.expectation, found.expectation_because) == (
        "shipped",
        "Debian ships the marker, since Debian 12",
    )
    lost = classify(dpkg(unknown=(("dpkg", "3 lists could not be read"),)))
    assert (lost.package, lost.package_unknown) == (
        None,
        "dpkg: 3 lists could not be read",
    )


@pytest.mark.parametrize(
    ("path", "provider"),
    [
        ("/home/alice/.pyenv/versions/3.13.5/bin/python3.13", "pyenv"),
        ("/root/.rye/py/cpython@3.13.0/bin/python3.13", "rye"),
    ],
)
def test_nobodys_package_needs_no_database(path: str, provider: str) -> None:
    found = classify(Ownership(), path=path)
    assert (found.provider, found.package_unknown) == (provider, "")


def test_homebrew_and_nix_own_directories_and_promise_no_file() -> None:
    """A marker that somebody wrote into python@3.11's keg lies in the keg, and yet the formula ships none."""
    keg = "/opt/homebrew/Cellar/python@3.11/3.11.9"
    marker = f"{keg}/lib/python3.11/EXTERNALLY-MANAGED"
    owners = {
        path: Owner(path, "homebrew", "python@3.11", "3.11.9")
        for path in (f"{keg}/bin/python3.11", marker)
    }
    found = classify_installation(
        reading(
            f"{keg}/bin/python3.11", "3.11", marker=Marker(marker, "file", True, b"")
        ),
        Ownership(("homebrew",), owners),
        System("macos", "15", kernel="darwin"),
    )
    assert (found.provider, found.expectation, found.marker_owner) == (
        "homebrew",
        "not-shipped",
        None,
    )


@pytest.mark.parametrize(
    ("path", "package", "version", "names", "system"),
    [
        (EXE, "python3.13-minimal", "3.13.5-2", (), True),
        (EXE, "python3.13-minimal", "3.13.5-2", ("/usr/bin/python3",), True),
        (EXE, "python3.13-minimal", "3.13.5-1+noble1", (), False),
        (
            EXE,
            "python3.13-minimal",
            "3.13.5-1+noble1",
            ("/usr/bin/python3",),
            True,
        ),  # whoever did that
        ("/opt/x/bin/python3.13", "product", "1", ("/usr/bin/python3",), False),
        ("/usr/lib/x/bin/python3.13", "product", "1", (), False),
        ("/usr/local/bin/python3.13", None, "", ("/usr/bin/python3",), False),
    ],
)
def test_system(
    path: str, package: Any, version: str, names: tuple, system: bool
) -> None:
    owners = {path: Owner(path, "dpkg", package, version)} if package else {}
    found = classify(
        Ownership(("dpkg",), owners),
        path=path,
        names=tuple(Candidate(name, "PATH") for name in names),
        stdlib="/none",
    )
    assert found.system is system


def test_a_distributions_pypy_in_opt_is_not_what_the_system_runs() -> None:
    path = "/opt/pypy3/bin/pypy3"
    ownership = Ownership(
        ("pacman",), {path: Owner(path, "pacman", "pypy3", "7.3.19-1")}
    )
    found = classify(
        ownership,
        System("arch", kernel="linux"),
        path=path,
        language="3.11",
        implementation="pypy",
    )
    assert (found.provider, found.system) == ("arch", False)


def test_rpm_that_can_not_be_read() -> None:
    unread = Ownership(
        (),
        unknown=(
            ("rpm", "the database is of the format BerkeleyDB, which only rpm reads"),
        ),
    )
    found = classify(
        unread,
        System("rhel", "8.10", ("fedora",), "RHEL 8", "linux"),
        path="/usr/bin/python3.13",
    )
    assert (found.provider, found.system, found.expectation) == (
        "rhel",
        True,
        "not-shipped",
    )
    assert "BerkeleyDB" in found.package_unknown
