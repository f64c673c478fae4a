# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of packages, as the distributions' archives have them (PROVIDERS 2.1; python-rpm-macros' own tests)."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.data.package_names import (
    PACKAGES,
    package_for,
    venv_package,
)


@pytest.mark.parametrize(
    ("families", "language", "implementation", "version", "name"),
    [
        (("debian",), "3.13", "cpython", "13", "python3.13-venv"),
        (("debian",), "3.11", "pypy", "13", "pypy3-venv"),
        (("ubuntu", "debian"), "3.12", "cpython", "24.04", "python3.12-venv"),
        (("linuxmint", "ubuntu", "debian"), "3.12", "cpython", "22", "python3.12-venv"),
        (("fedora",), "3.14", "cpython", "43", "python-pip-wheel"),
        (
            ("rocky", "rhel", "centos", "fedora"),
            "3.9",
            "cpython",
            "9.5",
            "python3-pip-wheel",
        ),
        (
            ("rocky", "rhel", "centos", "fedora"),
            "3.12",
            "cpython",
            "9.5",
            "python3.12-pip-wheel",
        ),
        (("rhel", "fedora"), "3.12", "cpython", "10.0", "python3-pip-wheel"),
        (("rhel", "fedora"), "3.9", "cpython", "8.10", "python39-pip-wheel"),
        (("rhel", "fedora"), "3.11", "cpython", "8.10", "python3.11-pip-wheel"),
        (("ol", "fedora"), "3.9", "cpython", "9.5", "python3-pip-wheel"),
        (("ol", "fedora"), "3.6", "cpython", "8.10", "python3-pip-wheel"),
        (("amzn", "fedora"), "3.9", "cpython", "2023", "python3-pip-wheel"),
        (("amzn", "fedora"), "3.11", "cpython", "2023", "python3.11-pip-wheel"),
        (("gentoo",), "3.13", "cpython", "", "dev-python/ensurepip-pip"),
        (("arch",), "3.13", "cpython", "", ""),
        (("plan9",), "3.13", "cpython", "", ""),
        ((), "3.13", "cpython", "", ""),
    ],
)
def test_what_venv_lacks(
    families: tuple, language: str, implementation: str, version: str, name: str
) -> None:
    assert venv_package(families, language, implementation, version) == name


@pytest.mark.parametrize(
    ("family", "language", "owner"),
    [
        ("debian", "3.13", "libpython3.13-stdlib"),
        ("suse", "3.13", "python313-base"),
        ("arch", "3.13", "python"),
        ("alpine", "3.12", "python3"),
        ("void", "3.13", "python3"),
        ("darwin", "3.13", "python@3.13"),
    ],
)
def test_who_owns_the_marker(family: str, language: str, owner: str) -> None:
    assert package_for("stdlib", [family], language) == owner


def test_every_name_can_be_formed() -> None:
    for family, parts in PACKAGES.items():
        for part in parts:
            name, _of, implementation = part.partition(" of ")
            assert package_for(name, [family], "3.13", implementation or "cpython")
