# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The generator of Debian's package names, on lines of the archive's Contents."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")

import distro_package_table

CONTENTS = b"""\
usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO              python/python3-yaml
usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/top_level.txt         python/python3-yaml
usr/lib/python3/dist-packages/python_dateutil-2.8.2.egg-info            python/python3-dateutil
usr/lib/python3/dist-packages/click-0.4.dist-info/METADATA              python/python3-click-package
usr/lib/python3/dist-packages/click-8.1.dist-info/METADATA              python/python3-click
usr/lib/python3/dist-packages/setuptools/_vendor/six-1.dist-info/METADATA  python/python3-pkg-resources
usr/lib/python3.11/dist-packages/requests-2.dist-info/METADATA  python/python3-requests,python/python3-requests-all
usr/lib/pypy3/dist-packages/onlypypy-1.dist-info/METADATA               python/pypy3-only
usr/lib/python2.7/dist-packages/old-1.egg-info                          python/python-old
usr/lib/python3/dist-packages/-x.egg-info                               python/python3-x
usr/share/doc/some-info/file                                            doc/some-doc
"""


def test_metadata_of_the_default_python_names_projects() -> None:
    assert distro_package_table.parse_contents(CONTENTS.splitlines(keepends=True)) == {
        "pyyaml": {"python3-yaml"},
        "python-dateutil": {"python3-dateutil"},
        "click": {"python3-click-package", "python3-click"},
        "requests": {"python3-requests", "python3-requests-all"},
    }


def test_rows_of_other_releases_stay(tmp_path: Path) -> None:
    path = tmp_path / "Contents-all.gz"
    path.write_bytes(gzip.compress(CONTENTS))
    found = distro_package_table.parse_contents(distro_package_table.read_lines(path))
    first = distro_package_table.update_table("", {"debian-12": found}, "2026-01-01")
    second = distro_package_table.update_table(
        first, {"debian-13": {"pyyaml": {"python3-pyyaml"}}}, "2026-02-02"
    )
    third = distro_package_table.update_table(
        second, {"debian-12": {"click": {"python3-click"}}}, "2026-03-03"
    )
    assert second.splitlines()[3:] == [
        "# release: debian-12 2026-01-01",
        "# release: debian-13 2026-02-02",
        "click\t=\tdebian-12",
        "python-dateutil\tpython3-dateutil\tdebian-12",
        "pyyaml\t=\tdebian-13",
        "pyyaml\tpython3-yaml\tdebian-12",
        "requests\t=\tdebian-12",
    ]
    assert third.splitlines()[3:] == [
        "# release: debian-12 2026-03-03",
        "# release: debian-13 2026-02-02",
        "click\t=\tdebian-12",
        "pyyaml\t=\tdebian-13",
    ]


def test_the_truth_has_all_packages_of_a_project() -> None:
    lines = CONTENTS.splitlines(keepends=True)
    found = distro_package_table.find_packages(lines, ["click", "pyyaml", "six", "old"])
    assert found == {
        "click": {"python3-click", "python3-click-package"},
        "pyyaml": {"python3-yaml"},
    }
    text = distro_package_table.update_truth("", {"debian-12": found}, "2026-01-01")
    assert text.splitlines()[3:] == [
        "# release: debian-12 2026-01-01",
        "click\tpython3-click,python3-click-package\tdebian-12",
        "pyyaml\tpython3-yaml\tdebian-12",
    ]


def test_the_measure_counts_what_is_missing_and_what_is_another_package() -> None:
    release = "# release: debian-12 2026-01-01\n"
    table = f"{release}click\t=\tdebian-12\npyyaml\tpython3-yam\tdebian-12\n"
    truth = (
        f"{release}click\tpython3-click,python3-click-package\tdebian-12\n"
        "pyyaml\tpython3-yaml\tdebian-12\nsix\tpython3-six\tdebian-12\nrequests\tpython3-requests\tdebian-13\n"
    )
    projects = ["click", "pyyaml", "litellm", "six", "requests"]
    first = next(distro_package_table.measure(table, truth, projects))
    assert first[:3] == ("debian-12", 200, 3)
    assert first.table == pytest.approx(1 / 3)
    assert first.naive == pytest.approx(2 / 3)
    assert first.wrong == ("pyyaml", "six")


def test_the_shipped_table_is_right_for_the_most_downloaded_projects() -> None:
    table, truth = (
        path.read_text(encoding="utf-8")
        for path in (distro_package_table.TABLE, distro_package_table.TRUTH)
    )
    measures = {
        (each.release, each.of): each
        for each in distro_package_table.measure(
            table, truth, distro_package_table.read_projects()
        )
    }
    for release, of, packaged, required in [
        ("debian-11", 200, 135, 0.99),
        ("debian-11", 1000, 457, 0.98),
        ("debian-12", 200, 151, 0.99),
        ("debian-12", 1000, 562, 0.98),
        ("debian-13", 200, 170, 0.99),
        ("debian-13", 1000, 628, 0.98),
        ("ubuntu-22.04", 200, 146, 0.99),
        ("ubuntu-22.04", 1000, 525, 0.98),
        ("ubuntu-24.04", 200, 157, 0.99),
        ("ubuntu-24.04", 1000, 582, 0.98),
        ("ubuntu-26.04", 200, 181, 0.99),
        ("ubuntu-26.04", 1000, 648, 0.98),
    ]:
        measured = measures[(release, of)]
        assert measured.packaged == packaged
        assert measured.table >= required, measured.wrong
        # The table is worth its size: the naive rule alone is far from it.
        assert measured.naive < 0.9
