# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of Debian's package names: its form, and what it is worth for the most downloaded projects."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")

from ansible_collections.pyfleet.python.plugins.plugin_utils.distro_package.package_table import (
    TABLE,
    read_table,
    select_rows,
)

PROJECTS = Path(__file__).with_name("most_downloaded.txt")
RELEASES = (
    "debian-11",
    "debian-12",
    "debian-13",
    "ubuntu-22.04",
    "ubuntu-24.04",
    "ubuntu-26.04",
)
#: Of projects that the most users look for, packages as people know them: written by hand, not from the table.
KNOWN = {
    "attrs": "python3-attr",
    "beautifulsoup4": "python3-bs4",
    "cython": "cython3",
    "jinja2": "python3-jinja2",
    "mysqlclient": "python3-mysqldb",
    "pillow": "python3-pil",
    "pygobject": "python3-gi",
    "pylint": "pylint",
    "pynacl": "python3-nacl",
    "pyopenssl": "python3-openssl",
    "pyserial": "python3-serial",
    "python-apt": "python3-apt",
    "python-dateutil": "python3-dateutil",
    "pywinrm": "python3-winrm",
    "pyyaml": "python3-yaml",
    "requests": "python3-requests",
    "ruamel-yaml": "python3-ruamel.yaml",
    "scikit-learn": "python3-sklearn",
    "setuptools": "python3-setuptools",
    "zope-interface": "python3-zope.interface",
}


def projects() -> list[str]:
    lines = PROJECTS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("release", RELEASES)
def test_the_table_has_the_packages_that_people_know(release: str) -> None:
    table = read_table()
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", table.dates[release])
    known = {name: table.packages[name].get(release) for name in KNOWN}
    assert known == KNOWN


@pytest.mark.parametrize(
    ("release", "of_200", "of_1000"), [("debian-12", 140, 540), ("debian-13", 160, 600)]
)
def test_the_table_has_the_most_downloaded_projects(
    release: str, of_200: int, of_1000: int
) -> None:
    packages = read_table().packages
    names = projects()
    assert len(names) == len(set(names)) == 1000
    packaged = [name for name in names if release in packages.get(name, {})]
    assert len(packaged) >= of_1000
    assert len(set(packaged) & set(names[:200])) >= of_200


def test_every_line_is_one_of_a_name_a_package_and_releases() -> None:
    releases = set(read_table().dates)
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, package, found = line.split("\t")
            assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name), line
            assert package == "=" or re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", package), (
                line
            )
            assert set(found.split(" ")) <= releases, line


def test_a_host_gets_the_rows_of_its_projects_alone() -> None:
    table = read_table()
    rows = select_rows(table, ["PyYAML>=6", "litellm", "Ruamel.YAML (>1)"], "")
    assert set(rows) == {"pyyaml", "ruamel-yaml"}
    assert "pyyaml" in select_rows(table, [], "Yam")
