# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a distribution came from: who owns its metadata decides, INSTALLER is a hint."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.classify.origin import (
    classify_packages,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Distribution,
    Owner,
    Ownership,
    SiteDirectory,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Package,
)

APT = "/usr/lib/python3/dist-packages"
LOCAL = "/usr/local/lib/python3.13/dist-packages"
SITES = (SiteDirectory(LOCAL, "local", True), SiteDirectory(APT, "distribution", True))


def distribution(
    name: str, directory: str = APT, installer: str = "", **more: bool
) -> Distribution:
    return Distribution(
        name, "1.0", f"{directory}/{name}-1.0.dist-info", installer, **more
    )


def owned(*packages: Distribution, manager: str = "dpkg", **more: object) -> Ownership:
    owners = {
        each.location: Owner(each.location, manager, "python3-" + each.name, "1.0-1")
        for each in packages
    }
    return Ownership((manager,), owners)._replace(**more)


def one(row: Distribution, ownership: Ownership) -> Package:
    return classify_packages([row], ownership, SITES)[0]


@pytest.mark.parametrize("installer", ["", "debian", "pip", "uv", "rpm"])
def test_the_owner_decides_whatever_installer_says(installer: str) -> None:
    """Debian 12, Arch and Alpine ship no INSTALLER; Fedora's vendored copies keep "pip"."""
    row = distribution("six", installer=installer)
    assert (one(row, owned(row)).origin, one(row, owned(row)).owner) == (
        "distribution",
        "python3-six",
    )


def test_conda_is_no_distribution() -> None:
    row = distribution("six", "/opt/conda/lib/python3.12/site-packages", "conda")
    assert classify_packages([row], owned(row, manager="conda"))[0].origin == "conda"


@pytest.mark.parametrize(
    ("installer", "origin"),
    [
        ("pip", "pip"),
        ("uv", "uv"),
        ("conda-pypi", "conda"),
        ("", "unknown"),
        ("debian", "unknown"),  # says so, and no package owns it
        ("Poetry 1.8.2", "unknown"),
    ],
)
def test_without_an_owner_installer_is_the_hint(installer: str, origin: str) -> None:
    assert one(distribution("flask", LOCAL, installer), owned()).origin == origin


def test_editable() -> None:
    assert (
        one(distribution("app", LOCAL, "pip", editable=True), owned()).origin
        == "editable"
    )


def test_where_the_owner_is_not_known_installer_proves_nothing() -> None:
    unknown = owned(unknown=(("rpm", "BerkeleyDB, which only rpm reads"),))
    assert one(distribution("six", APT, "pip"), unknown).origin == "unknown"
    assert one(distribution("flask", LOCAL, "pip"), unknown).origin == "pip"


def test_where_the_owner_of_one_is_not_known_the_others_stay_decided() -> None:
    row, other = distribution("six", APT, "pip"), distribution("flask", APT, "pip")
    unknown = owned(
        unknown_paths={row.location: ("conda", "1 record could not be read")}
    )
    assert (one(row, unknown).origin, one(other, unknown).origin) == ("unknown", "pip")


def test_pip_over_apt_both_records_in_one_directory() -> None:
    """PROVIDERS 5.1: toml-0.10.2.dist-info of pip beside toml-0.10.2.egg-info of apt, over the same files."""
    apts = Distribution("TOML", "0.10.2", APT + "/toml-0.10.2.egg-info", "")
    pips = Distribution("toml", "0.10.2", APT + "/toml-0.10.2.dist-info", "pip")
    system, over = classify_packages([apts, pips], owned(apts), SITES)
    assert (system.overwrites, over.origin, over.overwrites) == (
        "",
        "pip",
        "python3-TOML",
    )


def test_another_directory_is_a_shadow_and_overwrites_nothing() -> None:
    mine, apts = distribution("six", LOCAL, "pip"), distribution("six")
    assert [
        each.overwrites for each in classify_packages([mine, apts], owned(apts), SITES)
    ] == ["", ""]


def test_pip_over_pacman_whose_record_it_removed() -> None:
    """`pip install --break-system-packages --upgrade` on Arch: the old metadata is gone, the module's file tells."""
    site = "/usr/lib/python3.13/site-packages"
    row = distribution("requests", site, "pip")
    module = site + "/requests/__init__.py"
    ownership = Ownership(
        ("pacman",), {module: Owner(module, "pacman", "python-requests", "2.32.3-1")}
    )
    sites = (SiteDirectory(site, "site", True),)
    assert (
        classify_packages([row], ownership, sites, {row.location: module})[0].overwrites
        == "python-requests"
    )
