# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of Debian's package names, which stays on the controller: hosts get the rows of the projects they query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ansible_collections.pyfleet.python.plugins.module_utils._scan.project_name import (
    canonicalize_name,
)

TABLE = Path(__file__).with_name("debian_packages.tsv")
#: What stands for a package that is named after its project.
NAIVE = "="


class PackageTable(NamedTuple):
    """Package names by project and release, and the day that each release was read on."""

    dates: Mapping[str, str]
    packages: Mapping[str, Mapping[str, str]]


def read_table(path: Path = TABLE) -> PackageTable:
    """Read a table as ``dev/distro_package_table.py`` writes it.

    A line is a normalized name, a package (``=`` for python3-NAME) and releases, with tabs between them. Comments of
    the form ``# release: NAME DATE`` say which releases it has.
    """
    dates: dict[str, str] = {}
    packages: dict[str, dict[str, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# release: "):
            release, date = line.removeprefix("# release: ").split(" ")
            dates[release] = date
        elif line and not line.startswith("#"):
            name, package, releases = line.split("\t")
            full_name = f"python3-{name}" if package == NAIVE else package
            packages.setdefault(name, {}).update(
                dict.fromkeys(releases.split(" "), full_name)
            )
    return PackageTable(dates=dates, packages=packages)


def select_rows(
    table: PackageTable, requirements: Iterable[str], search: str
) -> dict[str, dict[str, str]]:
    """Return the rows of the projects that requirements begin with the name of, and of those that a search finds."""
    names = [_name_of(text) for text in requirements]
    if search:
        names += [name for name in table.packages if canonicalize_name(search) in name]
    return {
        name: dict(table.packages[name]) for name in names if name in table.packages
    }


def _name_of(requirement: str) -> str:
    end = next(
        (at for at, letter in enumerate(requirement) if letter in " [(=<>!~;@"),
        len(requirement),
    )
    return canonicalize_name(requirement[:end].strip())
