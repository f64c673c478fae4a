# SPDX-License-Identifier: GPL-3.0-or-later
"""How long each Python is maintained, by its developers and by distributions."""

from __future__ import annotations

from typing import Any

from ..._host.record import NamedTuple

#: When these tables were last compared with their sources (dev/docs_tables.py).
TABLE_DATE = "2026-11-22"


class Release(NamedTuple):
    """One X.Y as its makers maintain it."""

    implementation: str
    language: str
    first: str  # ISO date of the first final release; '' where it is not known
    end: str  # ISO date of the end of life; '' where none is announced


class VendorSupport(NamedTuple):
    """One X.Y that a distribution maintains by itself, whatever upstream does."""

    ids: tuple[str, ...]  # os-release's ID
    release: tuple[int, ...]  # leading numbers of VERSION_ID
    language: str
    until: str  # ISO date, security updates for everybody
    extended: str = ""  # ISO date, for those who pay or use a further archive


# The PEPs name only the month of a coming end; its last day is meant here.
_CPYTHON = """
2.6 2008-10-01 2013-10-29, 2.7 2010-07-03 2020-01-01, 3.1 2009-06-27 2012-04-09, 3.2 2011-02-20 2016-02-20,
3.3 2012-09-29 2017-09-29, 3.4 2014-03-16 2019-03-18, 3.5 2015-09-13 2020-09-30, 3.6 2016-12-23 2021-12-23,
3.7 2018-06-27 2023-06-27, 3.8 2019-10-14 2024-10-07, 3.9 2020-10-05 2025-10-31, 3.10 2021-10-04 2026-10-31,
3.11 2022-10-24 2027-10-31, 3.12 2023-10-02 2028-10-31, 3.13 2024-10-07 2029-10-31, 3.14 2025-10-07 2030-10-31,
3.15 2026-10-01 2031-10-31, 3.16 2027-10-06 2032-10-31
"""
# PyPy announces no dates: a line has ended with the first release that leaves it out.
_PYPY = "2.7 - -, 3.7 - 2022-12-06, 3.8 - 2023-06-16, 3.9 - 2024-08-28, 3.10 2023-06-16 2025-07-04, 3.11 2025-02-26 -"
RELEASES = tuple(
    Release(implementation, *(field.strip("-") for field in row.split()))
    for implementation, rows in (("cpython", _CPYTHON), ("pypy", _PYPY))
    for row in rows.split(",")
)

_VENDORS = """
debian 10 3.7 2024-06-30 2029-06-30, debian 11 3.9 2026-08-31 2031-06-30, debian 12 3.11 2028-06-30 2033-06-30,
debian 13 3.13 2030-06-30 2035-06-30, ubuntu 18.04 3.6 2023-05-31 2028-04-26, ubuntu 20.04 3.8 2025-05-29 2030-04-23,
ubuntu 22.04 3.10 2027-06-01 2032-04-21, ubuntu 24.04 3.12 2029-05-31 2034-04-25,
ubuntu 26.04 3.14 2031-05-29 2036-04-23, rhel|rocky|almalinux|ol 8 3.6 2029-05-31 2032-05-31,
rhel|rocky|almalinux|ol 9 3.9 2032-05-31 2035-05-31, rhel|rocky|almalinux|ol 10 3.12 2035-05-31, amzn 2 2.7 2026-06-30,
amzn 2 3.7 2026-06-30, amzn 2023 3.9 2029-06-30, sles|sled|sles_sap 15.7 3.6 2031-07-31
"""
VENDOR_SUPPORT = tuple(
    VendorSupport(tuple(ids.split("|")), tuple(map(int, release.split("."))), *rest)
    for ids, release, *rest in map(str.split, _VENDORS.split(","))
)


def end_of_life(implementation: str, language: str) -> str:
    """Return the ISO date on which upstream support of an X.Y ends; '' if none is announced or known."""
    return next(
        (
            row.end
            for row in RELEASES
            if (row.implementation, row.language) == (implementation, language)
        ),
        "",
    )


def vendor_support(system: Any, language: str) -> VendorSupport | None:
    """Return the row of an X.Y that this distribution (a ``System``) maintains itself: only its own Python."""
    numbers = tuple(
        int(part) if part.isdigit() else -1 for part in system.version.split(".")
    )
    for row in VENDOR_SUPPORT:
        if (
            system.id in row.ids
            and language == row.language
            and numbers[: len(row.release)] == row.release
        ):
            return row
    return None
