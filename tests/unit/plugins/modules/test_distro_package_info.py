# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module distro_package_info: its options and results are those of its documentation."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")
pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

import yaml

from ansible_collections.pyfleet.python.plugins.module_utils._ansible.distro_package_module import (
    DISTRO_PACKAGE_ARGUMENTS,
    serialize_packages,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.package_records import (
    DistroState,
    PackageCandidate,
    PackageVersions,
    SearchMatch,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.plan import (
    plan_packages,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.spec import (
    make_spec,
)
from ansible_collections.pyfleet.python.plugins.modules import distro_package_info
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.runner import run


def test_the_options_are_documented() -> None:
    documented = yaml.safe_load(distro_package_info.DOCUMENTATION)["options"]
    assert set(documented) == set(DISTRO_PACKAGE_ARGUMENTS)
    for name, argument in DISTRO_PACKAGE_ARGUMENTS.items():
        for key in ("type", "elements", "choices", "default"):
            assert documented[name].get(key) == argument.get(key), (name, key)


def test_the_results_are_documented() -> None:
    params = {
        name: argument.get("default")
        for name, argument in DISTRO_PACKAGE_ARGUMENTS.items()
    }
    spec = make_spec(
        {**params, "names": ["PyYAML>=6"], "table_dates": {"debian-12": "2026-11-28"}}
    )
    state = DistroState(
        manager="apt",
        python="3.11",
        candidates={
            "pyyaml": (PackageCandidate("python3-yaml", "table", release="debian-12"),)
        },
        versions={"python3-yaml": PackageVersions("", "6.0-3+b2")},
        matches=(SearchMatch("python3-yaml", "pyyaml"),),
    )
    answer = serialize_packages(spec, plan_packages(spec, state), state)
    documented = yaml.safe_load(distro_package_info.RETURN)
    assert set(answer) == set(documented) - {"problem"}
    assert set(answer["projects"][0]) == set(documented["projects"]["contains"])
    assert set(answer["matches"][0]) == set(documented["matches"]["contains"])
    assert answer["projects"][0]["table_date"] == "2026-11-28"
    assert answer["matches"][0]["candidate_version"] == "6.0"


def test_extras_are_an_error_with_a_hint(capsys: Any) -> None:
    failed = run(distro_package_info, capsys, {"names": ["requests[socks]"]})
    assert failed["failed"]
    assert failed["msg"].startswith(
        "'requests[socks]' has extras. Name the projects that the extra adds"
    )
    assert failed["problem"]["option"] == "names"
