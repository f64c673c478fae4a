# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does venv work: what is missing, and which package brings it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.judge.venv_support import (
    judge_venv,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Owner,
    Ownership,
    System,
    VenvParts,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    VenvVerdict,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils.fixtures import (
    factories as make,
)

WHOLE = VenvParts(True, True, True)
NO_ENSUREPIP = VenvParts(True, False, True)
NO_WHEEL = VenvParts(True, True, False, "/usr/share/python-wheels")


def judge(
    parts: VenvParts, system: System = make.TRIXIE, installed: Any = (), **changes: Any
) -> Any:
    read = changes.pop("read", make.reading())._replace(venv=parts)
    return judge_venv(
        make.installation(read, **changes),
        Ownership(("dpkg",), installed=dict(installed)),
        system,
    )


def test_with_all_parts_it_works() -> None:
    assert judge(WHOLE) == VenvVerdict(usable=True, ensurepip=True, missing_package="")


@pytest.mark.parametrize(
    ("parts", "ensurepip"),
    [(NO_ENSUREPIP, False), (NO_WHEEL, False), (VenvParts(False, True, True), True)],
)
def test_without_any_part_it_does_not(parts: VenvParts, ensurepip: bool) -> None:
    verdict = judge(parts)
    assert (verdict.usable, verdict.ensurepip, verdict.missing_package) == (
        False,
        ensurepip,
        "python3.13-venv",
    )
    assert verdict.because


def test_wheels_that_could_not_be_looked_for_leave_it_unknown() -> None:
    verdict = judge(VenvParts(True, True, None))
    assert verdict.usable is None
    assert verdict.because


@pytest.mark.parametrize(
    ("system", "language", "implementation", "package"),
    [
        (System("ubuntu", "24.04", ("debian",)), "3.12", "cpython", "python3.12-venv"),
        (make.BOOKWORM, "3.9", "pypy", "pypy3-venv"),
        (System("arch", "", ()), "3.13", "cpython", ""),
    ],
)
def test_the_package_is_that_of_the_distribution_and_minor(
    system: System, language: str, implementation: str, package: str
) -> None:
    read = make.reading(language=language, implementation=implementation)
    assert judge(NO_ENSUREPIP, system, read=read).missing_package == package


@pytest.mark.parametrize(
    "owner", [None, Owner("/opt/x/bin/python", "conda", "python", "3.13")]
)
def test_no_package_is_named_for_a_python_that_is_not_the_distributions(
    owner: Any,
) -> None:
    verdict = judge_other(owner)
    assert (verdict.usable, verdict.missing_package) == (False, "")


def test_a_product_that_brings_its_own_python_in_a_package_is_not_the_distribution() -> (
    None
):
    read = make.reading(
        "/usr/lib/product/bin/python3.12",
        "3.12",
        prefix="/usr/lib/product",
        venv=NO_ENSUREPIP,
    )
    owner = Owner(read.path, "dpkg", "product-cli", "528.0.0-0")
    assert (
        judge_venv(
            make.installation(read, system=False, package=owner),
            Ownership(),
            make.TRIXIE,
        ).missing_package
        == ""
    )


def judge_other(owner: Any) -> Any:
    record = make.installation(
        make.reading(venv=NO_ENSUREPIP), system=False, package=owner
    )
    return judge_venv(record, Ownership(), make.TRIXIE)


def test_a_package_that_is_installed_and_not_whole_is_said_so() -> None:
    verdict = judge(NO_ENSUREPIP, installed={"python3.13-venv": "3.13.5-2"})
    assert "reinstall" in verdict.because
